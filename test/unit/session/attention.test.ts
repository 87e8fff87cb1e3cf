// What the user has not seen, put away or pinned: set, kept on disk, and taken back by itself where that is promised.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

describe('unread', () => {
  it('is a turn that ended while nobody looked, told before its sender, until somebody looks', async () => {
    const domain = fakeDomain();
    const { manager, store } = domain;
    const { sessionId } = await manager.create();
    const ended: string[] = [];
    const subscription = manager.onDidEndTurn(({ outcome }) => {
      ended.push(`${outcome} ${manager.get(sessionId)?.unread ?? 'read'}`);
    });
    await manager.prompt(sessionId, 'hello');
    expect(ended).toEqual(['finished finished']);
    expect(manager.get(sessionId)?.unread).toBe('finished');
    manager.setVisible(sessionId, true);
    expect(manager.get(sessionId)?.unread).toBeUndefined();
    await settle();
    expect(store.heads.get(sessionId)).not.toHaveProperty('unread');
    await manager.prompt(sessionId, 'seen');
    expect(manager.get(sessionId)?.unread).toBeUndefined();
    subscription.dispose();
  });

  it('says that a turn failed, also when its agent crashed, and not that it was cancelled', async () => {
    const domain = fakeDomain({ 'supervision.maxRestarts': 0 });
    const { manager, agents } = domain;
    const { sessionId } = await manager.create();
    agents.script.answers = { 'session/prompt': { stopReason: 'cancelled' } };
    await manager.prompt(sessionId, 'cancelled');
    expect(manager.get(sessionId)?.unread).toBeUndefined();
    agents.script.hold = ['session/prompt'];
    const prompt = manager.prompt(sessionId, 'crash');
    await settle();
    agents.last.exit();
    await expect(prompt).rejects.toMatchObject({ code: 'agentExited' });
    expect(manager.get(sessionId)?.unread).toBe('failed');
    await manager.markRead(sessionId);
    expect(manager.get(sessionId)?.unread).toBeUndefined();
  });
});

describe('archiving', () => {
  it('stops and puts away, outlives the window, and ends when the session is started', async () => {
    const domain = fakeDomain();
    const { sessionId } = await domain.manager.create();
    await domain.manager.prompt(sessionId, 'hello');
    await domain.manager.setArchived(sessionId, true);
    expect(domain.manager.get(sessionId)).toMatchObject({ archived: true, status: 'dormant' });
    const next = domain.nextLife();
    await next.manager.restoreAll();
    expect(next.manager.get(sessionId)).toMatchObject({ archived: true });
    await next.manager.prompt(sessionId, 'again');
    expect(next.manager.get(sessionId)).not.toHaveProperty('archived');
    await next.manager.setArchived(sessionId, true);
    await next.manager.setArchived(sessionId, false);
    expect(next.manager.get(sessionId)).not.toHaveProperty('archived');
  });
});

describe('pinning', () => {
  it('is kept on disk as a place, and taken away again', async () => {
    const { manager, store } = fakeDomain();
    const { sessionId } = await manager.create();
    await manager.setPinned(sessionId, 2);
    expect(manager.get(sessionId)?.pinned).toBe(2);
    expect(store.heads.get(sessionId)?.pinned).toBe(2);
    await manager.setPinned(sessionId, undefined);
    expect(store.heads.get(sessionId)).not.toHaveProperty('pinned');
  });
});
