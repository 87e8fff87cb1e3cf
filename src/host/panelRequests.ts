// What a panel asks for, done: each message of the panel becomes one operation on its session or one thing for the editor.
import * as z from 'zod/mini';
import type { FromPanel } from '../chatProtocol.ts';
import { isSessionError, SessionError } from '../session/errors.ts';
import type { ElicitationAsk } from '../session/ports.ts';
import type { Sessions } from '../session/sessions.ts';
import type { TranscriptChange } from '../session/transcript.ts';
import type { PanelChannel } from './panelChannel.ts';
import { errorView } from './panelErrors.ts';

/** What the editor does for a panel. Rejections are `SessionError`s. */
export interface PanelEditor {
  /** Opens a link of the agent's text, or refuses; asks the user where that leads out of the editor. */
  openLink(href: string, cwd: string): Promise<void>;
  /** Opens a file at a line that counts from 0; refuses files outside the workspace. */
  openFile(path: string, line: number | undefined, cwd: string): Promise<void>;
  copy(text: string): Promise<void>;
  showLog(): void;
}

/** What {@link PanelRequests} works with. */
export interface PanelRequestsDeps {
  readonly sessionId: string;
  readonly sessions: Sessions;
  readonly channel: PanelChannel;
  readonly editor: PanelEditor;
}

/** Failures of a prompt that the session's own state or transcript shows already. */
const shownElsewhere = new Set(['sessionStopped', 'agentExited', 'connectionClosed', 'disposed']);

/** Does what one panel asks for. */
export class PanelRequests {
  readonly #deps: PanelRequestsDeps;
  /** Prompts that are not in the transcript yet. */
  readonly #unaccepted = new Set<{ readonly text: string }>();

  constructor(deps: PanelRequestsDeps) {
    this.#deps = deps;
  }

  /** A prompt that appears in the transcript is safe. */
  transcriptChanged(change: TranscriptChange): void {
    if (change.type !== 'user') return;
    for (const prompt of this.#unaccepted) {
      if (prompt.text !== change.text) continue;
      this.#unaccepted.delete(prompt);
      return;
    }
  }

  /** Does what the panel asks for; every failure is shown in the panel, none is thrown. */
  async handle(message: FromPanel): Promise<void> {
    try {
      await this.#run(message);
    } catch (error) {
      this.#deps.channel.showError(errorView(error));
    }
  }

  async #run(message: FromPanel): Promise<void> {
    const { sessionId, sessions, channel, editor } = this.#deps;
    switch (message.type) {
      case 'ready':
        return channel.ready();
      case 'resync':
        return channel.resync();
      case 'applied':
        channel.applied(message.seq);
        return;
      case 'older':
        return channel.older(message.before);
      case 'activity':
        sessions.touch(sessionId);
        return;
      case 'prompt':
        return this.#prompt(message.text);
      case 'cancel':
        return sessions.cancel(sessionId);
      case 'unqueue':
        sessions.unqueue(sessionId, message.promptId);
        return;
      case 'permission':
        return sessions.respondToPermission(sessionId, message.requestId, message.optionId);
      case 'form':
        return this.#form(message.requestId, message.content);
      case 'url':
        return this.#url(message.requestId, message.open);
      case 'pick':
        return message.configId === undefined
          ? sessions.setMode(sessionId, z.string().parse(message.value))
          : sessions.setConfigOption(sessionId, message.configId, message.value);
      case 'openLink':
        return editor.openLink(message.href, this.#cwd());
      case 'openFile':
        return editor.openFile(message.path, message.line, this.#cwd());
      case 'copy':
        return editor.copy(message.text);
      case 'action':
        return this.#action(message.action);
    }
  }

  async #prompt(text: string): Promise<void> {
    const { sessionId, sessions, channel } = this.#deps;
    channel.showError(undefined);
    const prompt = { text };
    this.#unaccepted.add(prompt);
    try {
      await sessions.prompt(sessionId, text);
    } catch (error) {
      const accepted = !this.#unaccepted.has(prompt);
      if (accepted && isSessionError(error) && shownElsewhere.has(error.code)) return;
      channel.showError(errorView(error, accepted ? undefined : text));
    } finally {
      this.#unaccepted.delete(prompt);
    }
  }

  async #form(requestId: string, content: Record<string, unknown> | undefined): Promise<void> {
    const { sessionId, sessions } = this.#deps;
    const answer =
      content === undefined
        ? ({ action: 'decline' } as const)
        : ({ action: 'accept', content } as const);
    await sessions.respondToElicitation(sessionId, requestId, answer);
  }

  async #url(requestId: string, open: boolean): Promise<void> {
    const { sessionId, sessions, editor } = this.#deps;
    if (!open) {
      await sessions.respondToElicitation(sessionId, requestId, { action: 'decline' });
      return;
    }
    // The address comes from the request, never from the panel.
    const { url } = this.#elicitation(requestId);
    if (url === undefined) throw gone(requestId);
    await editor.openLink(url, this.#cwd());
    await sessions.respondToElicitation(sessionId, requestId, { action: 'accept' });
  }

  #elicitation(requestId: string): ElicitationAsk {
    const { sessionId, sessions } = this.#deps;
    const request = sessions.details(sessionId).pending.find((one) => one.requestId === requestId);
    if (request?.kind !== 'elicitation') throw gone(requestId);
    return request.ask;
  }

  async #action(action: Extract<FromPanel, { type: 'action' }>['action']): Promise<void> {
    const { sessionId, sessions, channel, editor } = this.#deps;
    if (action !== 'showLog') channel.showError(undefined);
    switch (action) {
      case 'resume':
        await sessions.resume(sessionId);
        return;
      case 'restart':
        await sessions.restart(sessionId);
        return;
      case 'kill':
        await sessions.terminate(sessionId, { force: true });
        return;
      case 'restore':
        await sessions.restore(sessionId);
        await channel.resync();
        return;
      case 'showLog':
        editor.showLog();
        return;
      case 'dismissError':
        return;
    }
  }

  #cwd(): string {
    const { sessionId, sessions } = this.#deps;
    return sessions.details(sessionId).info.cwd;
  }
}

function gone(requestId: string): SessionError {
  return new SessionError('requestUnknown', `Request "${requestId}" is no longer open.`, {
    hint: 'It was answered elsewhere, cancelled, or its agent has ended.',
  });
}
