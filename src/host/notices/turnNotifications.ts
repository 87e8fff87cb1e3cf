// Tells of turns that ended in sessions the user does not look at, as far as the settings want that.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { Settings } from '../../session/settings.ts';
import { commandId } from '../commands/commandIds.ts';
import { worthTelling } from './notifyWhen.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';
import { notificationText } from '../plainText.ts';
import { titleOf } from '../list/sessionRows.ts';
import { SessionNode } from '../list/sessionTreeModel.ts';

/** What they work with. */
export interface TurnNotificationsDeps {
  readonly sessions: Pick<Sessions, 'get' | 'details' | 'onDidEndTurn'>;
  readonly panels: Pick<PanelOpener, 'isVisible'>;
  readonly when: () => Settings['notifications.turns'];
  readonly logger: Logger;
}

/** Notifies for as long as it is not disposed. */
export function notifyOfTurns(deps: TurnNotificationsDeps): Disposable {
  const { sessions, panels, when, logger } = deps;
  return sessions.onDidEndTurn(({ sessionId, outcome }) => {
    const info = sessions.get(sessionId);
    if (info === undefined || outcome === 'cancelled') return;
    // The next prompt is on its way already: the session is not done.
    if (sessions.details(sessionId).queue.length > 0) return;
    const attention = {
      visible: panels.isVisible(sessionId),
      focused: vscode.window.state.focused,
    };
    if (!worthTelling(when(), attention)) return;
    const title = titleOf(info);
    const open = vscode.l10n.t('Open');
    const shown =
      outcome === 'finished'
        ? vscode.window.showInformationMessage(
            notificationText(vscode.l10n.t('{0} has finished.', title)),
            open,
          )
        : vscode.window.showWarningMessage(
            notificationText(vscode.l10n.t('{0}: the turn failed.', title)),
            open,
          );
    // It may stand for hours: nobody waits for it.
    shown.then(
      async (chosen) => {
        const row = new SessionNode(sessionId);
        if (chosen === open) await vscode.commands.executeCommand(commandId('openSession'), row);
      },
      (reason: unknown) => {
        logger.warn(`A notification could not be shown: ${String(reason)}`);
      },
    );
  });
}
