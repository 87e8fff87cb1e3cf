// Ending trees by taskkill, on tables made up for it: whom it is called for, how, and above all whom not.
import { describe, expect, it } from 'vitest';
import type { ProcessRow } from '../../../src/process/processTable.ts';
import { emptyTarget } from '../../../src/process/processTree.ts';
import { TaskkillKeeper } from '../../../src/process/taskkillKeeper.ts';
import { hurriedClock } from '../../fakes/hurriedClock.ts';
import { tableReader } from '../../fakes/tableReader.ts';

function row(pid: number, ppid: number, start: number): ProcessRow {
  const none = { pgid: 0, sid: 0, dead: false, marker: undefined, cpuMs: 0, rssBytes: 0 };
  return { pid, ppid, start, ...none };
}

/** A keeper over a table from which taskkill takes what it is called for, all but the `immortal`. */
function keeperOver(
  table: ProcessRow[],
  immortal: readonly number[] = [],
  beforeLook: (nth: number) => void = () => undefined,
): {
  readonly keeper: TaskkillKeeper;
  readonly calls: [readonly number[], boolean][];
} {
  const calls: [readonly number[], boolean][] = [];
  const remove = (pid: number, withTree: boolean): void => {
    if (immortal.includes(pid)) return;
    const at = table.findIndex((one) => one.pid === pid);
    if (at >= 0) table.splice(at, 1);
    if (!withTree) return;
    for (const child of table.filter((one) => one.ppid === pid)) remove(child.pid, true);
  };
  const keeper = new TaskkillKeeper({
    clock: hurriedClock(),
    reader: tableReader(table, beforeLook),
    end: (pids, withTree) => {
      calls.push([pids, withTree]);
      for (const pid of pids) remove(pid, withTree);
      return Promise.resolve();
    },
  });
  return { keeper, calls };
}

const target = { ...emptyTarget, groups: [{ pid: 100, start: 50 }] };

describe('a tree', () => {
  it('is ended by its root in one call, and reported whole', async () => {
    const { keeper, calls } = keeperOver([
      row(10, 1, 1),
      row(100, 10, 50),
      row(101, 100, 60),
      row(102, 101, 70),
    ]);
    const { killed, left } = await keeper.reap(target, 0);
    expect(calls).toEqual([[[100], true]]);
    expect(killed.map(({ pid }) => pid)).toEqual([100, 101, 102]);
    expect(left).toEqual([]);
  });

  it('whose root has gone is ended by each of those that lost it', async () => {
    const { keeper, calls } = keeperOver([row(101, 100, 60), row(102, 101, 70), row(103, 100, 65)]);
    await keeper.reap(target, 0);
    expect(calls).toEqual([[[101, 103], true]]);
  });

  it('that cannot be ended is given up after some calls, and what is left is named', async () => {
    const { keeper, calls } = keeperOver([row(100, 10, 50), row(101, 100, 60)], [101]);
    const { killed, left } = await keeper.reap(target, 0);
    expect(calls.length).toBe(3);
    expect(killed).toEqual([{ pid: 100, start: 50, ppid: 10 }]);
    expect(left).toEqual([{ pid: 101, start: 60 }]);
  });

  it('has the polite time to end by itself, and costs no call when it does', async () => {
    const table = [row(100, 10, 50), row(101, 100, 60)];
    const { keeper, calls } = keeperOver(table, [], (nth) => {
      if (nth === 5) table.splice(0);
    });
    expect(await keeper.reap(target, 60_000)).toEqual({ asked: [], killed: [], left: [] });
    expect(calls).toEqual([]);
  });

  it('costs no call when nothing of it is alive', async () => {
    const { keeper, calls } = keeperOver([row(10, 1, 1)]);
    expect(await keeper.reap(target, 0)).toEqual({ asked: [], killed: [], left: [] });
    expect(calls).toEqual([]);
  });
});

describe('somebody else', () => {
  it('is not ended for having the number of one of ours', async () => {
    const { keeper, calls } = keeperOver([row(100, 10, 51), row(101, 100, 60)]);
    await keeper.reap(target, 0);
    expect(calls).toEqual([]);
  });

  it('is not ended for naming a parent that had the number of one of ours before', async () => {
    const table = [row(100, 10, 50), row(101, 100, 60), row(200, 101, 5), row(201, 200, 6)];
    const { keeper, calls } = keeperOver(table);
    await keeper.reap(target, 0);
    // The tool would walk from 101 to 200 and 201.
    expect(calls).toEqual([[[100, 101], false]]);
    expect(table.map(({ pid }) => pid)).toEqual([200, 201]);
  });
});

it('a table that cannot be read ends nobody, where nobody is held', async () => {
  const calls: unknown[] = [];
  const keeper = new TaskkillKeeper({
    clock: hurriedClock(),
    reader: {
      all: () => Promise.reject(new Error('forbidden')),
      some: () => Promise.resolve([]),
      startOf: () => Promise.resolve(undefined),
    },
    end: (pids) => {
      calls.push(pids);
      return Promise.resolve();
    },
  });
  await expect(keeper.reap(target, 0)).rejects.toThrow('forbidden');
  expect(calls).toEqual([]);
});
