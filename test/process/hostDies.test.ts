// The extension host dies, in every way it can: agents, everything below them and the guard are gone as well.
import { describe, expect, it } from 'vitest';
import { readStat } from '../../src/process/linuxTable.ts';
import { buildGuardWithLateBirth } from './support/guardBundle.ts';
import { useHostProcesses, useHosts } from './support/host.ts';
import type { HostCommand } from './support/hostProcess.ts';
import { alive, expectNoSurvivors, newTag, until, untilGone, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();
const createHost = useHostProcesses(() => hosts.guardPath());
let surprisedGuard = '';
const createSurprisedHost = useHostProcesses(() => surprisedGuard);

/** Everything an agent may leave behind and that can be found without a pid namespace, and how many that is. */
const everything =
  'stubborn,grandchildren,deaf-grandchildren,setsid,daemon,setsid-unmarked,wide,bomb';
const countOfEverything = 44;

function gone(pid: number): Promise<void> {
  return until(`process ${pid} is gone`, () => readStat(pid)?.dead !== false);
}

describe('after signal 9 of the host', () => {
  it('nothing is left of agents of all shapes', async () => {
    const host = createHost();
    const trees = [];
    for (const [shapes, count] of [
      ['', 1],
      ['stubborn', 1],
      ['stubborn,grandchildren', 4],
      ['stubborn,setsid', 3],
      ['stubborn,daemon', 3],
      ['stubborn,setsid-unmarked', 3],
      [everything, countOfEverything],
    ] as const) {
      const tag = newTag();
      trees.push({ tag, count });
      await host.ask({ do: 'spawn', tags: [tag], shapes, wait: false });
    }
    for (const { tag, count } of trees) await untilUp(tag, count);
    const guard = await host.guardPid();
    host.kill('SIGKILL');
    for (const { tag } of trees) await untilGone(tag);
    await gone(guard);
  });

  it('nothing is left whenever it comes while the first agent is started', async () => {
    for (let ms = 0; ms < 28; ms += 4) {
      const host = createHost();
      const tag = newTag();
      await host.ask({ do: 'spawn', tags: [tag], shapes: 'stubborn,daemon', wait: false });
      // The point is the moment: before, in and after the spawns of guard and agent.
      await new Promise((resolve) => setTimeout(resolve, ms));
      host.kill('SIGKILL');
      await host.exited;
      await until('the guard has ended', () => alive(hosts.guardPath()).length === 0);
      expect(alive(tag)).toEqual([]);
    }
  });

  it('nothing is left of what shows only after the guard has looked', async () => {
    const [early, late] = [newTag(), newTag()];
    surprisedGuard = await buildGuardWithLateBirth(hosts.folder(), late);
    const host = createSurprisedHost();
    await host.ask({ do: 'spawn', tags: [early], shapes: '', wait: true });
    const guard = await host.guardPid();
    host.kill('SIGKILL');
    await gone(guard);
    expect(alive(early)).toEqual([]);
    expect(alive(late)).toEqual([]);
  });

  it('nothing is left of an agent that hides from everything, where there are pid namespaces', async () => {
    const host = createHost('auto');
    const { facts } = await host.ask({ do: 'describe' });
    const tag = newTag();
    const available = facts['pidNamespace']?.startsWith('available') === true;
    // Where the system allows no namespace, the agent starts without one and nothing more is promised.
    const shapes = available ? 'stubborn,daemon-unmarked' : 'stubborn,daemon';
    await host.ask({ do: 'spawn', tags: [tag], shapes, wait: true });
    await untilUp(tag, 3);
    host.kill('SIGKILL');
    await untilGone(tag);
  });
});

describe('after another end of the host nothing is left', () => {
  for (const end of ['abort', 'throw', 'exit', 'exhaust'] as const satisfies HostCommand['do'][]) {
    it(end, async () => {
      const host = createHost();
      const tag = newTag();
      await host.ask({ do: 'spawn', tags: [tag], shapes: everything, wait: true });
      await untilUp(tag, countOfEverything);
      const guard = await host.guardPid();
      host.tell({ do: end });
      await host.exited;
      await untilGone(tag);
      await gone(guard);
    });
  }

  it('shutdown in good order', async () => {
    const host = createHost();
    const tag = newTag();
    await host.ask({ do: 'spawn', tags: [tag], shapes: everything, wait: true });
    await untilUp(tag, countOfEverything);
    const guard = await host.guardPid();
    await host.ask({ do: 'shutdown' });
    expect(readStat(guard)?.dead).not.toBe(false);
    await untilGone(tag, 0);
    // Nothing of the guard keeps the host's event loop alive.
    await host.exited;
  });

  it('signal 9 to its whole process group, and polite ones to the guard', async () => {
    const host = createHost();
    const tag = newTag();
    await host.ask({ do: 'spawn', tags: [tag], shapes: 'stubborn,setsid', wait: true });
    const guard = await host.guardPid();
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.kill(guard, signal);
    host.killGroup('SIGKILL');
    await untilGone(tag);
    await gone(guard);
  });
});

describe('the guard', () => {
  it('is replaced when it dies, and the new one knows what the old one knew', async () => {
    const host = createHost();
    const tag = newTag();
    await host.ask({ do: 'spawn', tags: [tag], shapes: 'stubborn,setsid', wait: true });
    await untilUp(tag, 3);
    const first = await host.guardPid();
    process.kill(first, 'SIGKILL');
    await until('there is another guard', async () => {
      const now = await host.guardPid();
      return now !== first;
    });
    host.kill('SIGKILL');
    await untilGone(tag);
  });

  it.each(['first', 'second'])(
    'ends the group of an agent that was killed together with the host, the %s guard of a host',
    async (which) => {
      const host = createHost();
      const tag = newTag();
      const shapes = 'stubborn,group-unmarked';
      const { pids } = await host.ask({ do: 'spawn', tags: [tag], shapes, wait: true });
      await untilUp(tag, 3);
      const first = await host.guardPid();
      if (which === 'second') {
        process.kill(first, 'SIGKILL');
        await until('there is another guard', async () => (await host.guardPid()) !== first);
      }
      // A host that stands still cannot see to it itself.
      process.kill(host.pid, 'SIGSTOP');
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      await until('the agent is dead', () => alive(tag).length === 2);
      host.kill('SIGKILL');
      await untilGone(tag);
    },
  );

  it('killed together with its host leaves processes that the next start sweeps away', async () => {
    const host = createHost();
    const tag = newTag();
    await host.ask({ do: 'spawn', tags: [tag], shapes: 'stubborn,setsid,daemon', wait: true });
    await untilUp(tag, 5);
    const guard = await host.guardPid();
    process.kill(host.pid, 'SIGSTOP');
    process.kill(guard, 'SIGKILL');
    host.kill('SIGKILL');
    await host.exited;
    const next = createHost();
    const { report } = await next.ask({ do: 'sweep' });
    expect(report).toEqual({ deadHosts: 1, killed: 5 });
    await untilGone(tag, 0);
  });
});

describe('a sweep', () => {
  it('leaves what a live host owns alone', async () => {
    const other = createHost();
    const tag = newTag();
    const shapes = 'stubborn,setsid,daemon,setsid-unmarked';
    await other.ask({ do: 'spawn', tags: [tag], shapes, wait: true });
    await untilUp(tag, 7);
    const { report } = await createHost().ask({ do: 'sweep' });
    expect(report).toEqual({ deadHosts: 0, killed: 0 });
    await untilUp(tag, 7);
    other.kill('SIGKILL');
    await untilGone(tag);
  });
});
