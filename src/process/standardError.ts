// A child's standard error as it is read here: its end is kept, who floods it waits for his pipe, and a flood is noticed.
import type { Readable } from 'node:stream';
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';
import { OutputTail } from './outputTail.ts';

const kept = 8 * 1024;

/** Bytes that are read in this time at most. */
const atOnce = 512 * 1024;
const restMs = 50;

/** More bytes than this within this time are a flood: no log that anybody reads is written so fast. */
const floodBytes = 1024 * 1024;
const floodMs = 10_000;

/** Reads one stream for its end. */
export class StandardError {
  /** Resolves with the first flood; never where there is none. */
  readonly flooded: Promise<undefined>;
  readonly #flood = Promise.withResolvers<undefined>();
  readonly #clock: Clock;
  readonly #tail = new OutputTail(kept);
  #countedFrom = 0;
  #counted = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.flooded = this.#flood.promise;
  }

  /** The end so far, at most 8 KiB. */
  text(): string {
    return this.#tail.text();
  }

  /** Reads on until the stream ends. Who floods it waits for his pipe instead of holding up everybody else. */
  read(stream: Readable): void {
    let read = 0;
    let rest: Disposable | undefined;
    stream.on('data', (chunk: Buffer) => {
      this.#tail.push(chunk);
      this.#count(chunk.length);
      read += chunk.length;
      rest ??= this.#clock.after(restMs, () => {
        rest = undefined;
        read = 0;
        stream.resume();
      });
      if (read >= atOnce) stream.pause();
    });
  }

  #count(bytes: number): void {
    const now = this.#clock.monotonic();
    if (now - this.#countedFrom > floodMs) {
      this.#countedFrom = now;
      this.#counted = 0;
    }
    this.#counted += bytes;
    if (this.#counted > floodBytes) this.#flood.resolve(undefined);
  }
}
