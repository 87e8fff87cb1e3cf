// Idle sessions: which count as idle, when they are stopped, and what keeps them.
import { describe, expect, it } from 'vitest';
import { fakeDomain, type FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

const minute = 60_000;

async function ready(settings: Record<string, unknown> = {}): Promise<FakeDomain> {
  const domain = fakeDomain({ 'idle.timeoutMinutes': 10, ...settings });
  await domain.manager.create();
  return domain;
}

function status(domain: FakeDomain, id = 'session-1'): string | undefined {
  return domain.manager.get(id)?.status;
}

describe('an idle session', () => {
  it('is saved, stopped, and says why it rests', async () => {
    const domain = await ready();
    expect(domain.manager.get('session-1')?.idleDeadlineAt).toBe('2026-01-01T00:10:00.000Z');
    await domain.clock.advance(10 * minute - 1);
    expect(status(domain)).toBe('ready');
    await domain.clock.advance(1);
    expect(status(domain)).toBe('dormant');
    expect(domain.manager.details('session-1').stoppedAfterIdleMinutes).toBe(10);
    expect(domain.telemetry).toContainEqual(expect.objectContaining({ reason: 'idle' }));
    expect(domain.clock.timers).toBe(0);
  });

  it('may have fractions of a minute, and longer than any timer', async () => {
    const domain = await ready({ 'idle.timeoutMinutes': 0.05 });
    await domain.manager.create({ config: { timeoutMinutes: 100_000 } });
    await domain.clock.advance(3000);
    expect(status(domain)).toBe('dormant');
    expect(status(domain, 'session-2')).toBe('ready');
  });

  it('is kept for ever with a time of 0, and no timer runs for it', async () => {
    const domain = await ready({ 'idle.timeoutMinutes': 0 });
    await domain.clock.advance(1000 * minute);
    expect(status(domain)).toBe('ready');
    expect(domain.clock.timers).toBe(0);
  });

  it('follows its own time when that changes', async () => {
    const domain = await ready();
    await domain.clock.advance(5 * minute);
    await domain.manager.configure('session-1', { timeoutMinutes: 1 });
    await domain.clock.advance(2);
    expect(status(domain)).toBe('dormant');
  });

  it('is not stopped when it cannot be saved, only once it can', async () => {
    const domain = await ready();
    domain.store.failSaves = true;
    await domain.clock.advance(10 * minute);
    expect(status(domain)).toBe('ready');
    expect(domain.manager.details('session-1').storageFailing).toBe(true);
    domain.store.failSaves = false;
    await domain.clock.advance(10 * minute);
    expect(status(domain)).toBe('dormant');
  });

  it('starts its clock anew when a long turn ends', async () => {
    const domain = fakeDomain({ 'idle.timeoutMinutes': 10 });
    const { agents, manager, clock } = domain;
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'long');
    await clock.advance(60 * minute);
    expect(status(domain)).toBe('working');
    agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await turn;
    await clock.advance(9 * minute);
    expect(status(domain)).toBe('ready');
    await clock.advance(minute);
    expect(status(domain)).toBe('dormant');
  });

  it('is not one that waits for the user', async () => {
    const domain = await ready();
    void domain.agents.last.events.elicit(
      { agentSessionId: 'fake-1', mode: 'form', message: '?' },
      new AbortController().signal,
    );
    await domain.clock.advance(60 * minute);
    expect(status(domain)).toBe('needsInput');
  });

  it('is not one whose command still runs, nor one kept awake, nor one looked at', async () => {
    const domain = await ready();
    await domain.manager.create();
    await domain.manager.create();
    await domain.manager.create();
    domain.agents.links[0]?.events.onTerminalsChanged(1);
    await domain.manager.setKeepAwake('session-2', true);
    domain.manager.setVisible('session-3', true);
    await domain.clock.advance(60 * minute);
    expect(['1', '2', '3', '4'].map((n) => status(domain, `session-${n}`))).toEqual([
      'ready',
      'ready',
      'ready',
      'dormant',
    ]);
    domain.agents.links[0]?.events.onTerminalsChanged(0);
    await domain.manager.setKeepAwake('session-2', false);
    domain.manager.setVisible('session-3', false);
    await domain.clock.advance(11 * minute);
    expect(['1', '2', '3'].map((n) => status(domain, `session-${n}`))).toEqual([
      'dormant',
      'dormant',
      'dormant',
    ]);
  });

  it('is stopped on request only when it is due', async () => {
    const domain = await ready();
    await expect(domain.manager.terminateIdle()).resolves.toEqual([]);
    expect(status(domain)).toBe('ready');
  });

  it('resumes with its history on the next prompt', async () => {
    const domain = await ready();
    await domain.manager.prompt('session-1', 'remember');
    await domain.clock.advance(10 * minute);
    await domain.manager.prompt('session-1', 'again');
    expect(status(domain)).toBe('ready');
    expect(domain.manager.details('session-1').stoppedAfterIdleMinutes).toBeUndefined();
    expect(domain.agents.last.calls).toContain('session/resume');
  });
});

describe('a computer that slept', () => {
  it('finds its sessions as it left them, whether or not its clock counted the sleep', async () => {
    for (const counted of [true, false]) {
      const domain = await ready();
      await domain.clock.advance(5 * minute);
      domain.clock.sleep(8 * 60 * minute, counted);
      await domain.clock.advance(minute);
      expect(status(domain)).toBe('ready');
      await domain.clock.advance(10 * minute);
      await settle();
      expect(status(domain)).toBe('dormant');
    }
  });
});
