// What the next life of the host finds: rows at rest, cut turns marked once, and the ways on.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { fullInfo } from '../../../fakes/fakeAgents.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { heldTurn, texts } from './heldTurn.ts';

describe('the next life of the host', () => {
  it('lists what was saved, at rest, with a cut turn marked once', async () => {
    const before = await heldTurn({}, 'Mine');
    const after = before.nextLife();
    await expect(after.manager.restoreAll()).resolves.toEqual(['session-1']);
    await expect(after.manager.restoreAll()).resolves.toEqual([]);
    expect(after.manager.get('session-1')).toMatchObject({ status: 'dormant', title: 'Mine' });
    expect(after.agents.links).toEqual([]);
    expect(after.manager.details('session-1').interrupted).toBe(true);
    expect(texts(await after.manager.transcript('session-1'))).toEqual([
      'user: go',
      expect.stringContaining('cut short'),
    ]);
    const again = after.nextLife();
    await again.manager.restoreAll();
    expect(await again.manager.transcript('session-1')).toHaveLength(2);
    // The row goes on saying so until the session is started again.
    expect(again.manager.details('session-1').interrupted).toBe(true);
    await again.manager.resume('session-1');
    await again.manager.terminate('session-1');
    expect(again.manager.details('session-1').interrupted).toBe(false);
  });

  it('goes on in the mode the session was in, where the agent begins in another', async () => {
    const modes = [
      { id: 'ask', name: 'Ask' },
      { id: 'plan', name: 'Plan' },
    ];
    const before = fakeDomain();
    before.agents.script = { opened: { modes, currentModeId: 'ask' } };
    await before.manager.create();
    await before.manager.setMode('session-1', 'plan');
    await before.manager.terminate('session-1');
    const after = before.nextLife();
    after.agents.script = { opened: { modes, currentModeId: 'ask' } };
    await after.manager.restoreAll();
    await after.manager.resume('session-1');
    expect(after.agents.last.calls).toContain('session/set_mode');
    expect(after.manager.details('session-1').facts.currentModeId).toBe('plan');

    await after.manager.terminate('session-1');
    after.agents.script = { opened: { modes: [], currentModeId: 'ask' } };
    await after.manager.resume('session-1');
    expect(after.agents.last.calls).not.toContain('session/set_mode');
    expect(after.manager.details('session-1').facts.currentModeId).toBe('ask');
  });

  it('starts what ran when the window closed two at a time, and nothing else', async () => {
    const before = fakeDomain();
    for (let count = 0; count < 6; count++) await before.manager.create();
    await before.manager.terminate('session-6');
    await before.manager.shutdown(0);
    const { manager, agents } = before.nextLife();
    agents.script = { hold: ['initialize'] };
    await manager.restoreAll();
    const resumed = manager.resumeInterrupted();
    // Twice at the same time starts none of them twice.
    await Promise.all([manager.restoreAll(), manager.restore('session-1')]);
    for (let answered = 0; answered < 5; answered++) {
      await settle();
      expect(agents.links).toHaveLength(Math.min(5, answered + 2));
      agents.links[answered]?.answer('initialize', fullInfo);
    }
    await resumed;
    expect(agents.links.map(({ request }) => request.sessionId).sort()).toEqual(
      [1, 2, 3, 4, 5].map((number) => `session-${number}`),
    );
    expect(manager.get('session-6')?.processAlive).toBe(false);
    expect(manager.list()).toHaveLength(6);
  });

  it('starts nothing for having run in a window before the last', async () => {
    const first = fakeDomain();
    await first.manager.create();
    await first.manager.create();
    await first.manager.shutdown(0);
    const second = first.nextLife();
    await second.manager.restoreAll();
    await second.manager.leaveInterrupted();
    await second.manager.resume('session-2');
    await second.manager.shutdown(0);
    const { manager, agents } = second.nextLife();
    await manager.restoreAll();
    await manager.resumeInterrupted();
    expect(agents.links.map(({ request }) => request.sessionId)).toEqual(['session-2']);
  });

  it('only reads what another window owns', async () => {
    const before = fakeDomain();
    await before.manager.create();
    const after = before.nextLife();
    after.store.readOnly.add('session-1');
    await after.manager.restoreAll();
    await expect(after.manager.prompt('session-1', 'x')).rejects.toMatchObject({
      code: 'sessionReadOnly',
    });
    await after.manager.shutdown(0);
    expect(after.clock.timers).toBe(0);
  });

  it.each(['lazy', 'eager'])(
    'takes over what another window lets go of, as that left it: %s',
    async (policy) => {
      const before = await heldTurn({ 'restore.policy': policy }, 'Mine');
      const { manager, agents, clock, store } = before.nextLife();
      store.readOnly.add('session-1');
      await manager.restoreAll();
      await manager.resumeInterrupted();
      await clock.advance(10_000);
      expect(manager.details('session-1')).toMatchObject({ readOnly: 'ownedElsewhere' });
      expect(agents.links).toEqual([]);
      const head = store.heads.get('session-1');
      if (head !== undefined) store.heads.set('session-1', { ...head, title: 'Renamed there' });
      store.readOnly.delete('session-1');
      await clock.advance(30_000);
      const { readOnly, interrupted } = manager.details('session-1');
      expect([readOnly, manager.get('session-1')?.title]).toEqual([undefined, 'Renamed there']);
      expect(interrupted).toBe(policy === 'lazy');
      expect(agents.links).toHaveLength(policy === 'eager' ? 1 : 0);
      await manager.prompt('session-1', 'on');
      expect(texts(await manager.transcript('session-1'))).toEqual([
        'user: go',
        expect.stringContaining('cut short'),
        'user: on',
      ]);
      await manager.shutdown(0);
      expect(clock.timers).toBe(0);
    },
  );

  it('takes over soon what the user has begun to look at', async () => {
    const before = await heldTurn({}, 'Mine');
    const { manager, clock, store } = before.nextLife();
    store.readOnly.add('session-1');
    await manager.restoreAll();
    await clock.advance(600_000);
    manager.setVisible('session-1', true);
    store.readOnly.delete('session-1');
    await clock.advance(500);
    expect(manager.details('session-1').readOnly).toBeUndefined();
    await manager.shutdown(0);
    expect(clock.timers).toBe(0);
  });

  it('tells a new conversation what was said when the agent can neither resume nor load', async () => {
    const before = fakeDomain();
    await before.manager.create();
    await before.manager.prompt('session-1', 'my name is Ada');
    await before.manager.terminate('session-1');
    const after = before.nextLife();
    const nothing = {
      load: false,
      resume: false,
      close: false,
      list: false,
      fork: false,
      image: false,
      audio: false,
      embeddedContext: false,
    };
    after.agents.script = { info: { protocolVersion: 1, can: nothing, authMethods: [] } };
    await after.manager.restoreAll();
    await after.manager.prompt('session-1', 'who am I?');
    const [blocks] = after.agents.last.prompts;
    expect(JSON.stringify(blocks)).toContain('my name is Ada');
    expect((await after.manager.transcript('session-1')).map((entry) => entry.type)).toEqual([
      'user',
      'notice',
      'user',
    ]);
  });
});
