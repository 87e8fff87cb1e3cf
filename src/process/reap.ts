// Ending a process tree for good by signals: the kill logic of Linux and macOS, used by host, guard and sweep.
import type { Clock } from '../session/clock.ts';
import type { ResourceUse } from '../session/ports.ts';
import type { ProcessReader, ProcessRef, ProcessRow } from './processTable.ts';
import { selectTree, sparedWith, type TreeTarget } from './processTree.ts';

/** What ending a tree came to. */
export interface ReapReport {
  /** What was alive at first and got SIGTERM; empty when there was no time for that. */
  readonly asked: readonly ProcessRef[];
  /** Everything that got SIGKILL. */
  readonly killed: readonly (ProcessRef & { readonly ppid: number })[];
  /** What is still alive: another user's, or stuck in the kernel. Empty is the normal case. */
  readonly left: readonly ProcessRef[];
}

/** Looks at process trees and ends them. */
export interface TreeKeeper {
  /** The living processes of a target. */
  look(target: TreeTarget): Promise<readonly ProcessRef[]>;
  /**
   * Ends the whole tree, however it hides: asked, where the system has a way to, and waited for at most
   * `politeMs` (milliseconds), unless that is 0; then ended. Resolves when two fresh looks found nothing.
   */
  reap(target: TreeTarget, politeMs: number): Promise<ReapReport>;
  use(target: TreeTarget): Promise<ResourceUse>;
}

/** What a {@link LocalKeeper} works with. */
export interface KeeperOptions {
  readonly clock: Clock;
  readonly reader: ProcessReader;
  /** Processes that are never ended, besides this one and everything above it. */
  readonly spare?: () => Iterable<number>;
  /** See `LookOptions.breathe`. */
  readonly breathe?: () => Promise<void>;
  /** Sends a signal; a seam for tests. Throws like `process.kill`. */
  readonly send?: (pid: number, signal: NodeJS.Signals) => void;
}

/** A process that does not die of SIGKILL within this is stuck in the kernel. */
const reapDeadlineMs = 5000;

/** Whoever starts processes faster than they can be frozen is killed as far as he is known, and looked for again. */
const freezeDeadlineMs = 1000;

const firstPauseMs = 1;
const longestPauseMs = 20;

