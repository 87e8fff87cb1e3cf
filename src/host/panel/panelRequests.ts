// What a panel asks for, done: each message of the panel becomes one operation on its session or one thing for the editor.
import * as z from 'zod/mini';
import type { FromPanel } from '../../chatProtocol/messages.ts';
import type { ElicitationAsk } from '../../session/agentPort.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TranscriptChange } from '../../session/transcript.ts';
import { changeRequest, isChangeRequest } from './panelChanges.ts';
import type { ChangeEditor } from './panelChanges.ts';
import type { PanelChannel } from './panelChannel.ts';
import { isComposing, PanelComposing } from './panelComposing.ts';
import type { MentionSource } from './panelComposing.ts';
import type { PanelDrafts } from './panelDrafts.ts';
import { editRequest, isEditRequest, requestGone } from './panelEdits.ts';
import type { PanelEditor } from './panelEdits.ts';
import { errorView } from './panelErrors.ts';

/** What {@link PanelRequests} works with. */
export interface PanelRequestsDeps {
  readonly sessionId: string;
  readonly sessions: Sessions;
  readonly channel: PanelChannel;
  readonly editor: PanelEditor & ChangeEditor;
  readonly mentions: MentionSource;
  readonly drafts: Pick<PanelDrafts, 'set'>;
}

/** Does what one panel asks for. */
export class PanelRequests {
  readonly #deps: PanelRequestsDeps;
  readonly #composing: PanelComposing;

  constructor(deps: PanelRequestsDeps) {
    this.#deps = deps;
    this.#composing = new PanelComposing(deps);
  }

  /** A prompt that appears in the transcript is safe. */
  transcriptChanged(change: TranscriptChange): void {
    this.#composing.transcriptChanged(change);
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
    const { sessionId, sessions, channel } = this.#deps;
    if (isComposing(message)) return this.#composing.handle(message);
    if (isChangeRequest(message)) return changeRequest(message, this.#deps);
    if (isEditRequest(message)) return editRequest(message, this.#deps);
    switch (message.type) {
      case 'ready':
        return channel.ready();
      case 'resync':
        return channel.resync();
      case 'applied':
        channel.applied(message.seq);
        return;
      case 'older':
        return channel.older(message.before, message.until);
      case 'find':
        return channel.find(message.query);
      case 'activity':
        sessions.touch(sessionId);
        return;
      case 'cancel':
        return sessions.cancel(sessionId);
      case 'permission':
      case 'form':
      case 'url':
        return this.#answer(message);
      case 'pick':
        return message.configId === undefined
          ? sessions.setMode(sessionId, z.string().parse(message.value))
          : sessions.setConfigOption(sessionId, message.configId, message.value);
      case 'action':
        return this.#action(message.action);
    }
  }

  async #answer(
    message: Extract<FromPanel, { type: 'permission' | 'form' | 'url' }>,
  ): Promise<void> {
    const { sessionId, sessions } = this.#deps;
    const { requestId } = message;
    switch (message.type) {
      case 'permission':
        return sessions.respondToPermission(sessionId, requestId, message.optionId);
      case 'form':
        return this.#form(requestId, message.content);
      case 'url':
        return this.#url(requestId, message.open);
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
    if (url === undefined) throw requestGone(requestId);
    await editor.openLink(url, this.#cwd());
    await sessions.respondToElicitation(sessionId, requestId, { action: 'accept' });
  }

  #elicitation(requestId: string): ElicitationAsk {
    const { sessionId, sessions } = this.#deps;
    const request = sessions.details(sessionId).pending.find((one) => one.requestId === requestId);
    if (request?.kind !== 'elicitation') throw requestGone(requestId);
    return request.ask;
  }

  async #action(action: Extract<FromPanel, { type: 'action' }>['action']): Promise<void> {
    const { sessionId, sessions, channel, editor } = this.#deps;
    if (action !== 'showLog' && action !== 'setPermissions') channel.showError(undefined);
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
      case 'signIn':
        await editor.signIn(sessionId);
        return;
      case 'setPermissions':
        await editor.setPermissions(sessionId);
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
