// The memory of a set of processes, each page that several share counted once among them.
import { readFileSync } from 'node:fs';
import type { RunningProcess } from '../launch/processes.ts';

/** `123 MB in 2 processes`; without a `/proc` there is only the number of processes. */
export function memoryOf(processes: readonly RunningProcess[]): string {
  const count = `${processes.length} process${processes.length === 1 ? '' : 'es'}`;
  if (process.platform !== 'linux') return count;
  const kilobytes = processes.reduce((sum, { pid }) => sum + shareOf(pid), 0);
  return `${Math.round(kilobytes / 1024)} MB in ${count}`;
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
