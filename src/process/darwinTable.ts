// The processes of a macOS system, from one call of ps.
import { execFile } from 'node:child_process';
import { markerName } from './ownerMarker.ts';
import type { ProcessReader, ProcessRow } from './processTable.ts';

/** A machine with thousands of processes and long environments stays below this. */
const maxBytes = 64 * 1024 * 1024;

const deadlineMs = 5000;

const columns = 'pid=,ppid=,pgid=,stat=,rss=,time=,lstart=,command=';

/**
 * One `ps` for everything. The system hides the environment of its own restricted programs
 * (`/bin/sh`, `/bin/zsh`, …); those are found by group and ancestry.
 */
export const darwinProcesses: ProcessReader = {
  all: () => ps(['-axEww', '-o', columns]),
  some: (pids) => ps(['-o', columns, '-p', pids.join(',')]),
  async startOf(pid) {
    const [row] = await ps(['-o', columns, '-p', String(pid)]);
    return row === undefined || row.dead ? undefined : row.start;
  },
};

function ps(args: readonly string[]): Promise<readonly ProcessRow[]> {
  return new Promise((resolve, reject) => {
    execFile(
      '/bin/ps',
      args,
      { env: { LC_ALL: 'C' }, maxBuffer: maxBytes, timeout: deadlineMs, killSignal: 'SIGKILL' },
      (error, stdout) => {
        // Exit code 1 says that none of the pids asked for exists.
        if (error !== null && error.code !== 1) reject(new Error(error.message, { cause: error }));
        else resolve(parsePs(stdout));
      },
    );
  });
}

const linePattern =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+([\d:.-]+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s(.*)$/s;

/** The output of ps. A line break in an argument or a variable does not begin a process. */
export function parsePs(output: string): readonly ProcessRow[] {
  const records: string[] = [];
  for (const line of output.split('\n')) {
    if (records.length === 0 || linePattern.test(line)) records.push(line);
    else records.push(`${records.pop() ?? ''}\n${line}`);
  }
  return records.flatMap((record) => parsePsLine(record) ?? []);
}

/** One process of ps; `undefined` when it is not one. The environment follows the command, space-separated. */
function parsePsLine(line: string): ProcessRow | undefined {
  const match = linePattern.exec(line);
  if (match === null) return undefined;
  const [, pid, ppid, pgid, stat = '', rss, time = '', lstart = '', command = ''] = match;
  const start = Date.parse(lstart) / 1000;
  if (Number.isNaN(start)) return undefined;
  const marker = new RegExp(`(?:^|\\s)${markerName}=(\\S+)`, 'g');
  return {
    pid: Number(pid),
    ppid: Number(ppid),
    pgid: Number(pgid),
    sid: 0,
    start,
    dead: stat.startsWith('Z'),
    marker: [...command.matchAll(marker)].at(-1)?.[1],
    cpuMs: cpuMilliseconds(time),
    rssBytes: Number(rss) * 1024,
  };
}

/** `[[days-]hours:]minutes:seconds.hundredths` in milliseconds. */
function cpuMilliseconds(time: string): number {
  const [clock = '', days] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((seconds + Number(days ?? 0) * 86_400) * 1000);
}
