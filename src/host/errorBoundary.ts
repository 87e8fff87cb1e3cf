// The one place where failures are logged and shown: names the session and offers what helps.
import * as vscode from 'vscode';
import { toSessionError, type SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import type { Sessions } from '../session/sessions.ts';
import {
  advice,
  adviceCommands,
  needsSession,
  type Advice,
  type AdviceAction,
} from './errorAdvice.ts';
import { failureLine } from './plainText.ts';
import { titleOf } from './list/sessionRows.ts';
import { SessionNode } from './list/sessionTreeModel.ts';
import { userLanguage } from './userLanguage.ts';

/** A button of a message. */
interface Button extends vscode.MessageItem {
  readonly action: AdviceAction;
}

/** How loudly → the editor's function for it. */
const messages: Readonly<
  Record<Advice['severity'], (text: string, ...items: Button[]) => Thenable<Button | undefined>>
> = {
  info: (text, ...items) => vscode.window.showInformationMessage(text, ...items),
  warning: (text, ...items) => vscode.window.showWarningMessage(text, ...items),
  error: (text, ...items) => vscode.window.showErrorMessage(text, ...items),
};

/** Runs what a user asked for; nothing that fails in there gets past it unseen. */
export class ErrorBoundary {
  readonly #sessions: Pick<Sessions, 'get'>;
  readonly #logger: Logger;

  constructor(deps: { readonly sessions: Pick<Sessions, 'get'>; readonly logger: Logger }) {
    this.#sessions = deps.sessions;
    this.#logger = deps.logger;
  }

  /** For users: logs and shows a failure, and resolves with `undefined` then. Never rejects. */
  async forUser<T>(what: string, work: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.#show(this.#log(what, thrown));
      return undefined;
    }
  }

  /** For programs: logs a failure and rejects with it. @throws SessionError */
  async forProgram<T>(what: string, work: () => Promise<T> | T): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw this.#log(what, thrown);
    }
  }

  /** Shows a failure that nobody asked for; whoever found it has logged it. */
  tell(error: SessionError): void {
    this.#show(error);
  }

  #log(what: string, thrown: unknown): SessionError {
    const error = toSessionError(thrown);
    const session = error.sessionId === undefined ? '' : ` (session ${error.sessionId})`;
    // Where it came from is worth its room only when it is a bug of ours.
    this.#logger.error(
      `${what}${session}: ${error.code}: ${error.message}`,
      error.code === 'internal' ? (error.cause ?? error) : undefined,
    );
    return error;
  }

  #show(error: SessionError): void {
    // Never held up, and never failing, for want of the user's language.
    void userLanguage()
      .catch(() => (sentence: string) => sentence)
      .then((say) => {
        this.#showIn(say, error);
      });
  }

  #showIn(say: (sentence: string) => string, error: SessionError): void {
    const info = error.sessionId === undefined ? undefined : this.#sessions.get(error.sessionId);
    const { severity, actions } = advice[error.code];
    const title = info === undefined ? undefined : titleOf(info);
    const message = failureLine(title, say(error.message), say(error.hint));
    const items = actions
      .filter((action) => info !== undefined || !needsSession.has(action))
      .map((action) => ({ title: actionTitle(action), action }));
    const show = messages[severity];
    // The message may stand for hours: nobody waits for it.
    void show(message, ...items).then(
      async (chosen) => {
        if (chosen !== undefined) await act(chosen.action, info?.sessionId);
      },
      (reason: unknown) => {
        this.#logger.warn(`A message could not be shown: ${String(reason)}`);
      },
    );
  }
}

function actionTitle(action: AdviceAction): string {
  switch (action) {
    case 'open':
      return vscode.l10n.t('Open Session');
    case 'resume':
      return vscode.l10n.t('Start');
    case 'restart':
      return vscode.l10n.t('Restart');
    case 'signIn':
      return vscode.l10n.t('Sign In');
    case 'changeFolder':
      return vscode.l10n.t('Choose Folder…');
    case 'newSessionWith':
      return vscode.l10n.t('Choose Agent');
    case 'agentSettings':
    case 'timeoutSettings':
    case 'storageSettings':
      return vscode.l10n.t('Open Settings');
    case 'manageTrust':
      return vscode.l10n.t('Manage Trust');
    case 'showLog':
      return vscode.l10n.t('Show Log');
  }
}

/** Runs an action as the user's own; the command it runs shows its own failures. */
async function act(action: AdviceAction, sessionId: string | undefined): Promise<void> {
  const { command, argument } = adviceCommands[action];
  // A row, as if it had been clicked: so the command knows that a user asked.
  const row =
    sessionId === undefined || !needsSession.has(action) ? undefined : new SessionNode(sessionId);
  await vscode.commands.executeCommand(command, row ?? argument);
}
