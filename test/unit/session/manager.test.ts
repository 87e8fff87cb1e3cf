// The operations on sessions, each against fake agents: what is reported, written and left behind.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../src/session/errors.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { fullInfo } from '../../fakes/fakeAgents.ts';
import { settle } from '../../fakes/fakeClock.ts';

function texts(entries: readonly { type: string }[]): string[] {
  return entries.map((entry) => {
    if ('text' in entry) return `${entry.type}: ${String(entry.text)}`;
    return entry.type;
  });
}

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

describe('prompt', () => {
  it('writes the prompt, the merged answer and the turn, and titles the session', async () => {
    const domain = fakeDomain();
    const { manager, agents } = domain;
    await manager.create();
    agents.last.events.onUpdate('fake-1', { type: 'commands', commands: [] });
    const live: string[] = [];
    const listening = manager.onDidChangeTranscript(({ change }) => live.push(change.type));
    const turn = manager.prompt('session-1', 'Hello there\nsecond line');
    agents.last.events.onUpdate('fake-1', { type: 'text', role: 'agent', text: 'Hi' });
    agents.last.events.onUpdate('fake-1', { type: 'text', role: 'agent', text: ' you' });
    await expect(turn).resolves.toEqual({ stopReason: 'end_turn' });
    expect(texts(await manager.transcript('session-1'))).toEqual([
      'user: Hello there\nsecond line',
      'agent: Hi you',
    ]);
    expect(live).toEqual(['user', 'agent', 'append']);
    listening.dispose();
    expect(manager.get('session-1')).toMatchObject({ title: 'Hello there', messageCount: 2 });
    expect(domain.statuses.slice(-2)).toEqual(['session-1 working', 'session-1 ready']);
  });

  it('keeps one prompt in flight and sends the next when the turn ends', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const first = manager.prompt('session-1', 'one');
    const second = manager.prompt('session-1', 'two');
    await settle();
    expect(agents.last.prompts).toHaveLength(1);
    expect(manager.details('session-1').queue).toMatchObject([{ text: 'two' }]);
    agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await first;
    await settle();
    expect(agents.last.prompts).toHaveLength(2);
    agents.last.answer('session/prompt', { stopReason: 'refusal' });
    await expect(second).resolves.toEqual({ stopReason: 'refusal' });
  });

  it('takes a waiting prompt back', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    manager.prompt('session-1', 'one').catch(() => undefined);
    const second = manager.prompt('session-1', 'two');
    await settle();
    const [waiting] = manager.details('session-1').queue;
    const taken = manager.unqueue('session-1', waiting?.promptId ?? '');
    await expect(second).resolves.toEqual({ stopReason: 'cancelled' });
    expect(taken).toEqual([{ type: 'text', text: 'two' }]);
    expect(manager.unqueue('session-1', waiting?.promptId ?? '')).toBeUndefined();
  });

  it('gives waiting prompts another order', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    for (const text of ['one', 'two', 'three']) {
      manager.prompt('session-1', text).catch(() => undefined);
    }
    await settle();
    const last = manager.details('session-1').queue.at(-1)?.promptId ?? '';
    manager.moveQueued('session-1', last, -1);
    expect(manager.details('session-1').queue.map(({ text }) => text)).toEqual(['three', 'two']);
    agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await settle();
    expect(agents.last.prompts.at(-1)).toEqual([{ type: 'text', text: 'three' }]);
  });

  it('starts a session at rest first', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    await manager.terminate('session-1');
    await manager.prompt('session-1', 'again');
    expect(agents.links).toHaveLength(2);
    expect(agents.last.calls).toContain('session/resume');
  });

  it('reports what the agent answered with when it refuses a prompt', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { answers: { 'session/prompt': new SessionError('agentError', 'no money') } };
    await manager.create();
    await expect(manager.prompt('session-1', 'x')).rejects.toMatchObject({
      code: 'agentError',
      sessionId: 'session-1',
    });
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('rejects for a session that is not known', async () => {
    const { manager } = fakeDomain();
    await expect(manager.prompt('nobody', 'x')).rejects.toMatchObject({ code: 'sessionUnknown' });
  });
});

