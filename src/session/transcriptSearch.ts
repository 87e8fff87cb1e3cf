// Finding words in transcripts: pure, change by change, so that a long one need not be held in memory.
import { isFileBefore } from './fileChanges.ts';
import type { ToolCallEntry, TranscriptChange } from './transcript.ts';

/** One place in a transcript where the words are. */
export interface TranscriptHit {
  readonly entryId: string;
  readonly type: string;
  /** The text around it, on one line, and where in it the words are. */
  readonly snippet: string;
}

/** Characters shown before and after the words. */
const around = 40;

/**
 * Takes the changes of one transcript in order and keeps the first place in each entry where the words
 * are, in any case. Words that came in two pieces are found too.
 */
export class TranscriptSearch {
  readonly #words: string;
  readonly #limit: number;
  readonly #hits = new Map<string, TranscriptHit>();
  /** The end of each entry's text that may go on, with what a snippet needs of it. */
  readonly #tails = new Map<string, { readonly type: string; readonly tail: string }>();

  /** @param limit entries found at most */
  constructor(words: string, limit: number) {
    this.#words = words.toLowerCase();
    this.#limit = limit;
  }

  /** Whether nothing more will be kept. */
  get full(): boolean {
    return this.#hits.size >= this.#limit;
  }

  /** What has been found, in the order of the transcript. */
  get hits(): readonly TranscriptHit[] {
    return [...this.#hits.values()];
  }

  /** Looks at one change. */
  apply(change: TranscriptChange): void {
    if (this.full || this.#hits.has(change.id) || isFileBefore(change)) return;
    if (change.type === 'append') {
      const key = `${change.id} ${change.terminalId ?? ''}`;
      const open = this.#tails.get(key) ?? { type: 'toolCall', tail: '' };
      this.#look(key, change.id, open.type, open.tail + change.text);
      return;
    }
    const { id, type } = change;
    switch (type) {
      case 'user':
      case 'agent':
      case 'thought':
        this.#look(`${id} `, id, type, change.text);
        return;
      case 'notice':
        this.#look(undefined, id, type, change.text);
        return;
      case 'plan':
        for (const { content } of change.entries) this.#look(undefined, id, type, content);
        return;
      case 'toolCall':
        this.#toolCall(change);
    }
  }

  #toolCall(call: ToolCallEntry): void {
    const { id, type, title, content = [], locations = [], terminals = [] } = call;
    const texts = [title, ...locations.map(({ path }) => path)];
    for (const part of content) {
      if (part.type === 'text') texts.push(part.text);
      if (part.type === 'diff') texts.push(part.path, part.oldText ?? '', part.newText);
    }
    for (const text of texts) this.#look(undefined, id, type, text);
    for (const { terminalId, command = '', output } of terminals) {
      this.#look(undefined, id, type, command);
      this.#look(`${id} ${terminalId}`, id, type, output);
    }
  }

  /** @param key what later text of the same place goes by; `undefined` when there is none */
  #look(key: string | undefined, entryId: string, type: string, text: string): void {
    const at = text.toLowerCase().indexOf(this.#words);
    if (at !== -1) {
      if (!this.#hits.has(entryId)) {
        this.#hits.set(entryId, { entryId, type, snippet: this.#snippet(text, at) });
      }
      if (key !== undefined) this.#tails.delete(key);
    } else if (key !== undefined) {
      this.#tails.set(key, { type, tail: text.slice(-(this.#words.length + around)) });
    }
  }

  #snippet(text: string, at: number): string {
    const [from, to] = [Math.max(0, at - around), at + this.#words.length + 2 * around];
    const cut = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
    return cut.replace(/\s+/g, ' ').trim();
  }
}
