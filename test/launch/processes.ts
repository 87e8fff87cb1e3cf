// What runs on this machine: who is whose child, who carries a run's mark, and the wait for an end.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { runMarker } from './paths.ts';

/** One running process. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** When it started, in the system's own words: with the pid, who it is. */
  readonly started: string;
  /** Command line, arguments separated by blanks. */
  readonly command: string;
}

/** How often a process that is not our child is looked at while we wait for its end: the system tells us of no event. */
const lookEveryMs = 20;

/** Whether a process of this id runs (on Linux, a zombie does not). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return process.platform !== 'linux' || readStat(pid) !== undefined;
}

/** Whether this very process still runs, and not another one that was given its id. */
function stillRuns(one: RunningProcess): boolean {
  return process.platform === 'linux'
    ? readStat(one.pid)?.started === one.started
    : isAlive(one.pid);
}

/** Every process that runs, zombies left out. Empty on Windows. */
function listProcesses(): RunningProcess[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => readStat(Number(entry)) ?? []);
  }
  if (process.platform === 'win32') {
    return [];
  }
  return psTable();
}

/** All descendants of a process, nearest first, as far as they still have their parents. */
export function descendantsOf(pid: number): RunningProcess[] {
  const all = listProcesses();
  const found: RunningProcess[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = all.filter((one) => parents.has(one.parent));
    found.push(...children);
    parents = new Set(children.map((one) => one.pid));
  }
  return found;
}

/** Every process that carries the mark of this run, whoever its parent is now; this process itself left out. On Windows, where one process cannot read another's environment, none. */
export function markedProcesses(runId: string): RunningProcess[] {
  const isMarked =
    process.platform === 'linux'
      ? (one: RunningProcess) => markOf(readProc(one.pid, 'environ') ?? '').includes(runId)
      : markedByPs(runId);
  return listProcesses().filter((one) => one.pid !== process.pid && isMarked(one));
}

/** Every process whose command line holds a text; this process itself left out. */
export function processesNaming(text: string): RunningProcess[] {
  return listProcesses().filter((one) => one.pid !== process.pid && one.command.includes(text));
}

function markOf(environment: string): string {
  const name = `${runMarker}=`;
  return environment.split('\0').find((entry) => entry.startsWith(name)) ?? '';
}

/** Waits until none of the processes is alive, at most `deadlineMs`; returns those that still are. */
export async function waitForEnd(
  processes: readonly RunningProcess[],
  deadlineMs: number,
): Promise<RunningProcess[]> {
  const until = performance.now() + deadlineMs;
  let alive = processes.filter(stillRuns);
  while (alive.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    alive = alive.filter(stillRuns);
  }
  return alive;
}

/** Sends a signal; a process that is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') {
      throw error;
    }
  }
}

/** One line about a process, for a person. */
export function describeProcess(one: RunningProcess): string {
  return `pid ${one.pid} (parent ${one.parent}): ${one.command.slice(0, 300)}`;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** `pid (name) state parent …`, where the name may itself hold blanks and brackets; the start time is the 22nd field. */
function readStat(pid: number): RunningProcess | undefined {
  const stat = readProc(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, parent] = fields;
  const started = fields[19];
  if (state === 'Z' || state === 'X' || parent === undefined || started === undefined) {
    return undefined;
  }
  const command = readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() ?? '';
  return { pid, parent: Number(parent), started, command };
}

/** With `-E`, ps puts the environment behind the command line. */
function markedByPs(runId: string): (one: RunningProcess) => boolean {
  const marked = new Set(
    psTable('-E').flatMap((one) => (one.command.includes(runId) ? [one.pid] : [])),
  );
  return (one) => marked.has(one.pid);
}

function psTable(...flags: string[]): RunningProcess[] {
  const table = execFileSync(
    'ps',
    ['-axww', ...flags, '-o', 'pid=,ppid=,state=,lstart=,command='],
    { encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, LC_ALL: 'C' } },
  );
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, state, started, command] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+\S+\s+\d+)\s*(.*)$/.exec(line) ?? [];
    return pid === undefined || started === undefined || state?.startsWith('Z') === true
      ? []
      : [{ pid: Number(pid), parent: Number(parent), started, command: command ?? '' }];
  });
}