describe('permission', () => {
  const ask = {
    agentSessionId: 'fake-1',
    toolCall: { toolCallId: 't1', title: 'Run ls', kind: 'execute' },
    options: [
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ],
  };

  it('needs input until it is answered, then works on', async () => {
    const { manager, agents, statuses } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'go');
    await settle();
    const answer = agents.last.events.requestPermission(ask, new AbortController().signal);
    await settle();
    const [request] = manager.get('session-1')?.pendingRequests ?? [];
    expect(request).toMatchObject({ kind: 'permission', title: 'Run ls' });
    await expect(
      manager.respondToPermission('session-1', request?.requestId ?? '', 'maybe'),
    ).rejects.toMatchObject({ code: 'invalidArgument', sessionId: 'session-1' });
    await manager.respondToPermission('session-1', request?.requestId ?? '', 'yes');
    await expect(answer).resolves.toBe('yes');
    await expect(
      manager.respondToPermission('session-1', request?.requestId ?? '', 'yes'),
    ).rejects.toMatchObject({ code: 'requestUnknown' });
    agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await turn;
    expect(statuses.slice(2)).toEqual(
      ['working', 'needsInput', 'working', 'ready'].map((status) => `session-1 ${status}`),
    );
  });

  it('ends a refused call with its turn when the agent says no more of it', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'go');
    await settle();
    const answer = agents.last.events.requestPermission(ask, new AbortController().signal);
    const [request] = manager.get('session-1')?.pendingRequests ?? [];
    await manager.respondToPermission('session-1', request?.requestId ?? '', 'no');
    await expect(answer).resolves.toBe('no');
    agents.last.answer('session/prompt', { stopReason: 'end_turn' });
    await turn;
    const calls = (await manager.transcript('session-1')).filter(({ type }) => type === 'toolCall');
    expect(calls).toMatchObject([{ toolCallId: 't1', status: 'failed' }]);
  });

  it('is gone at once when the agent ends', async () => {
    const { manager, agents } = fakeDomain({ 'supervision.maxRestarts': 0 });
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    manager.prompt('session-1', 'go').catch(() => undefined);
    await settle();
    const answer = agents.last.events.requestPermission(ask, new AbortController().signal);
    agents.last.exit({ signal: 'SIGKILL', exitCode: null });
    await expect(answer).resolves.toBeUndefined();
    expect(manager.get('session-1')?.pendingRequests).toEqual([]);
  });

  it('is answered by the mode where the mode may', async () => {
    const { manager, agents } = fakeDomain({ 'permissions.mode': 'allowReads' });
    await manager.create();
    const read = { ...ask, toolCall: { ...ask.toolCall, kind: 'read' } };
    const { signal } = new AbortController();
    await expect(agents.last.events.requestPermission(read, signal)).resolves.toBe('yes');
    void agents.last.events.requestPermission(ask, signal);
    expect(manager.get('session-1')?.pendingRequests).toHaveLength(1);
  });
});

describe('cancel', () => {
  it('resolves when the turn has ended and closes what was open', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'go');
    await settle();
    agents.last.events.onUpdate('fake-1', {
      type: 'toolCall',
      patch: { toolCallId: 't1', title: 'Run', status: 'in_progress' },
    });
    const cancelled = manager.cancel('session-1');
    expect(agents.last.calls).toContain('session/cancel');
    agents.last.answer('session/prompt', { stopReason: 'cancelled' });
    await cancelled;
    await expect(turn).resolves.toEqual({ stopReason: 'cancelled' });
    expect(await manager.transcript('session-1')).toContainEqual(
      expect.objectContaining({ type: 'toolCall', status: 'cancelled' }),
    );
  });

  it('says so when the agent does not end its turn', async () => {
    const { manager, agents, clock } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    manager.prompt('session-1', 'go').catch(() => undefined);
    await settle();
    const cancelled = manager.cancel('session-1');
    cancelled.catch(() => undefined);
    await clock.advance(31_000);
    await expect(cancelled).rejects.toMatchObject({ code: 'agentError' });
  });

  it('has nothing to do when nothing runs', async () => {
    const { manager } = fakeDomain();
    await manager.create();
    await expect(manager.cancel('session-1')).resolves.toBeUndefined();
  });
});

