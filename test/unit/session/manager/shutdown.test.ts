// The end of the host: everything saved, everything ended, in time.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';

describe('shutdown', () => {
  it('saves and stops all, and refuses everything afterwards', async () => {
    const { manager, agents, store } = fakeDomain();
    await manager.create();
    await manager.create();
    await manager.shutdown(1000);
    expect(agents.links.every((link) => link.stops.length > 0)).toBe(true);
    expect(store.heads.get('session-2')?.status).toBe('dormant');
    await expect(manager.create()).rejects.toMatchObject({ code: 'disposed' });
  });

  it('saves before it asks anybody to end', async () => {
    const { manager, agents, store } = fakeDomain();
    await manager.create();
    const saving = Promise.withResolvers<undefined>();
    store.holdSaves = saving.promise;
    const over = manager.shutdown(1000);
    await settle();
    expect(agents.last.stops).toEqual([]);
    saving.resolve(undefined);
    await over;
    expect(agents.last.stops).toMatchObject([{ force: false }]);
    expect(store.log.slice(-3)).toEqual(['save ready', 'save stopping', 'save dormant']);
  });

  it('is over in time, with everything ended, whatever disk and agents do', async () => {
    const { manager, agents, clock, store } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    await manager.create();
    store.holdSaves = new Promise(() => undefined);
    let over = false;
    void manager.shutdown(1000).then(() => (over = true));
    await clock.advance(999);
    expect(agents.links.flatMap(({ stops }) => stops)).toEqual([]);
    await clock.advance(1);
    await settle();
    for (const link of agents.links) expect(link.stops.at(-1)).toMatchObject({ force: true });
    await clock.advance(1500);
    await settle();
    expect(over).toBe(true);
  });
});
