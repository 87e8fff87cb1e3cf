// The processes of a Windows system, from one query of its management interface. Not yet run on a real Windows.
import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import type { ProcessReader, ProcessRow } from './processTable.ts';

const maxBytes = 16 * 1024 * 1024;

/** PowerShell itself takes most of a second to start. */
const deadlineMs = 15_000;

/** One line a process: pid, parent, creation in milliseconds since 1970, processor time in 100 ns, memory. */
const query =
  'Get-CimInstance Win32_Process | Where-Object CreationDate | ForEach-Object { ' +
  "'{0} {1} {2} {3} {4}' -f $_.ProcessId, $_.ParentProcessId, " +
  '([DateTimeOffset]$_.CreationDate).ToUnixTimeMilliseconds(), ' +
  '($_.KernelModeTime + $_.UserModeTime), $_.WorkingSetSize }';

/**
 * A row keeps the number of its parent after the parent has gone, so descent is told by creation times.
 * There are no groups, and environments cannot be read.
 */
export const windowsProcesses: ProcessReader = {
  all: () => queryProcesses(),
  async some(pids) {
    const wanted = new Set(pids);
    return (await queryProcesses()).filter((row) => wanted.has(row.pid));
  },
  async startOf(pid) {
    return (await queryProcesses()).find((row) => row.pid === pid)?.start;
  },
};

/** A program of Windows itself, by its whole path: a name alone would be looked for in the current folder first. */
export function windowsTool(...path: readonly string[]): string {
  return win32.join(process.env['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', ...path);
}

function queryProcesses(): Promise<readonly ProcessRow[]> {
  return new Promise((resolve, reject) => {
    execFile(
      windowsTool('WindowsPowerShell', 'v1.0', 'powershell.exe'),
      ['-NoProfile', '-NonInteractive', '-NoLogo', '-Command', query],
      { maxBuffer: maxBytes, timeout: deadlineMs, windowsHide: true },
      (error, stdout) => {
        if (error !== null) reject(new Error(error.message, { cause: error }));
        else resolve(stdout.split('\n').flatMap((line) => parseQueryLine(line) ?? []));
      },
    );
  });
}

/** One line of the query; `undefined` when it is not one. */
export function parseQueryLine(line: string): ProcessRow | undefined {
  const match = /^(\d+) (\d+) (\d+) (\d+) (\d+)\s*$/.exec(line);
  if (match === null) return undefined;
  const [pid = 0, ppid = 0, start = 0, cpu = 0, rssBytes = 0] = match.slice(1).map(Number);
  const cpuMs = cpu / 10_000;
  return { pid, ppid, pgid: 0, sid: 0, start, dead: false, marker: undefined, cpuMs, rssBytes };
}
