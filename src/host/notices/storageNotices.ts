// What the user is told of the disk without having asked: sessions that are damaged, and writing that fails.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { SavedSessionInfo } from '../../session/info.ts';
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import { commandId } from '../commands/commandIds.ts';
import type { ErrorBoundary } from '../errorBoundary.ts';
import { notificationText } from '../plainText.ts';
import { SessionNode } from '../list/sessionTreeModel.ts';

/** What the notices work with. */
export interface StorageNoticesDeps {
  readonly sessions: Pick<Sessions, 'get' | 'details' | 'restore' | 'onDidChange'>;
  readonly boundary: Pick<ErrorBoundary, 'forUser' | 'tell'>;
  readonly logger: Logger;
}

/** Tells of each trouble once: a full disk fails all sessions at the same time. */
export class StorageNotices implements Disposable {
  readonly #deps: StorageNoticesDeps;
  readonly #failing = new Set<string>();
  readonly #subscription: Disposable;

  constructor(deps: StorageNoticesDeps) {
    this.#deps = deps;
    this.#subscription = deps.sessions.onDidChange(({ sessionId }) => {
      this.#look(sessionId);
    });
  }

  /**
   * Tells of sessions whose heads cannot be read: of those that came back from the head before, and
   * of the others, with the way to bring them back.
   */
  tellDamaged(damaged: readonly SavedSessionInfo[]): void {
    const back = damaged.filter(({ sessionId }) => this.#deps.sessions.get(sessionId));
    this.#tellBack(back);
    this.#tellLost(damaged.filter((one) => !back.includes(one)));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #tellBack(back: readonly SavedSessionInfo[]): void {
    const [first] = back;
    if (first?.damaged === undefined) return;
    const what = notificationText(
      back.length === 1
        ? vscode.l10n.t(
            'A saved session was damaged and is back from its last good copy: {0}',
            first.damaged,
          )
        : vscode.l10n.t(
            '{0} saved sessions were damaged and are back from their last good copies. {1}',
            back.length,
            first.damaged,
          ),
      500,
    );
    const open = vscode.l10n.t('Open Session');
    const log = vscode.l10n.t('Show Log');
    void this.#deps.boundary.forUser('damaged sessions', async () => {
      const chosen = await vscode.window.showWarningMessage(what, open, log);
      if (chosen === log) await vscode.commands.executeCommand(commandId('showLog'));
      // As if its row had been clicked.
      const row = new SessionNode(first.sessionId);
      if (chosen === open) await vscode.commands.executeCommand(commandId('openSession'), row);
    });
  }

  #tellLost(damaged: readonly SavedSessionInfo[]): void {
    const [first] = damaged;
    if (first?.damaged === undefined) return;
    const more = damaged.length - 1;
    const what = notificationText(
      more === 0
        ? vscode.l10n.t('A saved session is damaged: {0}', first.damaged)
        : vscode.l10n.t('{0} saved sessions are damaged. {1}', damaged.length, first.damaged),
      500,
    );
    const restore = more === 0 ? vscode.l10n.t('Bring Back') : vscode.l10n.t('Choose…');
    const log = vscode.l10n.t('Show Log');
    const { boundary, sessions } = this.#deps;
    void boundary.forUser('damaged sessions', async () => {
      const chosen = await vscode.window.showWarningMessage(what, restore, log);
      if (chosen === log) await vscode.commands.executeCommand(commandId('showLog'));
      if (chosen !== restore) return;
      if (more === 0) await sessions.restore(first.sessionId);
      else await vscode.commands.executeCommand(commandId('restoreSession'));
    });
  }

  #look(sessionId: string): void {
    const { sessions, boundary } = this.#deps;
    const error =
      sessions.get(sessionId) === undefined ? undefined : sessions.details(sessionId).storageError;
    if (error === undefined) {
      this.#failing.delete(sessionId);
      return;
    }
    if (this.#failing.has(sessionId)) return;
    const first = this.#failing.size === 0;
    this.#failing.add(sessionId);
    if (first) boundary.tell(error);
  }
}
