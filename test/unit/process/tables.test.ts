// Reading what systems say about processes: each platform's own format, strange names and damaged lines.
import { describe, expect, it } from 'vitest';
import { parsePs } from '../../../src/process/darwinTable.ts';
import { findVariable, parseStat } from '../../../src/process/linuxTable.ts';
import type { ProcessRow } from '../../../src/process/processTable.ts';
import { sharedReader } from '../../../src/process/sharedReader.ts';
import { parseQueryLine } from '../../../src/process/windowsTable.ts';

describe('Linux', () => {
  const line = (name: string, state = 'S', threads = 1): string =>
    `42 (${name}) ${state} 7 40 39 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 ${threads} 0 98765 1000 256 1 1`;

  it('reads a process whatever its name is', () => {
    for (const name of ['node', 'a b', ') S 1 (', 'tab\tbed', '']) {
      expect(parseStat(42, line(name))).toEqual({
        pid: 42,
        ppid: 7,
        pgid: 40,
        sid: 39,
        start: 98765,
        dead: false,
        marker: undefined,
        cpuMs: 2000,
        rssBytes: 256 * 4096,
      });
    }
  });

  it('knows the dead, and those whose main thread alone has ended', () => {
    expect(parseStat(42, line('x', 'Z'))?.dead).toBe(true);
    expect(parseStat(42, line('x', 'X'))?.dead).toBe(true);
    expect(parseStat(42, line('x', 'Z', 3))?.dead).toBe(false);
  });

  it('makes nothing of half a line', () => {
    expect(parseStat(42, '')).toBeUndefined();
    expect(parseStat(42, '42 (node) S 7')).toBeUndefined();
  });

  it('finds a variable only where one begins', () => {
    const block = (...vars: string[]): Buffer =>
      Buffer.from(vars.map((one) => `${one}\0`).join(''));
    expect(findVariable(block('A=1', 'MARK=x', 'B=2'), 'MARK')).toBe('x');
    expect(findVariable(block('MARK=first', 'MARK=second'), 'MARK')).toBe('second');
    expect(findVariable(block('NOMARK=x', 'A=MARK=y'), 'MARK')).toBeUndefined();
    expect(findVariable(block('MARK=x', 'NOMARK=y'), 'MARK')).toBe('x');
    expect(findVariable(Buffer.from('MARK=cut'), 'MARK')).toBe('cut');
    expect(findVariable(Buffer.alloc(0), 'MARK')).toBeUndefined();
  });
});

describe('macOS', () => {
  it('reads a line of ps', () => {
    const line =
      '  501     1   501 Ss+   10240   1:02.50 Sat Nov 22 13:05:01 2025 /usr/local/bin/node agent.js A=1 ROOST_OWNER=a,b HOME=/x';
    expect(parsePs(`${line}\n`)[0]).toEqual({
      pid: 501,
      ppid: 1,
      pgid: 501,
      sid: 0,
      start: Date.parse('Sat Nov 22 13:05:01 2025') / 1000,
      dead: false,
      marker: 'a,b',
      cpuMs: 62_500,
      rssBytes: 10_240 * 1024,
    });
  });

  it('knows the dead and those without our marker', () => {
    const line = '  77    76    76 Z        0   0:00.00 Sat Nov  1 09:05:01 2025 (node)';
    expect(parsePs(line)[0]).toMatchObject({ pid: 77, dead: true, marker: undefined, cpuMs: 0 });
    expect(parsePs(line.replace('0:00.00', '2-03:00:01.00'))[0]?.cpuMs).toBe(183_601_000);
  });

  it('reads on where a line breaks inside a variable', () => {
    const head = '1     1   501 Ss 1 0:02.50 Sat Nov 22 13:05:01 2025';
    const found = parsePs(`50${head} a X=1\n2 ROOST_OWNER=a\n51${head} b\n`);
    expect(found.map(({ pid, marker }) => [pid, marker])).toEqual([
      [501, 'a'],
      [511, undefined],
    ]);
  });

  it('makes nothing of other lines', () => {
    for (const line of ['', 'PID PPID', '1 2 3 S']) expect(parsePs(line)).toEqual([]);
  });
});

describe('Windows', () => {
  it('reads a line of the query', () => {
    expect(parseQueryLine('4242 10 1763816701000 25000000 1048576\r')).toEqual({
      pid: 4242,
      ppid: 10,
      pgid: 0,
      sid: 0,
      start: 1_763_816_701_000,
      dead: false,
      marker: undefined,
      cpuMs: 2500,
      rssBytes: 1_048_576,
    });
    expect(parseQueryLine('')).toBeUndefined();
  });
});

describe('a shared reader', () => {
  it('looks once for all who ask at a time, and anew for whoever asks later', async () => {
    let looks = 0;
    const sinces: unknown[] = [];
    const reader = sharedReader({
      all: ({ since }) => {
        looks += 1;
        sinces.push(since);
        return Promise.resolve([{ pid: looks } as ProcessRow]);
      },
      some: () => Promise.resolve([]),
      startOf: () => Promise.resolve(undefined),
    });
    const first = [reader.all({ since: 9 }), reader.all({ since: 4 }), reader.all({ since: 7 })];
    expect((await Promise.all(first)).map(([one]) => one?.pid)).toEqual([1, 1, 1]);
    expect((await reader.all({}))[0]?.pid).toBe(2);
    expect((await reader.all({ reuse: new Map() }))[0]?.pid).toBe(3);
    expect(sinces).toEqual([4, 0, undefined]);
  });
});
