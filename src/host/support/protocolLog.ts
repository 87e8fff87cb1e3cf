// What agents and Roost say to one another, line by line in a file, while the user has asked for that.
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { stamp, type Clock } from '../../session/clock.ts';
import type { Disposable } from '../../session/event.ts';
import type { Logger } from '../../session/ports.ts';

/** Bytes that may wait for a slow disk; lines beyond that are counted instead of kept. */
const maxWaitingBytes = 8 * 1024 * 1024;

/** Writes one line of traffic. */
export type TrafficWriter = (direction: 'in' | 'out', line: string) => void;

/** The file; nothing is opened before the first line. */
export class ProtocolLog implements Disposable {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #stream: WriteStream | undefined;
  #leftOut = 0;

  constructor(deps: { readonly file: string; readonly clock: Clock; readonly logger: Logger }) {
    this.#file = deps.file;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** Takes one line; never throws and never waits. */
  readonly write: TrafficWriter = (direction, line) => {
    const stream = (this.#stream ??= this.#open());
    if (stream.writableLength > maxWaitingBytes) {
      this.#leftOut += 1;
      return;
    }
    const leftOut = this.#leftOut === 0 ? '' : `${JSON.stringify({ leftOut: this.#leftOut })}\n`;
    this.#leftOut = 0;
    const arrow = direction === 'in' ? '<-' : '->';
    stream.write(`${leftOut}${stamp(this.#clock)} ${arrow} ${line.trimEnd()}\n`);
  };

  dispose(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): WriteStream {
    mkdirSync(dirname(this.#file), { recursive: true });
    const stream = createWriteStream(this.#file, { flags: 'a', mode: 0o600 });
    stream.on('error', (error) => {
      this.#logger.error('The traffic of agents could not be logged', error);
    });
    this.#logger.info(`The traffic of agents is logged to ${this.#file}`);
    return stream;
  }
}
