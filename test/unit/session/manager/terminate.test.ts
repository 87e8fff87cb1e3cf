// The end of a session’s process: once, reported, and in the order it was asked for.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../../src/session/errors.ts';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { heldTurn, texts } from './heldTurn.ts';

describe('terminate', () => {
  it('reports how the process ended and leaves a dormant row', async () => {
    const { manager, agents, statuses } = fakeDomain();
    await manager.create();
    const report = await manager.terminate('session-1');
    expect(report).toMatchObject({ sessionId: 'session-1', signal: 'SIGTERM', forced: false });
    expect(agents.last.stops[0]).toMatchObject({ graceMs: 5000, agentSessionId: 'fake-1' });
    expect(statuses.slice(2)).toEqual(['session-1 stopping', 'session-1 dormant']);
    expect(manager.get('session-1')).toMatchObject({ status: 'dormant', processAlive: false });
  });

  it('is one stop however often it is asked for, hastened by force', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    const polite = manager.terminate('session-1');
    const again = manager.terminate('session-1');
    await settle();
    expect(agents.last.stops).toHaveLength(1);
    const forced = manager.terminate('session-1', { force: true });
    const [a, b, c] = await Promise.all([polite, again, forced]);
    expect(a).toEqual(b);
    expect(a).toEqual(c);
    expect(agents.last.stops).toHaveLength(2);
  });

  it('marks a turn that it cut short and never sends it again', async () => {
    const { manager, agents, turn } = await heldTurn();
    await manager.terminate('session-1');
    await expect(turn).resolves.toEqual({ stopReason: 'cancelled' });
    expect(texts(await manager.transcript('session-1')).at(-1)).toContain(
      'notice: This turn was cut short',
    );
    await manager.resume('session-1');
    await settle();
    expect(agents.last.prompts).toEqual([]);
  });

  it('is followed by a start that was asked for meanwhile', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    const stopped = manager.terminate('session-1');
    const resumed = manager.resume('session-1');
    await settle();
    expect(agents.links).toHaveLength(1);
    agents.last.answer('stop');
    await stopped;
    await resumed;
    expect(agents.links).toHaveLength(2);
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('during a restart is the last word, and the restart comes to nothing', async () => {
    const { manager, agents, statuses } = fakeDomain();
    await manager.create();
    agents.script = { hold: ['initialize'] };
    const restarted = manager.restart('session-1');
    restarted.catch(() => undefined);
    await settle();
    expect(manager.get('session-1')?.status).toBe('starting');
    const [stopped, again] = await Promise.all([
      manager.terminate('session-1'),
      manager.terminate('session-1', { force: true }),
    ]);
    expect(stopped).toEqual(again);
    await expect(restarted).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(statuses.slice(2)).toEqual(
      ['stopping', 'dormant', 'starting', 'stopping', 'dormant'].map((one) => `session-1 ${one}`),
    );
    expect(manager.get('session-1')?.processAlive).toBe(false);
  });

  it.each(['restart', 'resume', 'prompt'] as const)(
    'is the last word also while an earlier stop runs that a %s waits for',
    async (name) => {
      const { manager, agents } = fakeDomain();
      agents.script = { holdStop: true };
      await manager.create();
      const acts = {
        restart: () => manager.restart('session-1'),
        resume: () => manager.resume('session-1'),
        prompt: () => manager.prompt('session-1', 'too late'),
      };
      const stopped = name === 'restart' ? undefined : manager.terminate('session-1');
      const waiting = acts[name]();
      waiting.catch(() => undefined);
      await settle();
      const last = manager.terminate('session-1');
      agents.last.answer('stop');
      await Promise.all([stopped, last]);
      await settle();
      expect(agents.links).toHaveLength(1);
      expect(manager.get('session-1')).toMatchObject({ status: 'dormant', processAlive: false });
      if (name === 'prompt') await expect(waiting).resolves.toEqual({ stopReason: 'cancelled' });
      else await expect(waiting).rejects.toMatchObject({ code: 'sessionStopped' });
    },
  );

  it('is one restart however often that is asked for', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    const asked = [manager.restart('session-1'), manager.restart('session-1')];
    await settle();
    agents.last.answer('stop');
    for (const info of await Promise.all(asked)) expect(info.status).toBe('ready');
    expect(agents.links).toHaveLength(2);
  });

  it('and start, again and again without waiting, end in the order they were asked for', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    const asked = [1, 2, 3].flatMap(() => [
      manager.terminate('session-1'),
      manager.resume('session-1'),
    ]);
    await Promise.allSettled(asked);
    // What was asked while it stopped was one start.
    expect(agents.links).toHaveLength(2);
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('can be tried again when the system would not end the process', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    const { last } = agents;
    const stop = last.stop.bind(last);
    last.stop = () => Promise.reject(new SessionError('internal', 'it hangs in the kernel'));
    await expect(manager.terminate('session-1')).rejects.toMatchObject({ code: 'internal' });
    expect(manager.get('session-1')).toMatchObject({ status: 'stopping', processAlive: true });
    last.stop = stop;
    await expect(manager.terminate('session-1')).resolves.toMatchObject({ signal: 'SIGTERM' });
    expect(manager.get('session-1')).toMatchObject({ status: 'dormant', processAlive: false });
  });

  it('has nothing to end where nothing runs', async () => {
    const { manager } = fakeDomain();
    await manager.create();
    await manager.terminate('session-1');
    await expect(manager.terminate('session-1')).resolves.toMatchObject({
      exitCode: null,
      durationMs: 0,
    });
  });
});
