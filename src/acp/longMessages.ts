// Parses very long messages in a thread of its own: tens of megabytes of JSON would stop every other session meanwhile.
import { Worker } from 'node:worker_threads';
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';
import type { LongLine } from './lineReader.ts';
import { chunkVariants } from './updates.ts';

/** Messages of fewer bytes are parsed where they arrive, which takes some milliseconds at most. */
export const longMessageBytes = 1024 * 1024;

/** Characters of a long text that are handed over at once. */
const pieceLength = 64 * 1024;

/** The thread is ended after this long without work. */
const idleMs = 5000;

/** One message out of a line. */
export interface ParsedMessage {
  /** `undefined` when the line is no JSON. */
  readonly message: unknown;
  /** Its part of the line's bytes. */
  readonly bytes: number;
}

/** What the thread answers: a message, and of how many that the line was. */
interface Reply {
  readonly message?: unknown;
  readonly count: number;
}

const nothing: Reply = { count: 0 };

/**
 * Takes a line part by part, then gives one message for each time it is asked. A chunk of text is given
 * as if it had been streamed in pieces: handing over all of it would take as long as parsing it, and
 * the pieces are asked for one by one, with turns of the event loop in between. No character is cut in two.
 *
 * Whole, because a file of its own would have to be found, built and packed.
 */
const program = `
const { parentPort } = require('node:worker_threads');
const variants = new Set(${JSON.stringify(chunkVariants)});
const lines = new Map();
function pieces(text) {
  const found = [];
  for (let at = 0; at < text.length;) {
    const last = text.charCodeAt(at + ${pieceLength} - 1);
    const end = at + ${pieceLength} + (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}
function messages(message) {
  const { params } = message ?? {};
  const { update } = params ?? {};
  const { content } = update ?? {};
  const isText = content?.type === 'text' && typeof content.text === 'string';
  if (message?.method !== 'session/update' || !isText || !variants.has(update.sessionUpdate)) return [message];
  if (content.text === '') return [message];
  return pieces(content.text).map((text) => ({
    ...message,
    params: { ...params, update: { ...update, content: { ...content, text } } },
  }));
}
function parsed(parts) {
  try {
    return messages(JSON.parse(Buffer.concat(parts).toString('utf8')));
  } catch {
    return [undefined];
  }
}
parentPort.on('message', ({ id, part }) => {
  const line = lines.get(id) ?? { parts: [] };
  lines.set(id, line);
  if (part !== undefined) {
    line.parts.push(new Uint8Array(part));
    return;
  }
  if (line.left === undefined) {
    line.left = parsed(line.parts).reverse();
    line.parts = [];
    line.count = line.left.length;
  }
  const message = line.left.pop();
  if (line.left.length === 0) lines.delete(id);
  parentPort.postMessage({ message, count: line.count, id });
});
`;

/** Parses in one thread, which exists only while there is something to parse. One per extension host. */
export class LongMessages {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  /** Lines that have been begun and not read to their end. */
  #open = 0;
  #worker: Worker | undefined;
  #idle: Disposable | undefined;
  #nextId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The messages of a line, whose bytes it takes over: one, or those that a long text was cut into.
   * Never throws.
   */
  async *parse({ parts, bytes }: LongLine): AsyncGenerator<ParsedMessage, void> {
    const id = this.#nextId++;
    this.#idle?.dispose();
    this.#open += 1;
    const worker = this.#thread();
    try {
      for (const part of parts) {
        const own = bytesOf(part);
        worker.postMessage({ id, part: own }, [own]);
      }
      for (let given = 0, count = 1; given < count; given += 1) {
        const reply = await this.#ask(worker, id);
        count = reply.count;
        yield { message: reply.message, bytes: Math.ceil(bytes / Math.max(1, count)) };
      }
    } finally {
      this.#open -= 1;
      if (this.#open === 0) {
        this.#idle = this.#clock.after(idleMs, () => {
          this.#end();
        });
      }
    }
  }

  /** The next message of a line; nothing when the thread that had it is gone. */
  #ask(worker: Worker, id: number): Promise<Reply> {
    if (worker !== this.#worker) return Promise.resolve(nothing);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    worker.postMessage({ id });
    return promise;
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(program, { eval: true, stdin: false, env: {}, execArgv: [] });
    worker.unref();
    worker.on('message', ({ id, ...reply }: Reply & { readonly id: number }) => {
      this.#settle(id, reply);
    });
    // Out of memory, at worst: what it was given is lost, as a line that is no message.
    const lost = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const one of [...this.#waiting.keys()]) this.#settle(one, nothing);
    };
    worker.on('error', lost);
    worker.on('exit', lost);
    this.#worker = worker;
    return worker;
  }

  #settle(id: number, reply: Reply): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(reply);
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}

/** What can be given away: the part's memory, or a copy where others have a share in it. */
function bytesOf(part: Buffer): ArrayBuffer {
  const { buffer } = part;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === part.byteLength;
  return isAlone ? buffer : new Uint8Array(part).buffer;
}
