// The end of a command's output, bounded in bytes and cut at whole characters.

interface Piece {
  readonly text: string;
  readonly bytes: number;
}

/** Keeps the last `limit` bytes of the text it is given. */
export class OutputBuffer {
  readonly #limit: number;
  #pieces: Piece[] = [];
  #bytes = 0;
  #truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds whole characters at the end. */
  push(text: string): void {
    if (text === '') return;
    const bytes = Buffer.byteLength(text);
    this.#pieces.push({ text, bytes });
    this.#bytes += bytes;
    let drop = 0;
    for (let first = this.#pieces[drop]; first !== undefined; first = this.#pieces[drop]) {
      const excess = this.#bytes - this.#limit;
      if (excess <= 0) break;
      this.#truncated = true;
      this.#bytes -= first.bytes;
      if (first.bytes <= excess) {
        drop += 1;
        continue;
      }
      const rest = cutStart(first.text, excess);
      this.#pieces[drop] = rest;
      this.#bytes += rest.bytes;
    }
    if (drop > 0) this.#pieces.splice(0, drop);
    if (this.#pieces.length > 1024) this.#join();
  }

  /** The text kept, and whether anything before it was dropped. */
  read(): { readonly output: string; readonly truncated: boolean } {
    this.#join();
    return { output: this.#pieces[0]?.text ?? '', truncated: this.#truncated };
  }

  #join(): void {
    if (this.#pieces.length < 2) return;
    this.#pieces = [{ text: this.#pieces.map((piece) => piece.text).join(''), bytes: this.#bytes }];
  }
}

/** `text` without its first `bytes` bytes, and without the rest of a character cut in two. */
function cutStart(text: string, bytes: number): Piece {
  const encoded = Buffer.from(text);
  let start = bytes;
  // Bytes 10xxxxxx continue a character.
  while (start < encoded.length && ((encoded[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return { text: encoded.toString('utf8', start), bytes: encoded.length - start };
}
