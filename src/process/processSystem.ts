// How processes are read and ended on each platform: the one place that chooses.
import type { Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import { processReader } from './processReader.ts';
import type { ProcessReader } from './processTable.ts';
import { LocalKeeper, type TreeKeeper } from './reap.ts';
import { taskkill } from './taskkill.ts';
import { TaskkillKeeper } from './taskkillKeeper.ts';

/** What a keeper of this platform is given; see the keepers' own options. */
export interface SystemKeeperOptions {
  readonly clock: Clock;
  readonly reader: ProcessReader;
  readonly spare?: () => Iterable<number>;
  readonly breathe?: () => Promise<void>;
  readonly holds?: (pid: number) => boolean;
  readonly logger?: Logger;
}

/** One platform's way. */
export interface ProcessSystem {
  readonly reader: ProcessReader;
  /**
   * Whether a process can be asked to end by a signal, and trees are read and ended in the process that
   * wants it. Without, the system's programs do both, and nobody needs to be kept free of that work.
   */
  readonly hasSignals: boolean;
  keeper(options: SystemKeeperOptions): TreeKeeper;
}

/** The way of a platform. */
export function processSystem(platform: NodeJS.Platform = process.platform): ProcessSystem {
  const reader = processReader(platform);
  return platform === 'win32'
    ? {
        reader,
        hasSignals: false,
        keeper: (options) => new TaskkillKeeper({ ...options, end: taskkill() }),
      }
    : { reader, hasSignals: true, keeper: (options) => new LocalKeeper(options) };
}
