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

describe('the idle clock', () => {
  it('starts anew when an agent is started again, however long ago the last word was', async () => {
    const domain = await ready();
    await domain.clock.advance(10 * minute);
    expect(status(domain)).toBe('dormant');
    await domain.clock.advance(60 * minute);
    await domain.manager.resume('session-1');
    await domain.clock.advance(9 * minute);
    expect(status(domain)).toBe('ready');
    await domain.clock.advance(minute);
    expect(status(domain)).toBe('dormant');
  });

  it('starts anew when what kept a session from being idle is over', async () => {
    const domain = await ready();
    const ask = new AbortController();
    const ends: Record<string, () => void> = {
      'a question that the agent takes back': () => {
        ask.abort();
      },
      'a command': () => {
        domain.agents.last.events.onTerminalsChanged(0);
      },
      'being kept awake': () => void domain.manager.setKeepAwake('session-1', false),
      'being looked at': () => {
        domain.manager.setVisible('session-1', false);
      },
      'a disk that takes nothing': () => {
        domain.store.failAppends = false;
      },
    };
    const begins: Record<keyof typeof ends, () => void> = {
      'a question that the agent takes back': () =>
        void domain.agents.last.events.elicit(
          { agentSessionId: 'fake-1', mode: 'form', message: '?' },
          ask.signal,
        ),
      'a command': () => {
        domain.agents.last.events.onTerminalsChanged(1);
      },
      'being kept awake': () => void domain.manager.setKeepAwake('session-1', true),
      'being looked at': () => {
        domain.manager.setVisible('session-1', true);
      },
      'a disk that takes nothing': () => {
        domain.store.failAppends = true;
      },
    };
    for (const [what, begin] of Object.entries(begins)) {
      begin();
      await settle();
      await domain.clock.advance(60 * minute);
      expect(status(domain), what).not.toBe('dormant');
      expect(domain.manager.get('session-1')?.idleDeadlineAt, what).toBeUndefined();
      ends[what]?.();
      await settle();
      await domain.clock.advance(9 * minute);
      expect(status(domain), what).toBe('ready');
    }
    await domain.clock.advance(minute);
    expect(status(domain)).toBe('dormant');
  });

  it('starts anew with what the user does, and the row no longer counts down', async () => {
    const domain = await ready({ 'idle.noticeMinutes': 2 });
    await domain.clock.advance(9 * minute);
    const changed: string[] = [];
    const subscription = domain.manager.onDidChange(({ sessionId }) => changed.push(sessionId));
    domain.manager.touch('session-1');
    subscription.dispose();
    expect(changed).toEqual(['session-1']);
    expect(domain.manager.get('session-1')?.idleDeadlineAt).toBe('2026-01-01T00:19:00.000Z');
    await domain.clock.advance(9 * minute);
    expect(status(domain)).toBe('ready');
  });

  it('follows the setting at once, shorter, longer, never and again', async () => {
    const domain = await ready();
    await domain.clock.advance(5 * minute);
    domain.set({ 'idle.timeoutMinutes': 7 });
    expect(domain.manager.get('session-1')?.idleDeadlineAt).toBe('2026-01-01T00:07:00.000Z');
    domain.set({ 'idle.timeoutMinutes': 0 });
    expect(domain.manager.get('session-1')?.idleDeadlineAt).toBeUndefined();
    await domain.clock.advance(30 * minute);
    expect(status(domain)).toBe('ready');
    domain.set({ 'idle.timeoutMinutes': 40 });
    await domain.clock.advance(4 * minute);
    expect(status(domain)).toBe('ready');
    domain.set({ 'idle.timeoutMinutes': 30 });
    await domain.clock.advance(2);
    expect(status(domain)).toBe('dormant');
  });

  it('includes sessions that are looked at when the setting says so, at once', async () => {
    const domain = await ready();
    domain.manager.setVisible('session-1', true);
    await domain.clock.advance(60 * minute);
    expect(status(domain)).toBe('ready');
    domain.set({ 'idle.includeVisible': true });
    await domain.clock.advance(10 * minute);
    expect(status(domain)).toBe('dormant');
  });

  it('tells of the last minutes once a minute, and of no more than half the time', async () => {
    for (const [noticeMinutes, told] of [
      [2, [8, 9]],
      [60, [5, 6, 7, 8, 9]],
      [0, []],
    ] as const) {
      const domain = await ready({ 'idle.noticeMinutes': noticeMinutes });
      const minutes: number[] = [];
      const subscription = domain.manager.onDidChange(({ statusChanged }) => {
        if (!statusChanged) minutes.push(domain.clock.monotonic() / minute);
      });
      await domain.clock.advance(10 * minute - 1);
      subscription.dispose();
      expect(minutes).toEqual(told);
    }
  });

  it('is one timer for all, which fires at most once a minute while nothing is near', async () => {
    const domain = await ready({ 'idle.timeoutMinutes': 120 });
    for (let more = 0; more < 49; more++) await domain.manager.create();
    expect(domain.clock.timers).toBe(1);
    const before = domain.clock.fired;
    await domain.clock.advance(60 * minute);
    expect(domain.clock.fired - before).toBeLessThanOrEqual(60);
    expect(domain.clock.timers).toBe(1);
  });
});

