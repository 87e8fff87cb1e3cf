// The kill logic against real processes that look like its victims and are not, and the cost of many runs.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linuxProcesses, readStat } from '../../src/process/linuxTable.ts';
import { emptyTarget } from '../../src/process/processTree.ts';
import { LocalKeeper } from '../../src/process/reap.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import { useHosts } from './support/host.ts';
import { shapesSpec, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, until, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();
const keeper = new LocalKeeper({ clock: systemClock(), reader: linuxProcesses });

describe('a pid that was given to somebody else', () => {
  it('is not killed, whichever way it is named', async () => {
    const tag = newTag();
    const { pid = 0 } = spawn('sleep', [tag], { stdio: 'ignore', detached: true });
    await untilUp(tag, 1);
    const start = readStat(pid)?.start ?? 0;
    // Somebody who had this number before, and led a group of that number.
    const former = { pid, start: start - 1 };
    const target = { ...emptyTarget, groups: [former], known: [former] };
    expect(await keeper.look(target)).toEqual([]);
    expect(await keeper.reap(target, 1000)).toEqual({ asked: [], killed: [], left: [] });
    expect(await keeper.reap(target, 0)).toEqual({ asked: [], killed: [], left: [] });
    expect(alive(tag)).toEqual([pid]);
    const own = { ...emptyTarget, groups: [{ pid, start }] };
    expect((await keeper.reap(own, 0)).killed).toMatchObject([{ pid, start }]);
    expect(alive(tag)).toEqual([]);
  });

  it('is not killed when the number changed hands between the look and the signal', async () => {
    const tag = newTag();
    const { pid = 0 } = spawn('sleep', [tag], { stdio: 'ignore', detached: true });
    await untilUp(tag, 1);
    const start = readStat(pid)?.start ?? 0;
    const late = new LocalKeeper({
      clock: systemClock(),
      reader: {
        ...linuxProcesses,
        all: async (options) => {
          const rows = await linuxProcesses.all(options);
          return rows.map((row) => (row.pid === pid ? { ...row, start: start - 1 } : row));
        },
      },
    });
    await late.reap({ ...emptyTarget, groups: [{ pid, start: start - 1 }] }, 1);
    expect(alive(tag)).toEqual([pid]);
    await keeper.reap({ ...emptyTarget, groups: [{ pid, start }] }, 0);
  });
});

it('a target that contains this very process ends the rest and leaves it', async () => {
  const tag = newTag();
  const { pid = 0 } = spawn('sleep', [tag], { stdio: 'ignore' });
  await untilUp(tag, 1);
  const groups = [pid, process.pid, process.ppid].map((id) => ({
    pid: id,
    start: readStat(id)?.start ?? 0,
  }));
  const { killed } = await keeper.reap(
    {
      ...emptyTarget,
      groups: groups.slice(0, 1),
      known: groups,
    },
    0,
  );
  expect(killed.map((one) => one.pid)).not.toContain(process.pid);
  expect(killed.map((one) => one.pid)).not.toContain(process.ppid);
  expect(alive(tag)).toEqual([]);
});

describe('the facade', () => {
  it('knows what a tree uses', async () => {
    const host = hosts.create();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'grandchildren'));
    await untilSpeaks(run);
    await untilUp(tag, 4);
    const use = await host.resourceUse(run);
    expect(use?.processes).toBe(4);
    expect(use?.rssBytes).toBeGreaterThan(10_000_000);
    expect(use?.cpuMs).toBeGreaterThan(0);
    await host.stop(run, { force: true, graceMs: 0 });
    expect(await host.resourceUse(run)).toBeUndefined();
  });

  it('is where it was after three hundred starts and stops', async () => {
    const host = hosts.create();
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const handles = (): number => process.getActiveResourcesInfo().length;
    const tag = newTag();
    const cycle = async (index: number): Promise<void> => {
      const kind = index % 4;
      const run = host.spawn({
        sessionId: `cycle-${index}`,
        command: kind === 3 ? 'no-such-command' : 'sh',
        args: ['-c', ['cat', `sleep ${tag} & sleep ${tag}`, 'exit 3'][kind] ?? ''],
        cwd: '/',
      });
      if (kind === 0) await host.stop(run, { force: false, graceMs: 10_000 });
      if (kind === 1) await run.started;
      if (kind <= 1) await host.stop(run, { force: true, graceMs: 0 });
      await run.gone;
    };
    for (let index = 0; index < 20; index += 1) await cycle(index);
    const before = {
      descriptors: descriptors(),
      handles: handles(),
      listeners: process.eventNames().length,
    };
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => cycle(round * 10 + index)));
    }
    expect(alive(tag)).toEqual([]);
    await until('descriptors and handles are where they were', () => {
      return descriptors() <= before.descriptors && handles() <= before.handles;
    });
    expect(process.eventNames().length).toBe(before.listeners);
    expect((await host.describe())['runs']).toBe('0');
  });
});
