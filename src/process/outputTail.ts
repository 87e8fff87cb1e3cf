// The end of a stream of bytes, bounded: what a process said last.
import { stripVTControlCharacters } from 'node:util';

/** Keeps the last `limit` bytes it is given, and no more memory than twice that. */
export class OutputTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Copies what it keeps: a slice would hold on to the whole read buffer it came from. */
  push(chunk: Buffer): void {
    if (chunk.length >= this.#limit) {
      this.#truncated ||= this.#size > 0 || chunk.length > this.#limit;
      this.#chunks = [Buffer.from(chunk.subarray(chunk.length - this.#limit))];
      this.#size = this.#limit;
      return;
    }
    this.#chunks.push(Buffer.from(chunk));
    this.#size += chunk.length;
    if (this.#size > 2 * this.#limit || this.#chunks.length > 64) this.#compact();
  }

  /** The text so far, without colours and cursor movements, starting at a whole character. */
  text(): string {
    this.#compact();
    const bytes = Buffer.concat(this.#chunks);
    let start = 0;
    // UTF-8 continuation bytes at the cut belong to a character whose beginning is gone.
    while (this.#truncated && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
    return stripVTControlCharacters(bytes.toString('utf8', start));
  }

  #compact(): void {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (all === undefined) return;
    const over = all.length > this.#limit;
    this.#truncated ||= over;
    this.#chunks = [over ? Buffer.from(all.subarray(all.length - this.#limit)) : all];
    this.#size = Math.min(all.length, this.#limit);
  }
}
