// Ending a process tree where there are no signals: found in the table as everywhere, ended by taskkill while its parents live. Not yet run on a real Windows.
import type { Clock } from '../session/clock.ts';
import type { Logger, ResourceUse } from '../session/ports.ts';
import type { ProcessReader, ProcessRef, ProcessRow } from './processTable.ts';
import { selectTree, sparedWith, type TreeTarget } from './processTree.ts';
import { LocalKeeper, type ReapReport, type TreeKeeper } from './reap.ts';
import type { EndByNumber } from './taskkill.ts';

/** What a {@link TaskkillKeeper} works with. */
export interface TaskkillKeeperOptions {
  readonly clock: Clock;
  readonly reader: ProcessReader;
  readonly end: EndByNumber;
  /** Processes that are never ended, besides this one and everything above it. */
  readonly spare?: () => Iterable<number>;
  /**
   * Whether this process holds a child of that number whose exit it has not seen: the system then gives
   * the number to nobody else. Without it, what cannot be seen in the table is not ended.
   */
  readonly holds?: (pid: number) => boolean;
  readonly logger?: Logger;
}

/** Each look takes a program that needs most of a second to start. */
const reapDeadlineMs = 20_000;

/** Ended so often and still there: another user's, or stuck. */
const attemptsEach = 3;

const pauseMs = 50;

/** A keeper for a system without signals. */
export class TaskkillKeeper implements TreeKeeper {
  readonly #options: TaskkillKeeperOptions;
  readonly #looker: LocalKeeper;

  constructor(options: TaskkillKeeperOptions) {
    this.#options = options;
    this.#looker = new LocalKeeper(options);
  }

  look(target: TreeTarget): Promise<readonly ProcessRef[]> {
    return this.#looker.look(target);
  }

  use(target: TreeTarget): Promise<ResourceUse> {
    return this.#looker.use(target);
  }

  /** There is no signal that asks: the polite time is for those who end with their input or their parent. */
  async reap(target: TreeTarget, politeMs: number): Promise<ReapReport> {
    const { clock } = this.#options;
    const patience = clock.monotonic() + politeMs;
    const until = patience + reapDeadlineMs;
    const ended = new Map<number, ProcessRow>();
    const attempts = new Map<number, number>();
    let left: readonly ProcessRow[] = [];
    for (let empty = 0; empty < 2;) {
      const rows = await this.#read(target);
      if (rows === undefined) return this.#endUnseen(target, patience, [...ended.values()]);
      const spare = sparedWith(rows, this.#options.spare?.() ?? []);
      left = selectTree(rows, { ...target, known: [...target.known, ...ended.values()] }, spare);
      if (left.every((row) => (attempts.get(row.pid) ?? 0) >= attemptsEach)) {
        empty += 1;
        continue;
      }
      if (clock.monotonic() >= until) break;
      empty = 0;
      if (clock.monotonic() < patience) {
        await this.#pause();
        continue;
      }
      for (const row of left) {
        ended.set(row.pid, row);
        attempts.set(row.pid, (attempts.get(row.pid) ?? 0) + 1);
      }
      await this.#end(left, rows);
      await this.#pause();
    }
    const alive = new Set(left.map((row) => row.pid));
    const killed = [...ended.values()].filter((row) => !alive.has(row.pid));
    return {
      asked: [],
      killed: killed.map(({ pid, start, ppid }) => ({ pid, start, ppid })),
      left: left.map(({ pid, start }) => ({ pid, start })),
    };
  }

  /**
   * The topmost with everything below them: the tool walks down from each itself, and so finds also what
   * was started since the look. It goes by the parents' numbers alone, though. Where somebody older names
   * such a number, having lost a parent that had it before, exactly those of the look are ended.
   */
  #end(tree: readonly ProcessRow[], rows: readonly ProcessRow[]): Promise<void> {
    const starts = new Map(tree.map((row) => [row.pid, row.start]));
    const startOfParent = (row: ProcessRow): number | undefined => starts.get(row.ppid);
    const misleading = rows.some((row) => row.start < (startOfParent(row) ?? row.start));
    const topmost = tree.filter((row) => startOfParent(row) === undefined);
    const chosen = misleading ? tree : topmost;
    return this.#options.end(
      chosen.map((row) => row.pid),
      !misleading,
    );
  }

  /** The table; `undefined` when it cannot be read and there is something to go by without it. */
  async #read(target: TreeTarget): Promise<readonly ProcessRow[] | undefined> {
    try {
      return await this.#options.reader.all({ since: target.since });
    } catch (thrown) {
      if (this.#options.holds === undefined) throw thrown;
      this.#options.logger?.warn(`The system's processes cannot be read: ${String(thrown)}`);
      return undefined;
    }
  }

  /** Where policies forbid to read the table: what surely is ours is ended, with what the tool finds below it. */
  async #endUnseen(
    target: TreeTarget,
    patience: number,
    ended: readonly ProcessRow[],
  ): Promise<ReapReport> {
    const find = (): readonly ProcessRef[] =>
      target.groups.filter(({ pid }) => this.#options.holds?.(pid) === true);
    let held = find();
    while (held.length > 0 && this.#options.clock.monotonic() < patience) {
      await this.#pause();
      held = find();
    }
    if (held.length > 0) {
      await this.#options.end(
        held.map(({ pid }) => pid),
        true,
      );
    }
    const seen = new Set(ended.map(({ pid }) => pid));
    const others = held.filter(({ pid }) => !seen.has(pid));
    const killed = [...ended, ...others.map((ref) => ({ ...ref, ppid: process.pid }))];
    return {
      asked: [],
      killed: killed.map(({ pid, start, ppid }) => ({ pid, start, ppid })),
      left: [],
    };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(pauseMs, resolve);
    });
  }
}
