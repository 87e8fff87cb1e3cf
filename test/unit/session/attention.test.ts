// What the user has not seen, put away or pinned: set, kept on disk, and taken back by itself where that is promised.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../src/session/errors.ts';
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

describe('a fork', () => {
  it('goes on from where the other is, with all that was said, and says that it is one', async () => {
    const { manager, agents, telemetry } = fakeDomain();
    const { sessionId } = await manager.create();
    await manager.prompt(sessionId, 'hello');
    const fork = await manager.fork(sessionId);
    expect(fork.sessionId).not.toBe(sessionId);
    expect(fork).toMatchObject({ title: 'hello', status: 'ready', messageCount: 1 });
    expect(agents.last.calls).toEqual(['initialize', 'session/fork']);
    expect(await manager.transcript(fork.sessionId)).toEqual(await manager.transcript(sessionId));
    expect(telemetry.filter(({ name }) => name === 'roost.session.created')).toMatchObject([
      { origin: 'new' },
      { origin: 'forked', sessionId: fork.sessionId },
    ]);
    // From now on it is a conversation of its own, which is resumed and not forked again.
    await manager.terminate(fork.sessionId);
    await manager.resume(fork.sessionId);
    expect(agents.last.calls).toEqual(['initialize', 'session/resume']);
    expect(manager.get(sessionId)?.status).toBe('ready');
  });

  it('keeps the title it was given, whatever its agent calls the conversation', async () => {
    const { manager, agents } = fakeDomain();
    const { sessionId } = await manager.create();
    await manager.prompt(sessionId, 'hello');
    const fork = await manager.fork(sessionId, 'Fork of hello');
    expect(fork.title).toBe('Fork of hello');
    agents.last.events.onUpdate('fake-fork', { type: 'title', title: 'hello' });
    expect(manager.get(fork.sessionId)?.title).toBe('Fork of hello');
    expect(manager.get(sessionId)?.title).toBe('hello');
  });

  it('that the agent refuses fails, and the other session hears nothing of it', async () => {
    const { manager, agents } = fakeDomain();
    const { sessionId } = await manager.create();
    await expect(manager.fork('unknown')).rejects.toMatchObject({ code: 'sessionUnknown' });
    agents.script = { answers: { 'session/fork': new SessionError('agentError', 'no') } };
    await expect(manager.fork(sessionId)).rejects.toMatchObject({
      code: 'agentError',
      details: { step: 'session/fork' },
    });
    expect(manager.get(sessionId)?.status).toBe('ready');
  });
});
