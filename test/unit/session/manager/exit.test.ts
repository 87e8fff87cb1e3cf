// Agents that end by themselves: what is marked, what is started again, and when no more.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { heldTurn, texts } from './heldTurn.ts';

describe('an unexpected exit', () => {
  it('is followed by nothing that an agent may still say or ask', async () => {
    const { manager, agents } = fakeDomain({ 'supervision.maxRestarts': 0 });
    await manager.create();
    const { events } = agents.last;
    agents.last.exit();
    await settle();
    const { signal } = new AbortController();
    events.onUpdate('fake-1', { type: 'text', role: 'agent', text: 'late' });
    events.onUpdate('never-heard-of', { type: 'text', role: 'agent', text: 'late' });
    events.onTerminalsChanged(1);
    await expect(
      events.requestPermission(
        { agentSessionId: 'fake-1', toolCall: { toolCallId: 't' }, options: [] },
        signal,
      ),
    ).resolves.toBeUndefined();
    await expect(
      manager.respondToPermission('session-1', 'long-gone', 'yes'),
    ).rejects.toMatchObject({ code: 'requestUnknown', sessionId: 'session-1' });
    expect(manager.get('session-1')).toMatchObject({ status: 'crashed', pendingRequests: [] });
  });

  it('rejects the turn, marks it, and starts again with the conversation', async () => {
    const { manager, agents, clock, telemetry, turn } = await heldTurn();
    agents.last.exit({ exitCode: null, signal: 'SIGKILL' });
    await expect(turn).rejects.toMatchObject({
      code: 'agentExited',
      details: { signal: 'SIGKILL' },
    });
    expect(manager.get('session-1')).toMatchObject({ status: 'crashed', processAlive: false });
    expect(manager.details('session-1').restartAt).toBeDefined();
    await clock.advance(500);
    expect(manager.get('session-1')).toMatchObject({ status: 'ready', processAlive: true });
    expect(agents.last.calls).toContain('session/resume');
    expect(agents.last.prompts).toEqual([]);
    const codes = (await manager.transcript('session-1')).map((entry) =>
      entry.type === 'notice' ? entry.code : entry.type,
    );
    expect(codes).toEqual(['user', 'interrupted', 'restarted']);
    expect(telemetry).toContainEqual(
      expect.objectContaining({ name: 'roost.session.restarted', attempt: 1, delayMs: 500 }),
    );
  });

  it('ends as crashed once the limit is reached, and the window slides', async () => {
    const { manager, agents, clock } = fakeDomain({ 'supervision.maxRestarts': 2 });
    await manager.create();
    for (let crash = 0; crash < 2; crash++) {
      agents.last.exit({ exitCode: 9 });
      await clock.advance(2000);
      expect(manager.get('session-1')?.status).toBe('ready');
    }
    agents.last.exit({ exitCode: 9 });
    await clock.advance(30_000);
    expect(manager.get('session-1')).toMatchObject({
      status: 'crashed',
      error: { code: 'agentExited', message: expect.stringContaining('exit code 9') as string },
    });
    await manager.restart('session-1');
    await clock.advance(60_000);
    agents.last.exit({ exitCode: 9 });
    await clock.advance(2000);
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('is not restarted where restarting is off', async () => {
    const { manager, agents, clock } = fakeDomain();
    await manager.create({ config: { restart: 'never' } });
    agents.last.exit();
    await clock.advance(60_000);
    expect(manager.get('session-1')?.status).toBe('crashed');
    expect(agents.links).toHaveLength(1);
  });

  it('is rest, not a crash, when an idle agent leaves with code 0', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    agents.last.exit({ exitCode: 0 });
    await settle();
    expect(manager.get('session-1')?.status).toBe('dormant');
  });

  it('touches no other session', async () => {
    const { manager, agents } = fakeDomain({ 'supervision.maxRestarts': 0 });
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    await manager.create();
    const [first, second] = agents.links;
    const other = manager.prompt('session-2', 'go');
    manager.prompt('session-1', 'go').catch(() => undefined);
    await settle();
    first?.exit();
    await settle();
    second?.events.onUpdate('fake-1', { type: 'text', role: 'agent', text: 'still here' });
    second?.answer('session/prompt', { stopReason: 'end_turn' });
    await expect(other).resolves.toEqual({ stopReason: 'end_turn' });
    expect(texts(await manager.transcript('session-2'))).toContain('agent: still here');
  });

  it('stops waiting for a restart when it is stopped', async () => {
    const { manager, agents, clock } = fakeDomain();
    await manager.create();
    agents.last.exit();
    await settle();
    await manager.terminate('session-1');
    await clock.advance(60_000);
    expect(agents.links).toHaveLength(1);
    expect(manager.get('session-1')?.status).toBe('dormant');
  });
});
