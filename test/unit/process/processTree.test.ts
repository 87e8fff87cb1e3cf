// The rule that decides what is ended, on tables made up for it: what belongs to a run, and above all what does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessRow } from '../../../src/process/processTable.ts';
import { ancestorsOf, emptyTarget, selectTree } from '../../../src/process/processTree.ts';

function row(pid: number, more: Partial<ProcessRow> = {}): ProcessRow {
  const lonely = { ppid: 1, pgid: pid, sid: pid, start: 100, dead: false, marker: undefined };
  return { pid, ...lonely, cpuMs: 0, rssBytes: 0, ...more };
}

const nobody: ReadonlySet<number> = new Set();
const entry = 'boot:ns:10:5:session:7';

function pids(rows: readonly ProcessRow[]): number[] {
  return rows.map((one) => one.pid);
}

describe('selectTree', () => {
  it('finds by marker, also inside another marker, and on behalf of the run', () => {
    const rows = [
      row(20, { marker: entry }),
      row(21, { marker: `outer:ns:1:1:x:1,${entry}` }),
      row(22, { marker: `${entry},inner:ns:1:1:x:1` }),
      row(23, { marker: `${entry}.9` }),
      row(24, { marker: `${entry}0` }),
      row(25, { marker: 'boot:ns:10:5:other:7' }),
      row(26),
    ];
    const target = { ...emptyTarget, markers: [entry] };
    expect(pids(selectTree(rows, target, nobody))).toEqual([20, 21, 22, 23]);
    const host = { ...emptyTarget, markers: ['boot:ns:10:5'] };
    expect(pids(selectTree(rows, host, nobody))).toEqual([20, 21, 22, 23, 24, 25]);
    expect(selectTree(rows, { ...emptyTarget, markers: ['boot:ns:10:55'] }, nobody)).toEqual([]);
  });

  it('finds children, group and session members of what it found, however deep', () => {
    const rows = [
      row(20),
      row(21, { ppid: 20, pgid: 20, sid: 20 }),
      row(22, { ppid: 21 }),
      row(23, { ppid: 22 }),
      row(24, { pgid: 22 }),
      row(25, { sid: 23 }),
      row(26),
    ];
    const target = { ...emptyTarget, groups: [{ pid: 20, start: 100 }] };
    expect(pids(selectTree(rows, target, nobody))).toEqual([20, 21, 22, 23, 24, 25]);
  });

  it('finds a group whose leader is gone, but not one that a namesake leads', () => {
    const target = { ...emptyTarget, groups: [{ pid: 20, start: 100 }] };
    const member = row(21, { pgid: 20, sid: 20, start: 120 });
    expect(pids(selectTree([member], target, nobody))).toEqual([21]);
    expect(selectTree([row(20, { start: 110 }), member], target, nobody)).toEqual([]);
    expect(selectTree([row(21, { pgid: 20, start: 90 })], target, nobody)).toEqual([]);
  });

  it('finds what was known before, by number and start time', () => {
    const target = { ...emptyTarget, known: [{ pid: 30, start: 100 }] };
    expect(pids(selectTree([row(30), row(31, { ppid: 30 })], target, nobody))).toEqual([30, 31]);
    expect(selectTree([row(30, { start: 101 })], target, nobody)).toEqual([]);
  });

  it('does not take the dead for alive, and looks through them', () => {
    const rows = [row(20, { dead: true }), row(21, { pgid: 20 })];
    const target = { ...emptyTarget, groups: [{ pid: 20, start: 100 }] };
    expect(pids(selectTree(rows, target, nobody))).toEqual([21]);
  });

  it('does not take somebody older for a child', () => {
    const rows = [row(20, { start: 200 }), row(21, { ppid: 20, start: 100 })];
    const target = { ...emptyTarget, groups: [{ pid: 20, start: 200 }] };
    expect(pids(selectTree(rows, target, nobody))).toEqual([20]);
  });

  it('never finds what is spared, nor anything because of it', () => {
    const rows = [
      row(20),
      row(21, { ppid: 20 }),
      row(22, { ppid: 21 }),
      row(23, { ppid: 21, marker: entry }),
    ];
    const target = { ...emptyTarget, groups: [{ pid: 20, start: 100 }], markers: [entry] };
    expect(pids(selectTree(rows, target, new Set([21])))).toEqual([20, 23]);
  });

  it('never finds the first process, the spared ones, or anything for an empty target', () => {
    const pid = fc.integer({ min: 1, max: 12 });
    const rows = fc.uniqueArray(
      fc.record({
        pid,
        ppid: pid,
        pgid: pid,
        sid: pid,
        start: fc.integer({ min: 1, max: 3 }),
        marked: fc.boolean(),
      }),
      { selector: (one) => one.pid },
    );
    fc.assert(
      fc.property(rows, fc.uniqueArray(pid), fc.array(pid), (made, spared, groups) => {
        const table = made.map(({ marked, ...one }) =>
          row(one.pid, { ...one, marker: marked ? entry : undefined }),
        );
        const spare = new Set(spared);
        const target = {
          ...emptyTarget,
          markers: [entry],
          groups: groups.map((id) => ({ pid: id, start: 1 })),
        };
        const found = pids(selectTree(table, target, spare));
        expect(found.filter((id) => id <= 1 || spare.has(id))).toEqual([]);
        expect(selectTree(table, emptyTarget, spare)).toEqual([]);
      }),
    );
  });
});

describe('ancestorsOf', () => {
  it('is a process and everything above it, also when the table is in a loop', () => {
    expect([
      ...ancestorsOf([row(9, { ppid: 8 }), row(8, { ppid: 1 }), row(1, { ppid: 0 })], 9),
    ]).toEqual([9, 8, 1]);
    expect([...ancestorsOf([row(9, { ppid: 8 }), row(8, { ppid: 9 })], 9)]).toEqual([9, 8]);
  });
});
