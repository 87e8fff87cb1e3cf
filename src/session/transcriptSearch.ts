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

/** Characters shown before the words, and half of those shown after them. */
const around = 40;

/** The text around a hit, as far as it is known. */
interface Surroundings {
  readonly entryId: string;
  readonly type: string;
  /** From a little before the words on. */
  readonly text: string;
  /** Something stands before it. */
  readonly cut: boolean;
  /** How much of the text is shown. */
  readonly shown: number;
}

/**
 * Takes the changes of one transcript in order and keeps the first place in each entry where the words
 * are, in any case. Words that came in two pieces are found too.
 */
export class TranscriptSearch {
  readonly #words: string;
  readonly #limit: number;
  readonly #hits = new Map<string, TranscriptHit>();
  /** The end of each entry's text that may go on, with what a snippet needs of it. */
  readonly #tails = new Map<
    string,
    { readonly type: string; readonly tail: string; readonly cut: boolean }
  >();
  /** Hits whose text ended before their snippet did, by the key of what may follow. */
  readonly #unfinished = new Map<string, Surroundings>();

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
    const key = change.type === 'append' ? `${change.id} ${change.terminalId ?? ''}` : '';
    const hit = this.#unfinished.get(key);
    if (hit !== undefined && change.type === 'append') {
      this.#show(key, { ...hit, text: hit.text + change.text });
      return;
    }
    if (this.full || this.#hits.has(change.id) || isFileBefore(change)) return;
    if (change.type === 'append') {
      const open = this.#tails.get(key) ?? { type: 'toolCall', tail: '', cut: false };
      this.#look(key, change.id, open.type, { text: open.tail + change.text, cut: open.cut });
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

  /**
   * @param key what later text of the same place goes by; `undefined` when there is none
   * @param part the text; `cut` when something stands before it
   */
  #look(
    key: string | undefined,
    entryId: string,
    type: string,
    part: string | { readonly text: string; readonly cut: boolean },
  ): void {
    const { text, cut } = typeof part === 'string' ? { text: part, cut: false } : part;
    const at = text.toLowerCase().indexOf(this.#words);
    if (at !== -1) {
      if (key !== undefined) this.#tails.delete(key);
      if (this.#hits.has(entryId)) return;
      const from = Math.max(0, at - around);
      const shown = at - from + this.#words.length + 2 * around;
      const known = { entryId, type, text: text.slice(from), cut: cut || from > 0, shown };
      this.#show(key, known);
    } else if (key !== undefined) {
      const tail = text.slice(-(this.#words.length + around));
      this.#tails.set(key, { type, tail, cut: cut || tail.length < text.length });
    }
  }

  /** Keeps the snippet of a hit, and waits for the rest of it where more text may come. */
  #show(key: string | undefined, known: Surroundings): void {
    const { entryId, type, text, cut, shown } = known;
    const whole = text.length > shown;
    const line = `${cut ? '…' : ''}${text.slice(0, shown)}${whole ? '…' : ''}`;
    this.#hits.set(entryId, { entryId, type, snippet: line.replace(/\s+/g, ' ').trim() });
    if (key === undefined) return;
    if (whole) this.#unfinished.delete(key);
    else this.#unfinished.set(key, known);
  }
}
