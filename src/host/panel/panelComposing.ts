// What the composer of a panel asks for: prompts sent, drafts kept, things attached, and the queue put in order.
import type { Attached, Draft, Mention, MentionRef } from '../../chatProtocol/composing.ts';
import type { FromPanel } from '../../chatProtocol/messages.ts';
import { isSessionError } from '../../session/errors.ts';
import { promptText } from '../../session/promptQueue.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TranscriptChange } from '../../session/transcript.ts';
import { draftOf, promptBlocks } from './panelAttached.ts';
import type { PanelChannel } from './panelChannel.ts';
import type { PanelDrafts } from './panelDrafts.ts';
import type { PanelEditor } from './panelEdits.ts';
import { errorView } from './panelErrors.ts';

/** Finds and reads what prompts mention. Rejections are `SessionError`s. */
export interface MentionSource {
  /** What fits what stands behind an `@`, best first within each kind. */
  find(query: string): Promise<Mention[]>;
  /** What was chosen, with its text where it has one. */
  read(ref: MentionRef): Promise<Attached>;
  /** A file or folder that was dropped, by its address. */
  dropped(address: string): Promise<Attached>;
}

/** What {@link PanelComposing} works with. */
export interface PanelComposingDeps {
  readonly sessionId: string;
  readonly sessions: Pick<Sessions, 'prompt' | 'unqueue' | 'moveQueued'>;
  readonly channel: Pick<PanelChannel, 'tell' | 'showError'>;
  readonly mentions: MentionSource;
  readonly drafts: Pick<PanelDrafts, 'set'>;
  readonly editor: Pick<PanelEditor, 'signIn'>;
}

const composingTypes = [
  ...(['prompt', 'draft', 'mention', 'attach', 'attachUris'] as const),
  ...(['unqueue', 'moveQueued'] as const),
];

type Composing = Extract<FromPanel, { type: (typeof composingTypes)[number] }>;

/** Whether a message is one of the composer's. */
export function isComposing(message: FromPanel): message is Composing {
  return composingTypes.some((type) => type === message.type);
}

/** Failures of a prompt that the session's own state or transcript shows already. */
const shownElsewhere = new Set(['sessionStopped', 'agentExited', 'connectionClosed', 'disposed']);

/** Does what one panel's composer asks for. */
export class PanelComposing {
  readonly #deps: PanelComposingDeps;
  /** Prompts that are not in the transcript yet. */
  readonly #unaccepted = new Set<{ readonly text: string }>();

  constructor(deps: PanelComposingDeps) {
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

  /** Does one thing; a prompt's failure is shown in the panel, anything else is thrown. */
  async handle(message: Composing): Promise<void> {
    const { sessionId, sessions, mentions, drafts } = this.#deps;
    switch (message.type) {
      case 'prompt':
        return this.#prompt({ text: message.text, attached: message.attached ?? [] });
      case 'draft':
        return drafts.set(sessionId, message.draft);
      case 'mention':
        return this.#mention(message.query);
      case 'attach':
        return this.#attach([mentions.read(message.ref)]);
      case 'attachUris':
        return this.#attach(message.uris.map((uri) => mentions.dropped(uri)));
      case 'unqueue':
        this.#unqueue(message.promptId, message.edit === true);
        return;
      case 'moveQueued':
        sessions.moveQueued(sessionId, message.promptId, message.to);
    }
  }

  async #prompt(draft: Draft): Promise<void> {
    const { sessionId, channel } = this.#deps;
    channel.showError(undefined);
    void this.#deps.drafts.set(sessionId, { text: '', attached: [] });
    const blocks = promptBlocks(draft);
    const prompt = { text: promptText(blocks) };
    this.#unaccepted.add(prompt);
    try {
      await this.#send(blocks);
    } catch (error) {
      const accepted = !this.#unaccepted.has(prompt);
      if (accepted && isSessionError(error) && shownElsewhere.has(error.code)) return;
      channel.showError(errorView(error, accepted ? undefined : draft));
    } finally {
      this.#unaccepted.delete(prompt);
    }
  }

  /** Where the agent asks for a sign-in, the prompt is sent again once the user has signed in. */
  async #send(blocks: ReturnType<typeof promptBlocks>): Promise<void> {
    const { sessionId, sessions, editor } = this.#deps;
    try {
      await sessions.prompt(sessionId, blocks);
    } catch (error) {
      if (!isSessionError(error) || error.code !== 'authRequired') throw error;
      if (!(await editor.signIn(sessionId))) throw error;
      await sessions.prompt(sessionId, blocks, true);
    }
  }

  async #mention(asked: string): Promise<void> {
    const mentions = await this.#deps.mentions.find(asked);
    this.#deps.channel.tell((seq) => ({ type: 'mentions', seq, asked, mentions }));
  }

  /** What can be read goes into the composer, whatever else cannot. */
  async #attach(reading: readonly Promise<Attached>[]): Promise<void> {
    const read = await Promise.allSettled(reading);
    const attached = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // Also with nothing: a message that waits for what it attaches is not to wait for ever.
    this.#compose({ text: '', attached }, true);
    for (const one of read) if (one.status === 'rejected') throw one.reason;
  }

  #unqueue(promptId: string, edit: boolean): void {
    const { sessionId, sessions } = this.#deps;
    const blocks = sessions.unqueue(sessionId, promptId);
    if (edit && blocks !== undefined) this.#compose(draftOf(blocks));
  }

  #compose(draft: Draft, asked = false): void {
    this.#deps.channel.tell((seq) => ({ type: 'compose', seq, draft, ...(asked && { asked }) }));
  }
}
