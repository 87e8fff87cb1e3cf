// A new session: each step until it is ready, and what a step that fails leaves behind.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../../src/session/errors.ts';
import { fakeDomain } from '../../../fakes/domain.ts';
import { fullInfo } from '../../../fakes/fakeAgents.ts';
import { settle } from '../../../fakes/fakeClock.ts';

describe('create', () => {
  it('resolves when ready, with each status reported after it is on disk', async () => {
    const { manager, statuses, store } = fakeDomain();
    const info = await manager.create();
    expect(info).toMatchObject({ status: 'ready', processAlive: true, pid: 1000, title: 'Fake' });
    expect(statuses).toEqual(['session-1 starting', 'session-1 ready']);
    expect(store.heads.get('session-1')).toMatchObject({
      status: 'ready',
      agentSessionId: 'fake-1',
    });
  });

  it('tells its caller of the row before the agent is ready, at once where all is loaded', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['initialize'] };
    const listed: string[] = [];
    const create = (): Promise<unknown> =>
      domain.manager.create({}, (sessionId) => {
        listed.push(sessionId);
        expect(domain.manager.get(sessionId)).toBeDefined();
      });
    const first = create();
    await settle();
    expect(listed).toEqual(['session-1']);
    const second = create();
    expect(listed).toEqual(['session-1', 'session-2']);
    await settle();
    for (const link of domain.agents.links) link.answer('initialize', fullInfo);
    await Promise.all([first, second]);
  });

  it('writes a quick start once, with what came of it', async () => {
    const { manager, clock, store } = fakeDomain();
    await manager.create();
    await clock.advance(1000);
    expect(store.log.filter((line) => line.startsWith('save'))).toEqual(['save ready']);
  });

  it('tells of a start at once, and writes one that takes long while it runs', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['initialize'] };
    const created = domain.manager.create();
    await settle();
    expect(domain.statuses).toEqual(['session-1 starting']);
    expect(domain.store.heads.size).toBe(0);
    await domain.clock.advance(250);
    expect(domain.store.heads.get('session-1')).toMatchObject({ status: 'starting' });
    domain.agents.last.answer('initialize', fullInfo);
    await created;
    expect(domain.statuses).toEqual(['session-1 starting', 'session-1 ready']);
    expect(domain.store.heads.get('session-1')).toMatchObject({ status: 'ready' });
  });

  it('fails with a row that says which step was refused', async () => {
    const domain = fakeDomain();
    domain.agents.script = { answers: { 'session/new': new SessionError('agentError', 'no', {}) } };
    await expect(domain.manager.create()).rejects.toMatchObject({
      code: 'agentError',
      sessionId: 'session-1',
      details: { command: '/usr/bin/fake-agent', step: 'session/new' },
    });
    expect(domain.manager.get('session-1')).toMatchObject({
      status: 'failed',
      processAlive: false,
    });
    expect(domain.agents.last.stops).toHaveLength(1);
  });

  it('gives up a step after its deadline and names the command', async () => {
    const domain = fakeDomain({ 'supervision.handshakeTimeoutSeconds': 2 });
    domain.agents.script = { hold: ['initialize'] };
    const created = domain.manager.create();
    created.catch(() => undefined);
    await domain.clock.advance(1999);
    expect(domain.manager.get('session-1')?.status).toBe('starting');
    await domain.clock.advance(2);
    await expect(created).rejects.toMatchObject({
      code: 'startTimeout',
      message: expect.stringContaining('/usr/bin/fake-agent') as string,
    });
    expect(domain.clock.timers).toBe(0);
  });

  it('fails with the exit code when the agent ends during the handshake', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['initialize'] };
    const created = domain.manager.create();
    created.catch(() => undefined);
    await settle();
    domain.agents.last.exit({ exitCode: 7 });
    await expect(created).rejects.toMatchObject({
      code: 'exitedDuringStart',
      details: { exitCode: 7, step: 'initialize', stderrTail: 'stderr of the fake' },
    });
  });

  it('says that a command does not exist', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['initialize'] };
    const created = domain.manager.create();
    created.catch(() => undefined);
    await settle();
    domain.agents.last.exit({ exitCode: null, spawnError: { code: 'ENOENT', message: 'x' } });
    await expect(created).rejects.toMatchObject({ code: 'commandNotFound' });
  });

  it('starts the process while the files are opened, and speaks to it when they are', async () => {
    const domain = fakeDomain();
    const opening = Promise.withResolvers<undefined>();
    domain.store.holdOpens = opening.promise;
    const created = domain.manager.create();
    await settle();
    const { last } = domain.agents;
    let heard = false;
    void last.request.heardFrom?.then(() => (heard = true));
    await settle();
    expect(last.calls).toEqual([]);
    expect(heard).toBe(false);
    opening.resolve(undefined);
    await expect(created).resolves.toMatchObject({ status: 'ready' });
    expect(heard).toBe(true);
  });

  it('ends the process, spoken to by nobody, when the files are not to be had', async () => {
    const domain = fakeDomain();
    domain.store.open_.add('session-1');
    await expect(domain.manager.create()).rejects.toMatchObject({ code: 'sessionReadOnly' });
    expect(domain.agents.last.calls).toEqual([]);
    expect(domain.agents.last.stops).toHaveLength(1);
    expect(domain.manager.get('session-1')).toMatchObject({
      status: 'failed',
      processAlive: false,
    });
  });

  it('closes files that were opened while the start failed', async () => {
    const domain = fakeDomain();
    const opening = Promise.withResolvers<undefined>();
    domain.store.holdOpens = opening.promise;
    const created = domain.manager.create();
    created.catch(() => undefined);
    await settle();
    const stopped = domain.manager.terminate('session-1');
    await settle();
    opening.resolve(undefined);
    await stopped;
    await expect(created).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(domain.store.open_.size).toBe(0);
  });

  it('refuses an agent that is not known without leaving a row', async () => {
    const { manager } = fakeDomain();
    await expect(manager.create({ agent: 'nobody' })).rejects.toMatchObject({
      code: 'agentUnknown',
    });
    expect(manager.list()).toEqual([]);
  });

  it('leaves no row behind when it is stopped while it starts', async () => {
    const domain = fakeDomain();
    domain.agents.script = { hold: ['session/new'] };
    const created = domain.manager.create();
    created.catch(() => undefined);
    await settle();
    await domain.manager.terminate('session-1');
    await expect(created).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(domain.manager.list()).toEqual([]);
    expect(domain.statuses).toEqual([
      'session-1 starting',
      'session-1 stopping',
      'session-1 dormant',
      'session-1 deleted',
    ]);
    expect(domain.store.heads.size).toBe(0);
  });

  it('notices an agent that ends right after its last answer', async () => {
    const domain = fakeDomain({ 'supervision.maxRestarts': 0 });
    domain.agents.script = { hold: ['session/new'] };
    const created = domain.manager.create();
    await settle();
    domain.agents.last.answer('session/new', { agentSessionId: 'a' });
    domain.agents.last.exit({ exitCode: 3 });
    await created.catch(() => undefined);
    await settle();
    expect(domain.manager.get('session-1')?.status).not.toBe('ready');
    expect(domain.manager.get('session-1')?.processAlive).toBe(false);
  });
});
