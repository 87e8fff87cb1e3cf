// Notifications for requests of sessions that the user does not look at: the exact request, with its answers, for as long as it is open.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { PendingRequest, SessionInfo } from '../../session/info.ts';
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { Settings } from '../../session/settings.ts';
import { commandId } from '../commands/commandIds.ts';
import { worthTelling } from './notifyWhen.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';
import { requestButton, requestMessage } from './requestMessage.ts';
import type { SessionListModel } from '../list/sessionListModel.ts';
import { SessionNode } from '../list/sessionTreeModel.ts';

/** What notifications work with. */
export interface RequestNotificationsDeps {
  readonly sessions: Pick<Sessions, 'get'>;
  readonly model: Pick<SessionListModel, 'onDidPublish'>;
  readonly panels: Pick<PanelOpener, 'isVisible' | 'onDidChangeActive'>;
  readonly when: () => Settings['notifications.requests'];
  readonly logger: Logger;
}

/**
 * One notification per request, once. It goes when the request is answered anywhere, cancelled or dead,
 * and when the user opens the session.
 *
 * That it goes is worth more than that it looks like any other: of the notifications that an extension can
 * show, a message has as many buttons as one likes, but stands until the user closes it, offering to
 * allow what was allowed or withdrawn long ago. Only the one that shows progress can be taken away by who
 * showed it. It has a single button, which here opens the session; the answers are links before it,
 * which are reached and pressed by keys as buttons are.
 */
export class RequestNotifications implements Disposable {
  readonly #deps: RequestNotificationsDeps;
  readonly #subscriptions: readonly Disposable[];
  /** Requests that were told or seen, per session, and what closes each one's notification. */
  readonly #told = new Map<string, Map<string, (() => void) | undefined>>();

  constructor(deps: RequestNotificationsDeps) {
    this.#deps = deps;
    this.#subscriptions = [
      deps.model.onDidPublish(({ sessions }) => {
        for (const sessionId of sessions) this.#look(sessionId);
      }),
      deps.panels.onDidChangeActive((sessionId) => {
        const told = sessionId === undefined ? undefined : this.#told.get(sessionId);
        // The session is open now, with its question.
        for (const close of told?.values() ?? []) close?.();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const told of this.#told.values()) for (const close of told.values()) close?.();
    this.#told.clear();
  }

  #look(sessionId: string): void {
    const info = this.#deps.sessions.get(sessionId);
    const pending = info?.pendingRequests ?? [];
    const before = this.#told.get(sessionId);
    const open = new Set(pending.map(({ requestId }) => requestId));
    for (const [requestId, close] of before ?? []) if (!open.has(requestId)) close?.();
    if (info === undefined || pending.length === 0) {
      this.#told.delete(sessionId);
      return;
    }
    const { panels, when } = this.#deps;
    const tell = worthTelling(when(), {
      visible: panels.isVisible(sessionId),
      focused: vscode.window.state.focused,
    });
    const now = new Map<string, (() => void) | undefined>();
    for (const request of pending) {
      const { requestId } = request;
      if (before?.has(requestId) === true) now.set(requestId, before.get(requestId));
      else now.set(requestId, tell ? this.#tell(info, request) : undefined);
    }
    this.#told.set(sessionId, now);
  }

  /** Shows the notification; what closes it. */
  #tell(info: SessionInfo, request: PendingRequest): () => void {
    const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
    const title = requestMessage(info, request, vscode.l10n.t);
    // The button is the one that cancels progress, and the editor takes a text as its label, though its types do
    // not say so. Where it did not, the button would read "Cancel", and open the session as well.
    const cancellable = requestButton(request, vscode.l10n.t) as unknown as boolean;
    vscode.window
      .withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable },
        (progress, cancelled) => {
          // Full from the start: nothing moves while it stands, perhaps for hours.
          progress.report({ increment: 100 });
          cancelled.onCancellationRequested(() => {
            close(undefined);
            this.#open(info.sessionId);
          });
          return closed;
        },
      )
      .then(undefined, (reason: unknown) => {
        this.#deps.logger.warn(`A notification could not be shown: ${String(reason)}`);
      });
    return () => {
      close(undefined);
    };
  }

  #open(sessionId: string): void {
    // As a click on its row, which says what goes wrong.
    vscode.commands
      .executeCommand(commandId('openSession'), new SessionNode(sessionId))
      .then(undefined, (reason: unknown) => {
        this.#deps.logger.warn(`A session could not be opened: ${String(reason)}`);
      });
  }
}
