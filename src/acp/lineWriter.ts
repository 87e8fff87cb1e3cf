// Writes lines to a stream, with a bound on what may wait there: a peer that does not read must not fill our memory.
import type { Writable } from 'node:stream';

/** Writes lines. A stream that breaks is reported once and takes nothing from then on. */
export class LineWriter {
  readonly #stream: Writable;
  readonly #maxQueuedBytes: number;
  readonly #onFailed: (error: Error) => void;
  #failed = false;

  /** @param onFailed told once when the stream broke or its peer does not read */
  constructor(stream: Writable, maxQueuedBytes: number, onFailed: (error: Error) => void) {
    this.#stream = stream;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.#onFailed = onFailed;
    stream.on('error', (error) => {
      this.#fail(error);
    });
    stream.on('close', () => {
      this.#fail(new Error('The stream was closed.'));
    });
  }

  /**
   * Writes a line and its newline, kept in order. `false` when the stream is broken or closed. More
   * than the bound waiting to be read counts as broken; one line alone may be longer than the bound.
   */
  write(line: string): boolean {
    if (this.#failed || this.#stream.writableEnded) return false;
    if (this.#stream.writableLength > this.#maxQueuedBytes) {
      this.#fail(new Error(`The peer does not read: ${this.#stream.writableLength} bytes wait.`));
      return false;
    }
    this.#stream.write(`${line}\n`);
    return true;
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#onFailed(error);
  }
}