describe('terminate', () => {
  it('reports how the process ended and leaves a dormant row', async () => {
    const { manager, agents, statuses } = fakeDomain();
    await manager.create();
    const report = await manager.terminate('session-1');
    expect(report).toMatchObject({ sessionId: 'session-1', signal: 'SIGTERM', forced: false });
    expect(agents.last.stops[0]).toMatchObject({ graceMs: 5000, agentSessionId: 'fake-1' });
    expect(statuses.slice(2)).toEqual(['session-1 stopping', 'session-1 dormant']);
    expect(manager.get('session-1')).toMatchObject({ status: 'dormant', processAlive: false });
  });

  it('is one stop however often it is asked for, hastened by force', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    const polite = manager.terminate('session-1');
    const again = manager.terminate('session-1');
    await settle();
    expect(agents.last.stops).toHaveLength(1);
    const forced = manager.terminate('session-1', { force: true });
    const [a, b, c] = await Promise.all([polite, again, forced]);
    expect(a).toEqual(b);
    expect(a).toEqual(c);
    expect(agents.last.stops).toHaveLength(2);
  });

  it('marks a turn that it cut short and never sends it again', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'go');
    await settle();
    await manager.terminate('session-1');
    await expect(turn).resolves.toEqual({ stopReason: 'cancelled' });
    expect(texts(await manager.transcript('session-1')).at(-1)).toContain(
      'notice: This turn was cut short',
    );
    await manager.resume('session-1');
    await settle();
    expect(agents.last.prompts).toEqual([]);
  });

  it('is followed by a start that was asked for meanwhile', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { holdStop: true };
    await manager.create();
    const stopped = manager.terminate('session-1');
    const resumed = manager.resume('session-1');
    await settle();
    expect(agents.links).toHaveLength(1);
    agents.last.answer('stop');
    await stopped;
    await resumed;
    expect(agents.links).toHaveLength(2);
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('during a restart is the last word, and the restart comes to nothing', async () => {
    const { manager, agents, statuses } = fakeDomain();
    await manager.create();
    agents.script = { hold: ['initialize'] };
    const restarted = manager.restart('session-1');
    restarted.catch(() => undefined);
    await settle();
    expect(manager.get('session-1')?.status).toBe('starting');
    const [stopped, again] = await Promise.all([
      manager.terminate('session-1'),
      manager.terminate('session-1', { force: true }),
    ]);
    expect(stopped).toEqual(again);
    await expect(restarted).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(statuses.slice(2)).toEqual(
      ['stopping', 'dormant', 'starting', 'stopping', 'dormant'].map((one) => `session-1 ${one}`),
    );
    expect(manager.get('session-1')?.processAlive).toBe(false);
  });

  it('and start, again and again without waiting, end in the order they were asked for', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    const asked = [1, 2, 3].flatMap(() => [
      manager.terminate('session-1'),
      manager.resume('session-1'),
    ]);
    await Promise.allSettled(asked);
    // What was asked while it stopped was one start.
    expect(agents.links).toHaveLength(2);
    expect(manager.get('session-1')?.status).toBe('ready');
  });

  it('can be tried again when the system would not end the process', async () => {
    const { manager, agents } = fakeDomain();
    await manager.create();
    const { last } = agents;
    const stop = last.stop.bind(last);
    last.stop = () => Promise.reject(new SessionError('internal', 'it hangs in the kernel'));
    await expect(manager.terminate('session-1')).rejects.toMatchObject({ code: 'internal' });
    expect(manager.get('session-1')).toMatchObject({ status: 'stopping', processAlive: true });
    last.stop = stop;
    await expect(manager.terminate('session-1')).resolves.toMatchObject({ signal: 'SIGTERM' });
    expect(manager.get('session-1')).toMatchObject({ status: 'dormant', processAlive: false });
  });

  it('has nothing to end where nothing runs', async () => {
    const { manager } = fakeDomain();
    await manager.create();
    await manager.terminate('session-1');
    await expect(manager.terminate('session-1')).resolves.toMatchObject({
      exitCode: null,
      durationMs: 0,
    });
  });
});

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
    const domain = fakeDomain();
    const { manager, agents, clock } = domain;
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    const turn = manager.prompt('session-1', 'go');
    turn.catch(() => undefined);
    await settle();
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
    expect(domain.telemetry).toContainEqual(
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

describe('the next life of the host', () => {
  it('lists what was saved, at rest, with a cut turn marked once', async () => {
    const before = fakeDomain();
    before.agents.script = { hold: ['session/prompt'] };
    await before.manager.create({ title: 'Mine' });
    before.manager.prompt('session-1', 'go').catch(() => undefined);
    await settle();
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
      const before = fakeDomain({ 'restore.policy': policy });
      before.agents.script = { hold: ['session/prompt'] };
      await before.manager.create({ title: 'Mine' });
      before.manager.prompt('session-1', 'go').catch(() => undefined);
      await settle();
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

describe('storage that fails', () => {
  it('keeps the session going and says so', async () => {
    const { manager, store } = fakeDomain();
    await manager.create();
    store.failSaves = true;
    store.failAppends = true;
    await expect(manager.prompt('session-1', 'x')).resolves.toEqual({ stopReason: 'end_turn' });
    expect(manager.details('session-1').storageFailing).toBe(true);
    await expect(manager.save('session-1')).rejects.toMatchObject({ code: 'storageFailed' });
    store.failSaves = false;
    store.failAppends = false;
    await manager.save('session-1');
    expect(manager.details('session-1').storageFailing).toBe(false);
  });
});

describe('silence', () => {
  it('is shown as a stall, except while the user is asked', async () => {
    const { manager, agents, clock } = fakeDomain({ 'supervision.stallMinutes': 1 });
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    manager.prompt('session-1', 'go').catch(() => undefined);
    await clock.advance(61_000);
    expect(manager.details('session-1').stalledSince).toBeDefined();
    agents.last.events.onUpdate('fake-1', { type: 'text', role: 'agent', text: 'x' });
    expect(manager.details('session-1').stalledSince).toBeUndefined();
    const { signal } = new AbortController();
    void agents.last.events.elicit(
      { agentSessionId: 'fake-1', mode: 'form', message: '?' },
      signal,
    );
    await clock.advance(300_000);
    expect(manager.details('session-1').stalledSince).toBeUndefined();
  });

  it('is none while a command of the agent runs, and counts from its end', async () => {
    const { manager, agents, clock } = fakeDomain({ 'supervision.stallMinutes': 1 });
    agents.script = { hold: ['session/prompt'] };
    await manager.create();
    manager.prompt('session-1', 'go').catch(() => undefined);
    await settle();
    agents.last.events.onTerminalsChanged(1);
    await clock.advance(300_000);
    expect(manager.details('session-1').stalledSince).toBeUndefined();
    agents.last.events.onTerminalsChanged(0);
    await clock.advance(59_000);
    expect(manager.details('session-1').stalledSince).toBeUndefined();
    await clock.advance(61_000);
    expect(manager.details('session-1').stalledSince).toBeDefined();
  });
});

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
