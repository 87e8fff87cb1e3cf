// The memory of a set of processes, each page that several share counted once among them.
import { readFileSync } from 'node:fs';
import type { RunningProcess } from '../launch/processes.ts';

/** `123 MB in 2 processes`; without a `/proc` there is only the number of processes. */
export function memoryOf(processes: readonly RunningProcess[]): string {
  const count = `${processes.length} process${processes.length === 1 ? '' : 'es'}`;
  if (process.platform !== 'linux') return count;
  return `${Math.round(megabytesOf(processes))} MB in ${count}`;
}

/** The same as a number; 0 without a `/proc`. */
export function megabytesOf(processes: readonly RunningProcess[]): number {
  return processes.reduce((sum, { pid }) => sum + shareOf(pid), 0) / 1024;
}

/** The proportional set size in kB; nothing for a process that has just ended. */
function shareOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/mu.exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
