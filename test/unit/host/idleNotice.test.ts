// The notice before idle sessions are stopped: one for all, once, and its buttons do what they say.
import { describe, expect, it } from 'vitest';
import { IdleNotice } from '../../../src/host/notices/idleNotice.ts';
import { SessionListModel } from '../../../src/host/list/sessionListModel.ts';
import { fakeDomain, type FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';
import { english } from './sessionFixtures.ts';

const minute = 60_000;

interface Told {
  readonly message: string;
  readonly press: (button: string | undefined) => Promise<void>;
}

/** A domain with a notice on it, and what was told. */
function watched(settings: Record<string, unknown> = {}): FakeDomain & { readonly told: Told[] } {
  const domain = fakeDomain({ 'idle.timeoutMinutes': 30, ...settings });
  const { manager: sessions, clock } = domain;
  const told: Told[] = [];
  const model = new SessionListModel({ sessions, clock, onListenerError: () => undefined });
  const notice = new IdleNotice({
    sessions,
    model,
    clock,
    noticeMinutes: () => Number(settings['idle.noticeMinutes'] ?? 2),
    t: english,
    ask: (message, ...buttons) => {
      expect(buttons).toEqual(['Keep', 'Stop Now']);
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      told.push({
        message,
        press: async (button) => {
          resolve(button);
          await settle();
        },
      });
      return promise;
    },
    run: (_what, work) => void work(),
  });
  expect(notice).toBeDefined();
  return { ...domain, told };
}

function statuses({ manager }: FakeDomain): string[] {
  return manager.list().map(({ status }) => status);
}

describe('the notice before idle sessions stop', () => {
  it('names all that are about to, once', async () => {
    const domain = watched();
    await domain.manager.create({ title: 'One' });
    await domain.manager.create({ title: 'Two' });
    await domain.clock.advance(30_000);
    await domain.manager.create({ title: 'Three, half a minute later' });
    await domain.clock.advance(27 * minute);
    expect(domain.told).toEqual([]);
    await domain.clock.advance(2 * minute);
    expect(domain.told.map(({ message }) => message)).toEqual([
      '3 idle sessions will be saved and stopped in 2 min: One, Two, Three, half a minute later',
    ]);
    await domain.clock.advance(5 * minute);
    expect(domain.told).toHaveLength(1);
    expect(statuses(domain)).toEqual(['dormant', 'dormant', 'dormant']);
  });

  it('keeps them when asked to, for another whole time, and tells again then', async () => {
    const domain = watched();
    await domain.manager.create({ title: 'Only' });
    await domain.clock.advance(28.5 * minute);
    expect(domain.told.map(({ message }) => message)).toEqual([
      'Idle, will be saved and stopped in 2 min: Only',
    ]);
    await domain.told[0]?.press('Keep');
    await domain.clock.advance(29 * minute);
    expect(statuses(domain)).toEqual(['ready']);
    expect(domain.told).toHaveLength(2);
    await domain.told[1]?.press(undefined);
    await domain.clock.advance(minute);
    expect(statuses(domain)).toEqual(['dormant']);
  });

  it('stops them at once when asked to, and nothing that has been used meanwhile', async () => {
    const domain = watched();
    await domain.manager.create({ title: 'Left' });
    await domain.manager.create({ title: 'Used' });
    await domain.clock.advance(29 * minute);
    domain.manager.touch('session-2');
    await domain.told[0]?.press('Stop Now');
    await domain.clock.advance(1000);
    expect(statuses(domain)).toEqual(['dormant', 'ready']);
  });

  it('is not given where no notice is wanted, nor for sessions that never stop', async () => {
    for (const settings of [{ 'idle.noticeMinutes': 0 }, { 'idle.timeoutMinutes': 0 }]) {
      const domain = watched(settings);
      await domain.manager.create();
      await domain.clock.advance(40 * minute);
      expect(domain.told).toEqual([]);
    }
  });

  it('says no more than a few titles, none of which becomes a link', async () => {
    const domain = watched();
    await domain.manager.create({ title: '[click](command:evil)' });
    for (const title of ['b', 'c', 'd', 'e']) await domain.manager.create({ title });
    await domain.clock.advance(29 * minute);
    expect(domain.told[0]?.message).toMatch(/^5 idle sessions .*, 2 more$/);
    expect(domain.told[0]?.message).not.toContain('](');
  });
});
