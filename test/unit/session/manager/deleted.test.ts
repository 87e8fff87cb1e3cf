// A session that is deleted, whatever it is doing: nothing of it runs afterwards, nothing is written any more, and all of it can come back.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { heldTurn, texts } from './heldTurn.ts';

describe('delete', () => {
  it('while a turn runs ends it, and what waits behind it', async () => {
    const { manager, agents, store, turn } = await heldTurn();
    const queued = manager.prompt('session-1', 'after that');
    queued.catch(() => undefined);
    await manager.deleteSaved('session-1');
    await expect(turn).resolves.toEqual({ stopReason: 'cancelled' });
    await expect(queued).resolves.toEqual({ stopReason: 'cancelled' });
    expect(agents.last.stops).toHaveLength(1);
    expect(manager.list()).toEqual([]);
    expect([...store.heads.keys()]).toEqual([]);
    expect(store.trash.get('session-1')).toMatchObject({ status: 'dormant', turnRunning: false });
    await manager.undoDelete();
    expect(texts(await manager.transcript('session-1')).at(-1)).toContain('cut short');
    expect(agents.links).toHaveLength(1);
  });

  it('while it starts ends the start', async () => {
    const { manager, agents, store } = fakeDomain();
    await manager.create();
    await manager.terminate('session-1');
    agents.script = { hold: ['initialize'] };
    const starting = manager.resume('session-1');
    starting.catch(() => undefined);
    await settle();
    await manager.deleteSaved('session-1');
    await expect(starting).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(agents.last.stops.length).toBeGreaterThan(0);
    expect([manager.list(), store.heads.size, store.open_.size]).toEqual([[], 0, 0]);
  });

  it.each(['prompt', 'resume', 'restart', 'rename', 'setKeepAwake'] as const)(
    'is not undone by a %s that comes while it is moved to the trash',
    async (name) => {
      const { manager, agents, store, clock } = fakeDomain();
      await manager.create();
      await manager.prompt('session-1', 'hello');
      const gate = Promise.withResolvers<undefined>();
      store.holdDeletes = gate.promise.then(() => undefined);
      const deleted = manager.deleteSaved('session-1');
      await settle();
      const acts = {
        prompt: () => manager.prompt('session-1', 'too late'),
        resume: () => manager.resume('session-1'),
        restart: () => manager.restart('session-1'),
        rename: () => manager.rename('session-1', 'Too late'),
        setKeepAwake: () => manager.setKeepAwake('session-1', true),
      };
      const late = acts[name]();
      late.catch(() => undefined);
      await settle();
      gate.resolve(undefined);
      await deleted;
      await expect(late).rejects.toMatchObject({ code: 'sessionUnknown' });
      await clock.advance(60_000);
      expect(agents.links).toHaveLength(1);
      expect([manager.list(), store.heads.size, store.open_.size]).toEqual([[], 0, 0]);
      await manager.undoDelete();
      expect(manager.get('session-1')?.title).toBe('hello');
    },
  );

  it('that fails leaves a session that goes on', async () => {
    const { manager, store } = fakeDomain();
    await manager.create();
    store.holdDeletes = Promise.reject(new Error('the disk refuses'));
    store.holdDeletes.catch(() => undefined);
    await expect(manager.deleteSaved('session-1')).rejects.toThrow('the disk refuses');
    store.holdDeletes = undefined;
    await manager.prompt('session-1', 'still here');
    await manager.rename('session-1', 'Kept');
    expect(store.heads.get('session-1')).toMatchObject({ title: 'Kept', status: 'ready' });
  });
});
