// Ending trees by signals, on tables made up for it: what is born between two looks is ended too.
import { describe, expect, it } from 'vitest';
import type { ProcessRow } from '../../../src/process/processTable.ts';
import { emptyTarget } from '../../../src/process/processTree.ts';
import { LocalKeeper } from '../../../src/process/reap.ts';
import { hurriedClock } from '../../fakes/hurriedClock.ts';
import { tableReader } from '../../fakes/tableReader.ts';

const marker = 'host:session:1';
const target = { ...emptyTarget, markers: ['host'] };

/** A process that leads its own group, so that only its parent or its marker tells whose it is. */
function row(pid: number, ppid: number, marked = true): ProcessRow {
  const own = { pgid: pid, sid: pid, dead: false, cpuMs: 0, rssBytes: 0 };
  return { pid, ppid, start: pid, ...own, marker: marked ? marker : undefined };
}

/** A keeper over a table that something happens to before its looks, and whose processes do as they are told. */
function keeperOver(
  table: ProcessRow[],
  beforeLook: (nth: number) => void,
  immortal: readonly number[] = [],
): { readonly keeper: LocalKeeper; readonly signals: [number, NodeJS.Signals][] } {
  const signals: [number, NodeJS.Signals][] = [];
  const keeper = new LocalKeeper({
    clock: hurriedClock(),
    reader: tableReader(table, beforeLook),
    send: (pid, signal) => {
      if (immortal.includes(pid)) throw Object.assign(new Error('no'), { code: 'EPERM' });
      signals.push([pid, signal]);
      if (signal === 'SIGSTOP') return;
      for (const [at, one] of table.entries()) {
        // What is left behind belongs to pid 1.
        if (one.ppid === pid) table[at] = { ...one, ppid: 1 };
      }
      table.splice(
        table.findIndex((one) => one.pid === pid),
        1,
      );
    },
  });
  return { keeper, signals };
}

function pids(rows: readonly { readonly pid: number }[]): readonly number[] {
  return rows.map(({ pid }) => pid);
}

describe('a process that shows', () => {
  it('after a look that found nothing is ended', async () => {
    const table: ProcessRow[] = [];
    const { keeper } = keeperOver(table, (nth) => nth === 2 && table.push(row(100, 1)));
    expect(pids((await keeper.reap(target, 0)).killed)).toEqual([100]);
  });

  it('after the look that was to say whom to ask is ended', async () => {
    const table: ProcessRow[] = [];
    const { keeper } = keeperOver(table, (nth) => nth === 2 && table.push(row(100, 1)));
    const report = await keeper.reap(target, 1000);
    expect([pids(report.asked), pids(report.killed)]).toEqual([[], [100]]);
  });

  it('when all others have ended politely is ended', async () => {
    const table = [row(100, 1)];
    const { keeper } = keeperOver(table, (nth) => nth === 3 && table.push(row(101, 1)));
    const report = await keeper.reap(target, 1000);
    expect([pids(report.asked), pids(report.killed)]).toEqual([[100], [101]]);
  });

  it('below one that is being frozen is ended with it, although nothing else tells whose it is', async () => {
    const table = [row(100, 1)];
    const { keeper, signals } = keeperOver(table, (nth) => {
      if (nth === 2) table.push(row(101, 100, false));
      if (nth === 3) table.push(row(102, 101, false));
    });
    expect(pids((await keeper.reap(target, 0)).killed)).toEqual([100, 101, 102]);
    // Nobody is ended before everybody stands still.
    expect(signals.map(([, signal]) => signal)).toEqual([
      ...['SIGSTOP', 'SIGSTOP', 'SIGSTOP'],
      ...['SIGKILL', 'SIGKILL', 'SIGKILL'],
    ]);
  });
});

it('what may not be ended is named, and keeps nobody waiting', async () => {
  const table = [row(100, 1), row(101, 1)];
  const { keeper } = keeperOver(table, () => undefined, [101]);
  const report = await keeper.reap(target, 0);
  expect([pids(report.killed), pids(report.left)]).toEqual([[100], [101]]);
});