/** A keeper that works in this process. */
export class LocalKeeper implements TreeKeeper {
  readonly #options: KeeperOptions;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async look(target: TreeTarget): Promise<readonly ProcessRef[]> {
    const rows = await this.#read(target);
    return this.#select(rows, target).map(ref);
  }

  async reap(target: TreeTarget, politeMs: number): Promise<ReapReport> {
    const { clock } = this.#options;
    const asked = politeMs > 0 ? await this.#ask(target, politeMs) : [];
    const known = withKnown(target, asked);
    const until = clock.monotonic() + reapDeadlineMs;
    const killed = new Map<number, ProcessRow>();
    const refused = new Set<number>();
    let left: readonly ProcessRow[] = [];
    // The look before asking counts when it found nothing.
    for (let empty = politeMs > 0 && asked.length === 0 ? 1 : 0; empty < 2;) {
      const rows = await this.#read(target);
      left = this.#select(rows, withKnown(known, killed.values()));
      if (left.every((row) => refused.has(row.pid))) {
        empty += 1;
        continue;
      }
      if (clock.monotonic() >= until) break;
      empty = 0;
      // What is frozen neither starts anything nor lets its children lose their only link to it.
      for (const row of await this.#freeze(rows, known, killed)) {
        // Frozen and gone before its turn: it went with one killed earlier, as in a pid namespace.
        if (this.#send(row, 'SIGKILL') === 'refused') refused.add(row.pid);
        else killed.set(row.pid, row);
      }
      await this.#untilDead([...killed.values()], until);
    }
    return {
      asked: asked.map(ref),
      killed: [...killed.values()].map((row) => ({ ...ref(row), ppid: row.ppid })),
      left: left.map(ref),
    };
  }

  async use(target: TreeTarget): Promise<ResourceUse> {
    const rows = this.#select(await this.#read(target), target);
    return {
      cpuMs: rows.reduce((sum, row) => sum + row.cpuMs, 0),
      rssBytes: rows.reduce((sum, row) => sum + row.rssBytes, 0),
      processes: rows.length,
    };
  }

  /** SIGTERM to all, and time to end; gives back whom it was sent to. */
  async #ask(target: TreeTarget, politeMs: number): Promise<readonly ProcessRow[]> {
    const { clock } = this.#options;
    const until = clock.monotonic() + politeMs;
    const asked = this.#select(await this.#read(target), target);
    for (const row of asked) this.#send(row, 'SIGTERM');
    // Only these are watched; what they start meanwhile is found by the looks that follow.
    await this.#untilDead(asked, until);
    return asked;
  }

  /** Stops everything found, and what is found because of it, until a look brings nothing new. */
  async #freeze(
    first: readonly ProcessRow[],
    target: TreeTarget,
    killed: ReadonlyMap<number, ProcessRow>,
  ): Promise<readonly ProcessRow[]> {
    const frozen: ProcessRow[] = [];
    const seen = new Map<number, ProcessRow>();
    const until = this.#options.clock.monotonic() + freezeDeadlineMs;
    let rows = first;
    for (;;) {
      const known = withKnown(target, [...killed.values(), ...seen.values()]);
      const fresh = this.#select(rows, known).filter((row) => !seen.has(row.pid));
      if (fresh.length === 0 || this.#options.clock.monotonic() > until) return frozen;
      for (const row of fresh) {
        seen.set(row.pid, row);
        if (this.#send(row, 'SIGSTOP') !== 'dead') frozen.push(row);
      }
      // Only new pids are read: the faster the next look, the less a fork bomb gets ahead.
      rows = await this.#read(target, new Map(rows.map((row) => [row.pid, row])));
    }
  }

  /** Waits until these processes have ended, or it is too late; without looking at any other. */
  async #untilDead(rows: readonly ProcessRow[], until: number): Promise<void> {
    const { clock, reader } = this.#options;
    let left = rows;
    for (let pauseMs = firstPauseMs; left.length > 0; pauseMs *= 2) {
      const time = Math.min(pauseMs, longestPauseMs, until - clock.monotonic());
      if (time <= 0) return;
      await this.#pause(time);
      const now = await reader.some(left.map((row) => row.pid));
      const alive = new Map(now.filter((row) => !row.dead).map((row) => [row.pid, row.start]));
      left = left.filter((row) => alive.get(row.pid) === row.start);
    }
  }

  #read(
    target: TreeTarget,
    reuse?: ReadonlyMap<number, ProcessRow>,
  ): Promise<readonly ProcessRow[]> {
    const { breathe } = this.#options;
    return this.#options.reader.all({
      since: target.since,
      ...(reuse === undefined ? {} : { reuse }),
      ...(breathe === undefined ? {} : { breathe }),
    });
  }

  #select(rows: readonly ProcessRow[], target: TreeTarget): readonly ProcessRow[] {
    return selectTree(rows, target, sparedWith(rows, this.#options.spare?.() ?? []));
  }

  #send(row: ProcessRow, signal: NodeJS.Signals): 'sent' | 'dead' | 'refused' {
    const send = this.#options.send ?? ((pid, name) => process.kill(pid, name));
    const { reader } = this.#options;
    // The look may be some milliseconds old; the number may have gone to somebody else since.
    if (reader.startNow !== undefined && reader.startNow(row.pid) !== row.start) return 'dead';
    try {
      send(row.pid, signal);
      return 'sent';
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      return code === 'EPERM' ? 'refused' : code === 'ESRCH' ? 'dead' : 'sent';
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}

function ref(row: ProcessRef): ProcessRef {
  return { pid: row.pid, start: row.start };
}

function withKnown(target: TreeTarget, more: Iterable<ProcessRef>): TreeTarget {
  return { ...target, known: [...target.known, ...more] };
}
