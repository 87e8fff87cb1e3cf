// Reads newline-delimited text from a stream: whole lines, in order, in slices of bounded time, without reading faster than they are taken.
import type { Readable } from 'node:stream';
import type { Clock } from '../session/clock.ts';
import type { Share } from './fairShare.ts';

const newline = 0x0a;
/** From this many bytes on that wait to be given, the stream is paused: what one read of it brings at most. */
const enoughBytes = 64 * 1024;
/** Bytes kept of the start and of the end of a line that is too long: enough to see what it was. */
const keptHead = 4096;
const keptTail = 512;

/** A line longer than allowed: it was skipped, only its ends were kept. */
export interface OversizedLine {
  readonly bytes: number;
  readonly head: string;
  readonly tail: string;
}

/** A line that is worth handling apart: its bytes, in the parts in which they came. */
export interface LongLine {
  readonly bytes: number;
  readonly parts: readonly Buffer[];
}

/**
 * Cuts a byte stream into lines: as text, from `longBytes` on as they are. Holds at most one line of
 * `maxBytes` besides the chunks that were pushed and not looked at.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #longBytes: number;
  #chunk: Buffer | undefined;
  #position = 0;
  /** Chunks behind that one. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Set while the current line is longer than allowed: its first bytes. */
  #skippedHead: Buffer | undefined;
  /** Bytes of the line given last, without its newline. */
  lastBytes = 0;

  constructor(maxBytes: number, longBytes = Infinity) {
    this.#maxBytes = maxBytes;
    this.#longBytes = longBytes;
  }

  /** Gives more bytes. */
  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
  }

  /** How many of the bytes given have not been looked at. */
  get waitingBytes(): number {
    return (
      this.#waitingBytes + (this.#chunk === undefined ? 0 : this.#chunk.length - this.#position)
    );
  }

  /** How many bytes of a line that has not ended have been looked at. */
  get begunBytes(): number {
    return this.#bytes;
  }

  /** The next whole line without its newline; `undefined` when more bytes are needed. */
  next(): string | LongLine | OversizedLine | undefined {
    let chunk = this.#chunk ?? this.#nextChunk();
    if (chunk === undefined) return undefined;
    let end = chunk.indexOf(newline, this.#position);
    while (end === -1) {
      this.#keep(chunk.subarray(this.#position));
      chunk = this.#nextChunk();
      if (chunk === undefined) return undefined;
      end = chunk.indexOf(newline);
    }
    const start = this.#position;
    this.#position = end + 1;
    if (this.#bytes === 0 && end - start <= Math.min(this.#maxBytes, this.#longBytes)) {
      this.lastBytes = end - start;
      return chunk.toString('utf8', start, end);
    }
    this.#keep(chunk.subarray(start, end));
    return this.rest() ?? '';
  }

  /** What is left when the stream has ended, or the line just completed; `undefined` when nothing is. */
  rest(): string | LongLine | OversizedLine | undefined {
    const bytes = this.#bytes;
    if (bytes === 0) return undefined;
    this.lastBytes = bytes;
    const parts = this.#parts;
    const head = this.#skippedHead;
    this.#parts = [];
    this.#bytes = 0;
    this.#skippedHead = undefined;
    if (head !== undefined) {
      const tail = lastBytes(parts, keptTail).toString('utf8');
      return { bytes, head: head.toString('utf8'), tail };
    }
    return bytes > this.#longBytes ? { bytes, parts } : Buffer.concat(parts).toString('utf8');
  }

  #nextChunk(): Buffer | undefined {
    const chunk = this.#waiting.shift();
    this.#chunk = chunk;
    this.#position = 0;
    this.#waitingBytes -= chunk?.length ?? 0;
    return chunk;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    this.#parts.push(part);
    if (this.#bytes <= this.#maxBytes) return;
    // From here on the list is one short tail.
    this.#skippedHead ??= firstBytes(this.#parts, keptHead);
    this.#parts = [lastBytes(this.#parts, keptTail)];
  }
}

/** So many bytes of the start, or all: a copy, so that the chunks they were cut from are free. */
function firstBytes(parts: readonly Buffer[], count: number): Buffer {
  let bytes = 0;
  const first = parts.filter((part) => {
    const wanted = bytes < count;
    bytes += part.length;
    return wanted;
  });
  return Buffer.from(Buffer.concat(first).subarray(0, count));
}

/** So many bytes of the end, or all: a copy as well. */
function lastBytes(parts: readonly Buffer[], count: number): Buffer {
  let bytes = 0;
  let from = parts.length;
  while (from > 0 && bytes < count) {
    from -= 1;
    bytes += parts[from]?.length ?? 0;
  }
  return Buffer.from(Buffer.concat(parts.slice(from)).subarray(-count));
}

/** When the next line may be given. */
export type Taken = 'continue' | 'yield' | Promise<void>;

