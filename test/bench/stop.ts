// What supervision costs: stopping an agent against only waiting for its exit, a dead host's agents, and the guard.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStat } from '../../src/process/linuxTable.ts';
import { ProcessHost } from '../../src/process/processHost.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import { buildGuard } from '../process/support/guardBundle.ts';
import { HostProcess } from '../process/support/hostProcess.ts';
import { agents, recordingLogger, shapesSpec, untilSpeaks } from '../process/support/shapes.ts';
import { median, type BenchRow } from './benchRow.ts';

const rounds = 15;
const graceMs = 200;
let nextTag = 0;

function newTag(): string {
  nextTag += 1;
  return `${400_000 + (process.pid % 90_000)}.${String(nextTag).padStart(6, '0')}1`;
}

/** All figures of this module. */
export async function rows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'roost-bench-'));
  try {
    const guardPath = buildGuard(folder);
    return [
      ...(await stopRows(guardPath)),
      ...(await deadHostRows(guardPath)),
      ...(await guardRows(guardPath)),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same agents, without Roost: milliseconds from the stimulus to the exit. */
async function bareStop(shapes: string, kind: Kind): Promise<number> {
  const program = join(agents, 'process-shapes.mjs');
  const child = spawn(process.execPath, [program, newTag(), shapes], { detached: true });
  await once(child.stdout, 'data');
  child.stdout.resume();
  const exited = once(child, 'exit');
  const begin = performance.now();
  if (kind !== 'forced') child.stdin.end();
  if (kind === 'stubborn') await new Promise((resolve) => setTimeout(resolve, graceMs));
  if (kind !== 'cooperative') process.kill(-(child.pid ?? 0), 'SIGKILL');
  await exited;
  return performance.now() - begin;
}

type Kind = 'cooperative' | 'stubborn' | 'forced';

async function stopRows(guardPath: string): Promise<BenchRow[]> {
  const host = new ProcessHost({
    logger: recordingLogger(),
    clock: systemClock(),
    guardPath,
    environment: { ...process.env, VSCODE_CLI: '1' },
  });
  const result: BenchRow[] = [];
  for (const [kind, shapes] of [
    ['cooperative', ''],
    ['stubborn', 'stubborn'],
    ['forced', 'stubborn'],
  ] as const) {
    const [own, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const run = host.spawn(shapesSpec(newTag(), shapes));
      await untilSpeaks(run);
      const begin = performance.now();
      await host.stop(run, { force: kind === 'forced', graceMs });
      own.push(performance.now() - begin);
      bare.push(await bareStop(shapes, kind));
    }
    const [value, baseline] = [median(own), median(bare)];
    const name = `stop, ${kind} agent, until nothing is left`;
    const note = kind === 'stubborn' ? `grace ${graceMs} ms` : '';
    result.push({ name, value, unit: 'ms', baseline, ratio: value / baseline, note });
  }
  await host.shutdown();
  return result;
}

async function deadHostRows(guardPath: string): Promise<BenchRow[]> {
  const result: BenchRow[] = [];
  for (const count of [1, 10, 50]) {
    const figures: number[] = [];
    for (let round = 0; round < 5; round += 1) figures.push(await deadHost(guardPath, count));
    const name = `signal 9 to the host until all is gone, ${count} agents`;
    result.push({ name, value: median(figures), unit: 'ms', aim: 'at most 1000' });
  }
  return result;
}

/** Each agent ignores everything and has a shell and two sleeps below it. */
async function deadHost(guardPath: string, count: number): Promise<number> {
  const host = new HostProcess(guardPath);
  const tags = Array.from({ length: count }, newTag);
  const shapes = 'stubborn,grandchildren';
  const { pids } = await host.ask({ do: 'spawn', tags, shapes, wait: true });
  const guard = await host.guardPid();
  const begin = performance.now();
  host.kill('SIGKILL');
  // The shells below the agents share their groups and are killed with them in one pass.
  await untilDead(pids);
  const took = performance.now() - begin;
  // Its last looks, for what the host was starting as it died, are no agent's time.
  await untilDead([guard]);
  return took;
}

async function untilDead(pids: readonly number[]): Promise<void> {
  const left = new Set(pids);
  while (left.size > 0) {
    for (const pid of left) if (readStat(pid)?.dead !== false) left.delete(pid);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function guardRows(guardPath: string): Promise<BenchRow[]> {
  const host = new HostProcess(guardPath);
  const tags = Array.from({ length: 10 }, newTag);
  await host.ask({ do: 'spawn', tags, shapes: 'stubborn', wait: true });
  const idle = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e9)']);
  await once(idle.stdout, 'data');
  const guard = await host.guardPid();
  const [own, bare] = [memory(guard), memory(idle.pid ?? 0)];
  const cpuMs = readStat(guard)?.cpuMs ?? Number.NaN;
  idle.kill('SIGKILL');
  host.kill('SIGKILL');
  await host.exited;
  const against = (name: string, value: number, baseline: number): BenchRow => {
    return { name, value, unit: 'MB', baseline, ratio: value / baseline, note: 'idle Node' };
  };
  return [
    against('guard, memory (PSS) beside 10 agents', own.pss, bare.pss),
    against('guard, memory of its own (USS)', own.uss, bare.uss),
    { name: 'guard, processor time since its start', value: cpuMs, unit: 'ms' },
  ];
}

/** Proportional and unique memory of a process in MB. */
function memory(pid: number): { readonly pss: number; readonly uss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024;
  return { pss: field('Pss'), uss: field('Private_Clean') + field('Private_Dirty') };
}
