// The memory of a set of processes, each page that several share divided among them, once what work has left was given back; and the most they had.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '../launch/processes.ts';

/**
 * How long a program may take to give back what its work left: engines of JavaScript collect when nothing happens, up to ten
 * seconds after the last thing did, and tell nobody. One of the agents holds five times as much before as after.
 */
const restMs = 30_000;

/**
 * `123 MB at rest, at most 456, in 2 processes`, to be asked right after work; without a `/proc` there is only the number of
 * processes. The most is what each of them has ever held, added up.
 */
export async function memoryOf(processes: () => readonly RunningProcess[]): Promise<string> {
  await pause(restMs);
  const resting = processes();
  const count = `${resting.length} process${resting.length === 1 ? '' : 'es'}`;
  if (process.platform !== 'linux') return count;
  const most = resting.reduce((sum, { pid }) => sum + mostOf(pid), 0) / 1024;
  return `${Math.round(megabytesOf(resting))} MB at rest, at most ${Math.round(most)}, in ${count}`;
}

/** What the processes take now, in MB; 0 without a `/proc`. */
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

/** The most that a process has ever had in memory, in kB. */
function mostOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
