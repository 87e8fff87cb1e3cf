// Parses very long messages in a thread of its own: tens of megabytes of JSON would stop every other session meanwhile.
import { Worker } from 'node:worker_threads';
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';

/** Messages of fewer bytes are parsed where they arrive, which takes some milliseconds at most. */
export const longMessageBytes = 1024 * 1024;

/** The thread is ended after this long without work. */
const idleMs = 5000;

/** Whole, because a file of its own would have to be found, built and packed. Undefined = not JSON. */
const program = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id, bytes }) => {
  let message;
  try {
    message = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {}
  parentPort.postMessage({ id, message });
});
`;

/** Parses in one thread, which exists only while there is something to parse. One per extension host. */
export class LongMessages {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, (message: unknown) => void>();
  #worker: Worker | undefined;
  #idle: Disposable | undefined;
  #nextId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The value of a JSON text, which it takes over; `undefined` when it is none. Never rejects. */
  async parse(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#idle?.dispose();
    this.#waiting.set(id, resolve);
    const whole = bytes.byteLength === bytes.buffer.byteLength;
    const own = whole ? bytes : new Uint8Array(bytes);
    this.#thread().postMessage({ id, bytes: own }, [own.buffer]);
    const message = await promise;
    if (this.#waiting.size === 0) {
      this.#idle = this.#clock.after(idleMs, () => {
        this.#end();
      });
    }
    return message;
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(program, { eval: true, stdin: false, env: {}, execArgv: [] });
    worker.unref();
    worker.on('message', ({ id, message }: { id: number; message: unknown }) => {
      this.#settle(id, message);
    });
    // Out of memory, at worst: what it was given is lost, as a line that is no message.
    const lost = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const one of [...this.#waiting.keys()]) this.#settle(one, undefined);
    };
    worker.on('error', lost);
    worker.on('exit', lost);
    this.#worker = worker;
    return worker;
  }

  #settle(id: number, message: unknown): void {
    this.#waiting.get(id)?.(message);
    this.#waiting.delete(id);
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}