/** What a {@link LineReader} calls. Must not throw. */
export interface LineReaderEvents {
  /**
   * One line, empty ones left out. `yield` lets everything that waits for this line run before the
   * next one is given; a promise, which must not reject, holds the next one back until it resolves.
   */
  onLine(line: string, bytes: number): Taken;
  /** One line of more than `longBytes`. */
  onLongLine(line: LongLine): Taken;
  /** A line longer than allowed, in its place in the order. */
  onOversized(line: OversizedLine): void;
  /** The stream has ended and every line of it has been given. Called once. */
  onEnd(): void;
}

/**
 * Reads a stream to its end. The stream is paused while lines wait for more than a turn of the event
 * loop, or are many, so that a fast writer is slowed down by its pipe instead of filling memory; pausing
 * for each line of a slow one would cost more than the line. After a slice of giving lines the event
 * loop gets its turn, and others that talk get theirs.
 */
export class LineReader {
  readonly #stream: Readable;
  readonly #splitter: LineSplitter;
  readonly #longBytes: number;
  readonly #share: Share;
  readonly #clock: Clock;
  readonly #events: LineReaderEvents;
  /** `open`: more may come; `ending`: the stream has ended, lines may wait; `ended`: all was given. */
  #state: 'open' | 'ending' | 'ended' = 'open';
  #scheduled = false;
  /** Of the slice that was begun last: how much of it is used, in milliseconds, and when lines were last given in it. */
  #used = 0;
  #usedAt = -Infinity;

  constructor(
    stream: Readable,
    options: {
      readonly maxBytes: number;
      readonly longBytes?: number;
      readonly share: Share;
      readonly clock: Clock;
      /** No line is given before it resolves; must not reject. */
      readonly from?: Promise<void>;
    },
    events: LineReaderEvents,
  ) {
    this.#stream = stream;
    this.#splitter = new LineSplitter(options.maxBytes, options.longBytes);
    this.#longBytes = options.longBytes ?? Infinity;
    this.#share = options.share;
    this.#clock = options.clock;
    this.#events = events;
    const end = (): void => {
      if (this.#state !== 'open') return;
      this.#state = 'ending';
      this.#schedule();
    };
    stream.on('data', (chunk: Buffer) => {
      this.#splitter.push(chunk);
      if (this.#splitter.waitingBytes >= enoughBytes) stream.pause();
      this.#schedule();
    });
    stream.on('end', end);
    stream.on('close', end);
    // A broken pipe is an end like any other; what caused it is told by the process's exit.
    stream.on('error', end);
    if (options.from !== undefined) this.#hold(options.from);
  }

  #schedule(pauseMs = 0): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const slice = (): void => {
      this.#scheduled = false;
      this.#slice();
    };
    if (pauseMs === 0) setImmediate(slice);
    else this.#clock.after(pauseMs, slice);
  }

  /** What comes in small pieces, none of which fills a slice, fills one with others that came before it had rested. */
  #slice(): void {
    const { sliceMs, pauseMs } = this.#share;
    const began = this.#clock.monotonic();
    if (began - this.#usedAt >= pauseMs) this.#used = 0;
    this.#giveUntil(began + sliceMs - this.#used);
    this.#usedAt = this.#clock.monotonic();
    this.#used += this.#usedAt - began;
  }

  #giveUntil(until: number): void {
    for (let line = this.#splitter.next(); line !== undefined; line = this.#splitter.next()) {
      const taken = this.#give(line);
      if (taken instanceof Promise) {
        this.#hold(taken);
        return;
      }
      if (this.#clock.monotonic() >= until) {
        this.#stream.pause();
        this.#schedule(this.#share.pauseMs);
        return;
      }
      if (taken === 'yield') {
        this.#stream.pause();
        this.#schedule();
        return;
      }
    }
    if (this.#state === 'open') {
      if (this.#stream.isPaused()) this.#resume();
    } else if (this.#state === 'ending') {
      this.#state = 'ended';
      // Some peers do not end their last line.
      const rest = this.#splitter.rest();
      const taken = rest === undefined ? 'continue' : this.#give(rest);
      if (taken instanceof Promise)
        void taken.then(() => {
          this.#events.onEnd();
        });
      else this.#events.onEnd();
    }
  }

  /** Goes on reading; in the middle of a long line others that talk get their turn as after a slice. */
  #resume(): void {
    const pauseMs = this.#splitter.begunBytes > this.#longBytes ? this.#share.pauseMs : 0;
    if (pauseMs === 0) {
      this.#stream.resume();
      return;
    }
    this.#clock.after(pauseMs, () => {
      if (this.#state === 'open' && !this.#scheduled) this.#stream.resume();
    });
  }

  #hold(taken: Promise<void>): void {
    this.#stream.pause();
    // Counts as scheduled, so that nothing is given before.
    this.#scheduled = true;
    void taken.then(() => {
      this.#scheduled = false;
      this.#schedule();
    });
  }

  #give(line: string | LongLine | OversizedLine): Taken {
    if (typeof line === 'string') {
      return line === '' ? 'continue' : this.#events.onLine(line, this.#splitter.lastBytes);
    }
    if ('parts' in line) return this.#events.onLongLine(line);
    this.#events.onOversized(line);
    return 'continue';
  }
}
