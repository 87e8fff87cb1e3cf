// The ContextManager: one per session, builds its transcript from what is said, writes it, and reports activity.
import type { AgentUpdate, ToolCallPatch } from './agentUpdate.ts';
import { stamp, type Clock } from './clock.ts';
import type { SessionError } from './errors.ts';
import type { Disposable } from './event.ts';
import { fileBeforeCode, fileBeforeNotice } from './fileChanges.ts';
import type { ContentBlock } from './agentPort.ts';
import type { IdSource } from './ports.ts';
import type { TranscriptLog } from './storePort.ts';
import { promptText } from './promptQueue.ts';
import { ReplayIntake, type ReplayedConversation } from './replayIntake.ts';
import type { AgentFacts } from './state.ts';
import { StreamedText, type Speaker } from './streamedText.ts';
import { ToolCallBook, type ToolCallChange } from './toolCallBook.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';

/** Milliseconds after which streamed text is on disk at the latest. */
export const textFlushMs = 250;

/** What the ContextManager tells its session. */
export interface ContextEvents {
  /** The transcript changed; whole entries are written before this is called. */
  onChange(change: TranscriptChange): void;
  /** Something happened that keeps the session from being idle. */
  onActivity(): void;
  /** Whether something said is not on disk has changed. */
  onFailing(): void;
  /** The agent said something about itself. */
  onFacts(patch: Partial<AgentFacts> & { readonly title?: string | null }): void;
  /** A message (prompt or answer) began. */
  onMessage(): void;
  /** A file is about to be changed; whether that is its first change in this session. */
  onFirstChange(path: string): boolean;
}

/** Builds one session's transcript. Nothing said is kept in memory longer than {@link textFlushMs}. */
export class ContextManager {
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #events: ContextEvents;
  readonly #calls: ToolCallBook;
  #log: TranscriptLog | undefined;
  readonly #text = new StreamedText((piece) => this.#log?.append(piece));
  #planId: string | undefined;
  #flushTimer: Disposable | undefined;
  #failing: Disposable | undefined;
  readonly #replay: ReplayIntake;
  /** Text of the last prompt, while nothing but notices of Roost's own has followed it. */
  #unanswered: string | undefined;

