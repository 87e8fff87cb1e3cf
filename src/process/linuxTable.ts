// The processes of a Linux system, read from /proc.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { markerName } from './ownerMarker.ts';
import type { LookOptions, ProcessReader, ProcessRow } from './processTable.ts';

/** Clock ticks per second as Linux shows them to programs, on every architecture. */
const ticksPerSecond = 100;

/** Page size only matters for the memory shown to a person; 4 KiB is it nearly everywhere. */
const pageBytes = 4096;

/** Rows between two pauses: about a millisecond of reading. */
const rowsPerSlice = 32;

/** Reads synchronously, row by row: files in /proc are memory, and a thread hop costs more than the read. */
export const linuxProcesses: Required<ProcessReader> = {
  async all(options: LookOptions) {
    const rows: ProcessRow[] = [];
    let read = 0;
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!Number.isSafeInteger(pid)) continue;
      const known = options.reuse?.get(pid);
      const row = known ?? readRow(pid, options.since ?? 0);
      if (row !== undefined) rows.push(row);
      if (known !== undefined) continue;
      read += 1;
      if (options.breathe !== undefined && read % rowsPerSlice === 0) await options.breathe();
    }
    return rows;
  },
  some: (pids) => Promise.resolve(pids.flatMap((pid) => readStat(pid) ?? [])),
  startOf: (pid) => Promise.resolve(startNow(pid)),
  startNow,
};

function startNow(pid: number): number | undefined {
  const row = readStat(pid);
  return row === undefined || row.dead ? undefined : row.start;
}

/** One process without its environment; `undefined` when it does not exist. */
export function readStat(pid: number): ProcessRow | undefined {
  try {
    return parseStat(pid, readSmall(`/proc/${pid}/stat`).toString('latin1'));
  } catch {
    return undefined;
  }
}

function readRow(pid: number, since: number): ProcessRow | undefined {
  const row = readStat(pid);
  if (row === undefined || row.dead || row.start < since) return row;
  try {
    return { ...row, marker: findVariable(readSmall(`/proc/${pid}/environ`), markerName) };
  } catch {
    // Another user's, or one that forbids being looked into: its ancestry and group still tell.
    return row;
  }
}

/** Read into again and again: a look opens hundreds of small files. */
let scratch = Buffer.allocUnsafe(64 * 1024);

/** A file's bytes, valid until the next call. Half the system calls of `readFileSync`. */
function readSmall(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const read = readSync(file, scratch, length, scratch.length - length, null);
      length += read;
      if (read === 0) return scratch.subarray(0, length);
      if (length === scratch.length) scratch = Buffer.concat([scratch, scratch]);
    }
  } finally {
    closeSync(file);
  }
}

/** A line of /proc/PID/stat. The name in parentheses may itself hold spaces and parentheses. */
export function parseStat(pid: number, text: string): ProcessRow | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index] ?? NaN);
  const state = fields[0] ?? '';
  const threads = at(17);
  const row = {
    pid,
    ppid: at(1),
    pgid: at(2),
    sid: at(3),
    start: at(19),
    // A main thread may end before its others: then the process looks like a zombie and lives.
    dead: state === 'X' || state === 'x' || (state === 'Z' && threads <= 1),
    marker: undefined,
    cpuMs: ((at(11) + at(12)) * 1000) / ticksPerSecond,
    rssBytes: at(21) * pageBytes,
  };
  return Number.isNaN(row.start) || Number.isNaN(row.ppid) ? undefined : row;
}

/** A variable's value in a block of NUL-terminated `NAME=value`; the last one wins, as in most programs. */
export function findVariable(block: Buffer, name: string): string | undefined {
  const wanted = Buffer.from(`${name}=`);
  let from = block.length;
  while (from >= 0) {
    const at = block.lastIndexOf(wanted, from);
    if (at < 0) return undefined;
    if (at === 0 || block[at - 1] === 0) {
      const end = block.indexOf(0, at);
      return block.toString('utf8', at + wanted.length, end < 0 ? block.length : end);
    }
    from = at - 1;
  }
  return undefined;
}
