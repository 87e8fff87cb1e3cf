// Notifications for requests of sessions that the user does not look at: the exact request, with its answers.
import * as vscode from 'vscode';
import type { Disposable } from '../session/event.ts';
import type { PendingRequest, SessionInfo } from '../session/info.ts';
import type { Logger } from '../session/ports.ts';
import type { Sessions } from '../session/sessions.ts';
import { commandId } from './commandIds.ts';
import type { PanelOpener } from './panelOpener.ts';
import { notificationText } from './plainText.ts';
import type { SessionListModel } from './sessionListModel.ts';
import { titleOf } from './sessionRows.ts';
import { RequestNode, requestFlagsOf } from './sessionTreeModel.ts';

/** One notification per request, once; a request that is settled meanwhile is answered by nobody a second time. */
export class RequestNotifications implements Disposable {
  readonly #deps: {
    readonly sessions: Pick<Sessions, 'get'>;
    readonly model: Pick<SessionListModel, 'onDidPublish'>;
    readonly panels: PanelOpener;
    readonly logger: Logger;
  };
  readonly #subscription: Disposable;
  /** Requests that were told or seen, per session. */
  readonly #told = new Map<string, ReadonlySet<string>>();

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'get'>;
    readonly model: Pick<SessionListModel, 'onDidPublish'>;
    readonly panels: PanelOpener;
    readonly logger: Logger;
  }) {
    this.#deps = deps;
    this.#subscription = deps.model.onDidPublish(({ sessions }) => {
      for (const sessionId of sessions) this.#look(sessionId);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#told.clear();
  }

  #look(sessionId: string): void {
    const info = this.#deps.sessions.get(sessionId);
    const told = this.#told.get(sessionId);
    if (info === undefined || info.pendingRequests.length === 0) {
      this.#told.delete(sessionId);
      return;
    }
    this.#told.set(sessionId, new Set(info.pendingRequests.map(({ requestId }) => requestId)));
    if (this.#deps.panels.isVisible(sessionId) && vscode.window.state.focused) return;
    for (const request of info.pendingRequests) {
      if (told?.has(request.requestId) !== true) this.#tell(info, request);
    }
  }

  #tell(info: SessionInfo, request: PendingRequest): void {
    const row = new RequestNode(info.sessionId, request.requestId);
    const flags = requestFlagsOf(request);
    const items = [
      ...(flags.has('canAllow')
        ? [{ title: vscode.l10n.t('Allow'), command: commandId('allowRequest') }]
        : []),
      { title: vscode.l10n.t('Reject'), command: commandId('rejectRequest') },
      { title: vscode.l10n.t('Open'), command: commandId('openSession') },
    ];
    const message = notificationText(
      vscode.l10n.t('{0} asks: {1}', titleOf(info), notificationText(request.title)),
    );
    // It may stand for hours: nobody waits for it. The command finds out whether the request still is
    // open, and shows so when it is not.
    void vscode.window.showWarningMessage(message, ...items).then(
      async (chosen) => {
        if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, row);
      },
      (reason: unknown) => {
        this.#deps.logger.warn(`A notification could not be shown: ${String(reason)}`);
      },
    );
  }
}
