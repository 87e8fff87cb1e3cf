// Text as an agent streams it: one entry that grows, shown at once and written in pieces.
import type { TranscriptChange } from './transcript.ts';

/** Characters that are written at once, without waiting for the time. */
const flushLength = 64 * 1024;

/** Who speaks. */
export type Speaker = 'user' | 'agent' | 'thought';

interface OpenText {
  readonly id: string;
  readonly speaker: Speaker;
  readonly messageId: string | undefined;
}

/** The entry that text is added to, and what of it is shown but not written yet. */
export class StreamedText {
  readonly #append: (change: TranscriptChange) => void;
  #open: OpenText | undefined;
  #unwritten: string[] = [];
  #length = 0;

  /** @param append hands a piece to the disk */
  constructor(append: (change: TranscriptChange) => void) {
    this.#append = append;
  }

  /** What follows goes on with this entry, which has been written. */
  begin(open: OpenText): void {
    this.#open = open;
  }

  /** Adds text to the open entry; the change to show, `undefined` when the text begins an entry of its own. */
  add(speaker: Speaker, text: string, messageId: string | undefined): TranscriptChange | undefined {
    const open = this.#open;
    if (open?.speaker !== speaker) return undefined;
    if (messageId !== undefined && open.messageId !== messageId) return undefined;
    this.#unwritten.push(text);
    this.#length += text.length;
    return { type: 'append', id: open.id, text };
  }

  /** Whether so much waits to be written that it should not wait any longer. */
  get isMuch(): boolean {
    return this.#length >= flushLength;
  }

  /** Writes what has been shown. */
  flush(): void {
    if (this.#length === 0 || this.#open === undefined) return;
    const text = this.#unwritten.join('');
    this.#unwritten = [];
    this.#length = 0;
    this.#append({ type: 'append', id: this.#open.id, text });
  }

  /** Writes what has been shown; text that follows begins another entry. */
  close(): void {
    this.flush();
    this.#open = undefined;
  }
}