  constructor(deps: { clock: Clock; ids: IdSource; events: ContextEvents }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#events = deps.events;
    this.#calls = new ToolCallBook(() => this.#stamped());
    this.#replay = new ReplayIntake(deps.clock, {
      onNews: () => {
        this.notice('addedFromAgent', 'The agent knows more of this conversation than was saved:');
      },
      onEntry: (entry, first) => {
        this.#write(entry);
        if (first && (entry.type === 'user' || entry.type === 'agent')) this.#events.onMessage();
      },
    });
  }

  /** Takes the log that everything from now on is written to. */
  attach(log: TranscriptLog): void {
    this.#log = log;
    this.#failing?.dispose();
    this.#failing = log.onDidChangeFailing(() => {
      this.#events.onFailing();
    });
  }

  /** The log in use. */
  get log(): TranscriptLog | undefined {
    return this.#log;
  }

  /** Whether something said is not on disk because writing fails. */
  get failing(): boolean {
    return this.#log?.failing ?? false;
  }

  /** Why, while {@link failing}. */
  get failure(): SessionError | undefined {
    return this.#log?.failure;
  }

  /**
   * From here on an agent may replay a conversation that the transcript on disk holds already: until
   * {@link endReplay} only what is new of its messages is added. What it says about itself counts at once.
   */
  beginReplay(replay: ReplayedConversation): void {
    this.#replay.begin(replay);
  }

  /**
   * Resolves when a replay has brought all that is known, or when nothing more of it comes: a prompt
   * that is sent before would be answered in the middle of it.
   */
  async replayed(): Promise<void> {
    await this.#replay.replayed();
  }

  /** Adds what a replay has brought that the transcript lacks; the replay may go on. */
  settleReplay(): void {
    this.#replay.settle();
  }

  /** Adds what is new of the replay; what the agent says from here on is said now. */
  endReplay(): void {
    this.settleReplay();
    this.dropReplay();
  }

  /** Forgets a replay: the agent could not load the conversation, or has ended. */
  dropReplay(): void {
    this.#replay.drop();
  }

  /** Adds what the agent reports. */
  apply(update: AgentUpdate): void {
    switch (update.type) {
      case 'commands':
        this.#events.onFacts({ commands: [...update.commands] });
        return;
      case 'mode':
        this.#events.onFacts({ currentModeId: update.modeId });
        return;
      case 'configOptions':
        this.#events.onFacts({ configOptions: update.configOptions });
        return;
      case 'title':
        this.#events.onFacts({ title: update.title });
        return;
      case 'usage':
        this.#events.onFacts({ usage: update.usage });
        return;
      case 'text':
      case 'block':
      case 'toolCall':
      case 'terminal':
      case 'terminalOutput':
      case 'terminalExit':
      case 'plan':
      case 'notice':
      case 'fileBefore':
      case 'unknown':
        if (this.#replay.take(update)) return;
        this.#content(update);
        this.#events.onActivity();
    }
  }

  /** What is known of a tool call. */
  toolCall(toolCallId: string): ToolCallPatch | undefined {
    return this.#calls.facts(toolCallId);
  }

  /** The user has refused a tool call: it is over with its turn, also when the agent does not say so. */
  refuseToolCall(toolCallId: string): void {
    this.#calls.refuse(toolCallId);
  }

  /**
   * Adds the user's prompt; it is written when this returns.
   * @param again whether it was sent before; it is not added anew while it still is the last thing said
   */
  userPrompt(blocks: readonly ContentBlock[], again: boolean): void {
    const text = promptText(blocks);
    if (again && this.#unanswered === text) {
      this.#events.onActivity();
      return;
    }
    this.#text.close();
    const attachments = blocks.filter((block) => block.type !== 'text');
    const entry: TranscriptEntry = {
      ...this.#stamped(),
      type: 'user',
      text,
      ...(attachments.length === 0 ? {} : { blocks: attachments }),
    };
    this.#write(entry);
    this.#unanswered = text;
    this.#events.onMessage();
    this.#events.onActivity();
  }

  /** Adds a notice of Roost's own. */
  notice(code: string, text: string, data?: unknown): void {
    this.#text.close();
    this.#write({
      ...this.#stamped(),
      type: 'notice',
      code,
      text,
      ...(data === undefined ? {} : { data }),
    });
  }

  /** Ends the turn: text is written, and calls that still say they run become `openCalls`. */
  endTurn(openCalls: 'cancelled' | 'failed' | undefined): void {
    this.#text.close();
    this.#planId = undefined;
    this.#apply(this.#calls.settle(openCalls));
  }

  /** Writes what has been shown but not written. */
  flush(): void {
    this.#flushTimer?.dispose();
    this.#flushTimer = undefined;
    this.#text.flush();
    this.#apply(this.#calls.flush());
  }

  /** Resolves when everything said is on stable storage. @throws SessionError `storageFailed` */
  async sync(): Promise<void> {
    this.flush();
    await this.#log?.sync();
  }

  /** Writes, syncs and closes the log; a log that cannot be written any more is closed all the same. */
  async close(): Promise<void> {
    this.endReplay();
    this.#text.close();
    this.flush();
    const log = this.#log;
    this.#log = undefined;
    this.#failing?.dispose();
    this.#failing = undefined;
    await log?.close();
  }

  #content(update: AgentUpdate): void {
    this.#unanswered = undefined;
    switch (update.type) {
      case 'text':
        this.#addText(update.role, update.text, update.messageId);
        return;
      case 'block':
        this.#addBlock(update);
        return;
      case 'toolCall':
        this.#text.close();
        this.#apply(this.#calls.patch(update.patch));
        this.#scheduleFlush();
        return;
      case 'terminal':
      case 'terminalOutput':
      case 'terminalExit':
        this.#apply(this.#calls.terminal(update));
        if (this.#calls.waiting) this.#scheduleFlush();
        return;
      case 'plan':
        this.#plan(update.entries);
        return;
      case 'notice':
        this.notice(update.code, update.text, update.data);
        return;
      case 'fileBefore':
        this.#fileBefore(update);
        return;
      case 'unknown':
        this.notice('unknownUpdate', update.variant, update.raw);
        return;
      case 'commands':
      case 'mode':
      case 'configOptions':
      case 'title':
      case 'usage':
        return;
    }
  }

  #addText(role: Speaker, text: string, messageId: string | undefined): void {
    const more = this.#text.add(role, text, messageId);
    if (more !== undefined) {
      this.#events.onChange(more);
      if (this.#text.isMuch) this.#text.flush();
      else this.#scheduleFlush();
      return;
    }
    this.#text.close();
    const entry: TranscriptEntry = { ...this.#stamped(), type: role, text };
    this.#text.begin({ id: entry.id, speaker: role, messageId });
    this.#write(entry);
    if (role === 'agent') this.#events.onMessage();
  }

  #addBlock(update: Extract<AgentUpdate, { type: 'block' }>): void {
    this.#text.close();
    if (update.role === 'thought') {
      this.notice('thoughtBlock', update.block.type, update.block);
      return;
    }
    this.#write({ ...this.#stamped(), type: update.role, text: '', blocks: [{ ...update.block }] });
    this.#events.onMessage();
  }

  #fileBefore(file: Extract<AgentUpdate, { type: 'fileBefore' }>): void {
    if (!this.#events.onFirstChange(file.path)) return;
    const { text, data } = fileBeforeNotice(file);
    this.notice(fileBeforeCode, text, data);
  }

  /** A plan replaces the turn's earlier one in place. */
  #plan(entries: Extract<AgentUpdate, { type: 'plan' }>['entries']): void {
    this.#text.close();
    const stamped = this.#stamped();
    this.#planId ??= stamped.id;
    this.#write({
      id: this.#planId,
      at: stamped.at,
      type: 'plan',
      entries: entries.map((entry) => ({ ...entry })),
    });
  }

  #apply(changes: readonly ToolCallChange[]): void {
    for (const { change, write } of changes) {
      if (write) this.#write(change);
      else this.#events.onChange(change);
    }
    // An overflowing terminal shows its moving end again and again until it is over.
    if (this.#calls.waiting) this.#scheduleFlush();
  }

  #write(change: TranscriptChange): void {
    this.#text.flush();
    this.#log?.append(change);
    this.#events.onChange(change);
  }

  #scheduleFlush(): void {
    this.#flushTimer ??= this.#clock.after(textFlushMs, () => {
      this.#flushTimer = undefined;
      this.flush();
    });
  }

  #stamped(): { id: string; at: string } {
    return { id: this.#ids.entryId(), at: stamp(this.#clock) };
  }
}
