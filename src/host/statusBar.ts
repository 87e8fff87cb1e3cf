// One status bar entry: how many sessions live, work and need the user. A click shows them.
import * as vscode from 'vscode';
import type { Disposable } from '../session/event.ts';
import { commandId, sessionsViewId } from './commandIds.ts';
import type { SessionListModel } from './sessionListModel.ts';

/** Shows the counts for as long as it is not disposed; nothing while there are no sessions. */
export function createStatusBar(model: SessionListModel): Disposable {
  const item = vscode.window.createStatusBarItem('roost.status', vscode.StatusBarAlignment.Left, 0);
  item.name = vscode.l10n.t('Roost Sessions');
  const show = (): void => {
    const { total, alive, working, needsYou } = model.counts();
    if (total === 0) {
      item.hide();
      return;
    }
    const parts = [`$(${alive > 0 ? 'circle-filled' : 'circle-outline'}) ${alive}`];
    if (working > 0) parts.push(`$(sync) ${working}`);
    if (needsYou > 0) parts.push(`$(bell-dot) ${needsYou}`);
    item.text = parts.join('  ');
    const said = vscode.l10n.t(
      'Roost: {0} running, {1} working, {2} need you',
      alive,
      working,
      needsYou,
    );
    item.tooltip = said;
    item.accessibilityInformation = { label: said };
    // Who waits is one click away; else the list is.
    item.command = needsYou > 0 ? commandId('openNeedsYou') : `${sessionsViewId}.focus`;
    item.backgroundColor =
      needsYou > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  show();
  const subscription = model.onDidPublish(show);
  return {
    dispose: () => {
      subscription.dispose();
      item.dispose();
    },
  };
}
