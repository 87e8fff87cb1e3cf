// Processes as Windows knows them, on Linux: neither groups nor environments nor signals, and a stand-in for taskkill.
import { readFileSync } from 'node:fs';
import { linuxProcesses } from '../../../src/process/linuxTable.ts';
import type { ProcessSystem } from '../../../src/process/processSystem.ts';
import type { ProcessReader, ProcessRow } from '../../../src/process/processTable.ts';
import { taskkill } from '../../../src/process/taskkill.ts';
import { TaskkillKeeper } from '../../../src/process/taskkillKeeper.ts';

/** Parents that were seen: Windows goes on naming a parent that is gone, Linux names the one who took over. */
function parentsKept(): (row: ProcessRow) => ProcessRow {
  const parents = new Map<string, number>();
  return (row) => {
    const key = `${row.pid} ${row.start}`;
    const ppid = parents.get(key) ?? row.ppid;
    parents.set(key, ppid);
    return { ...row, ppid, pgid: 0, sid: 0, marker: undefined };
  };
}

/** A reader of what Windows would tell. Never `startNow`: there it takes a program to find out. */
export function readerAsOnWindows(): ProcessReader {
  const asThere = parentsKept();
  return {
    all: async (options) => (await linuxProcesses.all(options)).map(asThere),
    some: async (pids) => (await linuxProcesses.some(pids)).map(asThere),
    startOf: (pid) => linuxProcesses.startOf(pid),
  };
}

/** The system, with a program and its first arguments in the place of taskkill. */
export function systemAsOnWindows(command: readonly string[]): ProcessSystem {
  return {
    reader: readerAsOnWindows(),
    hasSignals: false,
    keeper: (options) => new TaskkillKeeper({ ...options, end: taskkill(command) }),
  };
}

/** The stand-in as a command that logs to a file. */
export function standIn(log: string): readonly string[] {
  const program = new URL('../../fixtures/system/taskkill.mjs', import.meta.url).pathname;
  return [process.execPath, program, log];
}

/** What the stand-in was called with, call by call. */
export function callsIn(log: string): readonly (readonly string[])[] {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  // Written by the stand-in.
  return lines.map((line) => JSON.parse(line) as readonly string[]);
}
