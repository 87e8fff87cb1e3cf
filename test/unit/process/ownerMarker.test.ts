// The marker: what it says, how it nests, and which dead hosts a table of processes reveals.
import { describe, expect, it } from 'vitest';
import {
  appendEntry,
  entriesOf,
  entryMatches,
  hostEntry,
  hostOfEntry,
  runEntry,
  type HostIdentity,
} from '../../../src/process/ownerMarker.ts';
import type { ProcessRow } from '../../../src/process/processTable.ts';
import { findDeadHosts } from '../../../src/process/sweep.ts';

const self: HostIdentity = { boot: 'boot-1', pidNamespace: '4026', pid: 500, start: 5000 };
const other: HostIdentity = { ...self, pid: 600, start: 6000 };

describe('an entry', () => {
  it('names its host, and survives any session id', () => {
    for (const id of ['plain', 'a:b', 'a,b', 'a.b', 'ä b%', '']) {
      const entry = runEntry(self, id, '7');
      expect(entriesOf(appendEntry('x', entry))).toEqual(['x', entry]);
      expect(hostOfEntry(entry)).toEqual(self);
      expect(entryMatches(entry, hostEntry(self))).toBe(true);
      expect(entryMatches(runEntry(self, id, '7.9'), entry)).toBe(true);
      expect(entryMatches(runEntry(self, id, '79'), entry)).toBe(false);
      expect(entryMatches(runEntry(self, `${id}.7`, '1'), entry)).toBe(false);
    }
  });

  it('that is not ours names nobody', () => {
    for (const entry of ['', 'x', 'a:b:c:d:e', 'a:b:1:5:s:1', 'boot:ns:77:0:s:1', 'a:b:77']) {
      expect(hostOfEntry(entry)).toBeUndefined();
    }
  });
});

describe('findDeadHosts', () => {
  function row(pid: number, start: number, marker?: string): ProcessRow {
    return { pid, start, marker, ppid: 1, pgid: pid, sid: pid, dead: false, cpuMs: 0, rssBytes: 0 };
  }

  function find(
    rows: readonly ProcessRow[],
    ownMarker?: string,
  ): { dead: string[]; spare: number[] } {
    const { dead, spare } = findDeadHosts(rows, rows, { self, ownMarker });
    return { dead: [...dead.keys()], spare: [...spare] };
  }

  const orphan = row(700, 7000, runEntry(other, 's', '1'));

  it('finds a host that is gone', () => {
    expect(find([orphan])).toEqual({ dead: [hostEntry(other)], spare: [] });
  });

  it('finds a host whose number somebody else has now', () => {
    expect(find([orphan, row(600, 6001)]).dead).toEqual([hostEntry(other)]);
  });

  it('finds no host that lives', () => {
    expect(find([orphan, row(600, 6000)]).dead).toEqual([]);
  });

  it('judges no host of another boot or another pid namespace', () => {
    for (const foreign of [
      { ...other, boot: 'boot-2' },
      { ...other, pidNamespace: '4027' },
    ]) {
      expect(find([row(700, 7000, runEntry(foreign, 's', '1'))]).dead).toEqual([]);
    }
  });

  it('spares a live host inside a dead one, and what belongs to it', () => {
    const inner = { ...self, pid: 800, start: 8000 };
    const nested = appendEntry(runEntry(other, 's', '1'), runEntry(inner, 't', '1'));
    const rows = [orphan, row(800, 8000, runEntry(other, 's', '1')), row(801, 8001, nested)];
    expect(find(rows)).toEqual({ dead: [hostEntry(other)], spare: [800, 801] });
  });

  it('ends nothing that it is part of itself', () => {
    expect(find([orphan], runEntry(other, 's', '1')).dead).toEqual([]);
  });
});
