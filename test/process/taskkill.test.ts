// The ladder of a system without signals, groups and readable environments, tried on Linux with a stand-in for taskkill.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessSystem } from '../../src/process/processSystem.ts';
import { callsIn, standIn, systemAsOnWindows } from './support/asOnWindows.ts';
import { buildGuardAsOnWindows } from './support/guardBundle.ts';
import { useHostProcesses, useHosts } from './support/host.ts';
import { recordingLogger, shapesSpec, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, untilGone, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();
const folder = mkdtempSync(join(tmpdir(), 'roost-taskkill-'));
let guardPath = '';
let logs = 0;

beforeAll(async () => {
  guardPath = await buildGuardAsOnWindows(folder, standIn(join(folder, 'guard.log')));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const createHost = useHostProcesses(() => guardPath);

/** A host as on Windows, and what its taskkill was called with. */
function asOnWindows(more: Partial<ProcessSystem> = {}): {
  readonly host: ReturnType<typeof hosts.create>;
  readonly calls: () => readonly (readonly string[])[];
  readonly logger: ReturnType<typeof recordingLogger>;
} {
  const log = join(folder, `calls-${logs++}.log`);
  const logger = recordingLogger();
  const system = { ...systemAsOnWindows(standIn(log)), ...more };
  return { host: hosts.create({ system, guardPath, logger }), calls: () => callsIn(log), logger };
}

/** What is below the agent and has not lost its parents; the agent included. */
const tree = 'grandchildren,setsid,setsid-unmarked,deaf-grandchildren';
const treeCount = 10;

describe('without signals', () => {
  it('an agent ends with its input, and what it started is ended by number', async () => {
    const { host, calls } = asOnWindows();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, tree));
    await untilSpeaks(run);
    await untilUp(tag, treeCount);
    const report = await host.stop(run, { force: false, graceMs: 1000 });
    expect(report).toMatchObject({ exitCode: 0, signal: null, forced: true });
    expect(report.descendantsKilled).toBe(treeCount - 1);
    expect(alive(tag)).toEqual([]);
    for (const call of calls()) expect(call).toContain('/F');
  });

  it('one that left nothing behind costs no call', async () => {
    const { host, calls } = asOnWindows();
    const run = host.spawn(shapesSpec(newTag(), ''));
    await untilSpeaks(run);
    const report = await host.stop(run, { force: false, graceMs: 3_600_000 });
    expect(report).toEqual({ exitCode: 0, signal: null, forced: false, descendantsKilled: 0 });
    expect(calls).toThrow('ENOENT');
  });

  it('one that stays is ended with its tree while it lives, after the whole grace time', async () => {
    const { host, calls } = asOnWindows();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, `stubborn,${tree}`));
    await untilSpeaks(run);
    await untilUp(tag, treeCount);
    const report = await host.stop(run, { force: false, graceMs: 200 });
    expect(report.forced).toBe(true);
    expect(report.descendantsKilled).toBe(treeCount - 1);
    expect(alive(tag)).toEqual([]);
    // One call for the whole tree, by its root.
    expect(calls()[0]).toEqual(['/F', '/T', '/PID', String(run.pid)]);
  });

  it('a kill asks nobody', async () => {
    const { host } = asOnWindows();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, `stubborn,${tree}`));
    await untilSpeaks(run);
    await untilUp(tag, treeCount);
    const report = await host.stop(run, { force: true, graceMs: 3_600_000 });
    expect(report).toMatchObject({ forced: true, descendantsKilled: treeCount - 1 });
    expect(alive(tag)).toEqual([]);
  });

  it('after a crash what is left is ended', async () => {
    const { host } = asOnWindows();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, `stubborn,${tree}`));
    const { stdin } = await untilSpeaks(run);
    await untilUp(tag, treeCount);
    // The table is looked at once with the agent in it, as the metrics do it every few seconds.
    expect((await host.resourceUse(run))?.processes).toBe(treeCount);
    stdin.write('crash\n');
    await run.gone;
    expect(alive(tag)).toEqual([]);
  });

  it('where the table cannot be read, the agent is ended with what taskkill finds below it', async () => {
    const log = join(folder, `calls-${logs++}.log`);
    const unreadable = (): Promise<never> => Promise.reject(new Error('forbidden by policy'));
    const system = systemAsOnWindows(standIn(log));
    const blind = { ...system.reader, all: unreadable };
    const { host, logger } = asOnWindows({
      reader: blind,
      keeper: (options) => system.keeper({ ...options, reader: blind }),
    });
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, `stubborn,${tree}`));
    await untilSpeaks(run);
    await untilUp(tag, treeCount);
    const report = await host.stop(run, { force: false, graceMs: 200 });
    expect(report.forced).toBe(true);
    expect(callsIn(log)).toEqual([['/F', '/T', '/PID', String(run.pid)]]);
    expect(alive(tag)).toEqual([]);
    expect(logger.lines.some((line) => line.includes('forbidden by policy'))).toBe(true);
  });
});

it('the guard of such a system leaves nothing of a host that was killed', async () => {
  const host = createHost();
  const tag = newTag();
  await host.ask({ do: 'spawn', tags: [tag], shapes: `stubborn,${tree}`, wait: true });
  await untilUp(tag, treeCount);
  await host.guardPid();
  host.kill('SIGKILL');
  await untilGone(tag);
  expect(callsIn(join(folder, 'guard.log'))[0]?.slice(0, 2)).toEqual(['/F', '/T']);
});
