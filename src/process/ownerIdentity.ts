// Knows this process and others by number and start time, for whoever has to tell an owner from a later namesake.
import { readFileSync } from 'node:fs';
import { readStat } from './linuxTable.ts';
import { processReader } from './processReader.ts';

/** A process that cannot be mistaken for a later one with the same number. */
export interface KnownProcess {
  readonly pid: number;
  /** Start time, after the boot it belongs to where start times count from a boot. */
  readonly startedAt: string;
}

/** Outside Linux start times come from two clocks that may disagree by this many seconds. */
const toleranceSeconds = 3;

/** This process and the question whether another one still lives. */
export interface ProcessIdentities {
  self(): KnownProcess;
  isAlive(known: KnownProcess): Promise<boolean>;
}

/** The identities of this platform. Reads nothing until it is asked. */
export function processIdentities(): ProcessIdentities {
  let self: KnownProcess | undefined;
  return {
    self: () => (self ??= { pid: process.pid, startedAt: startOfSelf() }),
    isAlive: async ({ pid, startedAt }) => {
      if (process.platform === 'linux') {
        const row = readStat(pid);
        return row !== undefined && !row.dead && `${bootId()}:${row.start}` === startedAt;
      }
      const start = await processReader().startOf(pid);
      if (start === undefined) return false;
      const seconds = process.platform === 'win32' ? start / 1000 : start;
      return Math.abs(seconds - Number(startedAt)) <= toleranceSeconds;
    },
  };
}

function startOfSelf(): string {
  if (process.platform !== 'linux') return String(Math.round(performance.timeOrigin / 1000));
  return `${bootId()}:${readStat(process.pid)?.start ?? 0}`;
}

let boot: string | undefined;

/** The system's boot: start times count from it, and a container's files may outlive it. */
function bootId(): string {
  if (boot === undefined) {
    try {
      boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    } catch {
      // Not every sandbox shows it; start times alone then have to do.
      boot = '-';
    }
  }
  return boot;
}
