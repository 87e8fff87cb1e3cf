// Notifications for requests of sessions that the user does not look at: the exact request, with its answers, for as long as it is open.
import * as vscode from 'vscode';
import type { Disposable } from '../session/event.ts';
import type { PendingRequest, SessionInfo } from '../session/info.ts';
import type { Logger } from '../session/ports.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Settings } from '../session/settings.ts';
import { worthTelling } from './notifyWhen.ts';
import type { PanelOpener } from './panelOpener.ts';
import { requestMessage } from './requestMessage.ts';
import type { SessionListModel } from './sessionListModel.ts';

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
 * and when the user opens the session. The editor has only one kind of notification that its extension
 * can take away again, the one that shows progress: so its answers are links instead of buttons.
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
    vscode.window
      .withProgress(
        // One that can be cancelled stands unfolded. Cancelling takes it away and answers nothing.
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (progress, cancelled) => {
          // Full from the start: nothing moves while it stands, perhaps for hours.
          progress.report({ increment: 100 });
          cancelled.onCancellationRequested(() => {
            close(undefined);
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
}