describe('a sweep', () => {
  it('goes on when one session cannot be saved, and comes back to that one soon', async () => {
    const domain = await ready();
    await domain.manager.create();
    await domain.manager.create();
    domain.store.failSavesOf.add('session-2');
    await domain.clock.advance(10 * minute);
    expect(['1', '2', '3'].map((n) => status(domain, `session-${n}`))).toEqual([
      'dormant',
      'ready',
      'dormant',
    ]);
    expect(domain.logger.lines.join()).toContain('session-2 was not stopped for being idle');
    domain.store.failSavesOf.clear();
    await domain.clock.advance(minute);
    expect(status(domain, 'session-2')).toBe('dormant');
  });

  it('goes on when one session cannot be stopped', async () => {
    const domain = await ready();
    await domain.manager.create();
    const [first] = domain.agents.links;
    if (first !== undefined) first.stop = () => Promise.reject(new Error('stuck in the kernel'));
    await domain.clock.advance(10 * minute);
    expect(status(domain, 'session-2')).toBe('dormant');
  });

  it('waits for a save that takes long, and does not ask for it twice', async () => {
    const domain = await ready();
    const saving = Promise.withResolvers<undefined>();
    domain.store.holdSaves = saving.promise;
    const before = domain.store.log.length;
    await domain.clock.advance(15 * minute);
    expect(status(domain)).toBe('ready');
    domain.store.holdSaves = undefined;
    saving.resolve(undefined);
    await settle();
    expect(status(domain)).toBe('dormant');
    const saves = domain.store.log.slice(before).filter((line) => line === 'save ready');
    expect(saves).toHaveLength(1);
  });

  it('lets a session be that somebody came back to while it was being saved', async () => {
    const domain = await ready();
    const saving = Promise.withResolvers<undefined>();
    domain.store.holdSaves = saving.promise;
    await domain.clock.advance(10 * minute);
    await domain.clock.advance(2000);
    domain.manager.touch('session-1');
    saving.resolve(undefined);
    domain.store.holdSaves = undefined;
    await domain.clock.advance(minute);
    expect(status(domain)).toBe('ready');
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

  it('finds them so also when it is asked before the late timer fires', async () => {
    const domain = await ready();
    await domain.clock.advance(5 * minute);
    domain.clock.sleep(8 * 60 * minute, true);
    await expect(domain.manager.terminateIdle()).resolves.toEqual([]);
    expect(status(domain)).toBe('ready');
    await domain.clock.advance(9 * minute);
    expect(status(domain)).toBe('ready');
  });

  it('does not owe anybody the time that it slept while nothing ran', async () => {
    const domain = await ready();
    await domain.manager.terminate('session-1');
    domain.clock.sleep(8 * 60 * minute, false);
    await domain.manager.resume('session-1');
    await domain.clock.advance(10 * minute);
    expect(status(domain)).toBe('dormant');
  });
});
