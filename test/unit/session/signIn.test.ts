// Signing in: before the conversation is opened, with the agent that runs, refused, for ever, and cancelled; and what agents are given.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../src/session/errors.ts';
import type { AgentProvisions, McpRequest } from '../../../src/session/provisions.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';
import { fullInfo } from '../../fakes/fakeAgents.ts';
import { MemoryStore } from '../../fakes/memoryStore.ts';

const signedOut = new SessionError('authRequired', 'Fake wants you to log in.');
const methods = [{ id: 'login', name: 'Log in', type: 'agent', raw: {} }];
const info = { ...fullInfo, authMethods: methods };

describe('an agent that asks for a sign-in', () => {
  it('fails the start, and says how to sign in', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { info, answers: { 'session/new': signedOut } };
    await expect(manager.create()).rejects.toMatchObject({ code: 'authRequired' });
    expect(manager.get('session-1')).toMatchObject({
      status: 'failed',
      error: { code: 'authRequired' },
    });
    expect(manager.details('session-1').authMethods).toEqual(methods);
  });

  it('is signed in to before the conversation is opened, and the session goes on', async () => {
    const { manager, agents, statuses } = fakeDomain();
    agents.script = { info, answers: { 'session/new': signedOut } };
    await manager.create().catch(() => undefined);
    agents.script = { info };
    await expect(manager.signIn('session-1', 'login')).resolves.toMatchObject({ status: 'ready' });
    expect(agents.last.calls).toEqual(['initialize', 'authenticate', 'session/new']);
    expect(statuses).toEqual(
      ['starting', 'failed', 'starting', 'ready'].map((status) => `session-1 ${status}`),
    );
  });

  it('is signed in to while it runs, without another start', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { info };
    await manager.create();
    await manager.signIn('session-1', 'login');
    expect(agents.links).toHaveLength(1);
    expect(agents.last.calls.at(-1)).toBe('authenticate');
  });

  it('within a turn is sent the prompt again, which the transcript holds once while nothing else was said', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { info, answers: { 'session/prompt': signedOut } };
    await manager.create();
    const unanswered = manager.prompt('session-1', 'hello');
    await expect(unanswered).rejects.toMatchObject({ code: 'authRequired' });
    agents.script = { info };
    // Another process, as after a sign-in in a terminal.
    await manager.restart('session-1');
    await manager.prompt('session-1', 'hello', true);
    expect(agents.last.prompts).toEqual([[{ type: 'text', text: 'hello' }]]);
    expect(await said()).toEqual(['hello']);
    agents.last.events.onUpdate('fake-1', { type: 'text', role: 'agent', text: 'hi' });
    await manager.prompt('session-1', 'hello', true);
    expect(await said()).toEqual(['hello', 'hi', 'hello']);

    async function said(): Promise<string[]> {
      const entries = await manager.transcript('session-1');
      return entries.flatMap((one) =>
        one.type === 'user' || one.type === 'agent' ? one.text : [],
      );
    }
  });

  it('that asks for ever is not asked for ever', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { info, answers: { 'session/new': signedOut } };
    await manager.create().catch(() => undefined);
    await expect(manager.signIn('session-1', 'login')).rejects.toMatchObject({
      code: 'authRequired',
      message: 'Fake accepted the sign-in and still asks for one.',
    });
    expect(agents.links).toHaveLength(2);
    expect(manager.get('session-1')?.status).toBe('failed');
  });

  it('and refuses it, says so', async () => {
    const { manager, agents } = fakeDomain();
    const refused = new SessionError('agentError', 'wrong password');
    agents.script = { info, answers: { 'session/new': signedOut, authenticate: refused } };
    await manager.create().catch(() => undefined);
    await expect(manager.signIn('session-1', 'login')).rejects.toMatchObject({
      code: 'authRequired',
      message: 'Fake did not sign you in. wrong password',
    });
  });

  it('and never answers, is given up by a stop', async () => {
    const { manager, agents } = fakeDomain();
    agents.script = { info, answers: { 'session/new': signedOut } };
    await manager.create().catch(() => undefined);
    agents.script = { info, hold: ['authenticate'] };
    const signingIn = manager.signIn('session-1', 'login');
    const outcome = expect(signingIn).rejects.toMatchObject({ code: 'sessionStopped' });
    await expect.poll(() => agents.last.calls).toContain('authenticate');
    await manager.terminate('session-1');
    await outcome;
  });

  it('and never answers, is given up after ten minutes', async () => {
    const { manager, agents, clock } = fakeDomain();
    agents.script = { info, answers: { 'session/new': signedOut } };
    await manager.create().catch(() => undefined);
    agents.script = { info, hold: ['authenticate'] };
    const outcome = expect(manager.signIn('session-1', 'login')).rejects.toMatchObject({
      code: 'startTimeout',
    });
    await expect.poll(() => agents.last.calls).toContain('authenticate');
    await clock.advance(10 * 60_000 + 1);
    await outcome;
    expect(clock.timers).toBe(0);
  });

  it('after a crash, is not started again and again', async () => {
    const { manager, agents, clock } = fakeDomain();
    agents.script = { info };
    await manager.create();
    agents.script = { info, answers: { 'session/resume': signedOut } };
    agents.last.exit({ exitCode: 1 });
    await expect.poll(() => manager.get('session-1')?.status).toBe('crashed');
    await clock.advance(60_000);
    await expect.poll(() => manager.get('session-1')?.status).toBe('failed');
    await clock.advance(600_000);
    expect(agents.links).toHaveLength(2);
  });
});

describe('an agent that changed between versions', () => {
  it('and no longer resumes, is told what was said, plainly', async () => {
    const domain = fakeDomain();
    domain.agents.script = { info };
    await domain.manager.create();
    await domain.manager.prompt('session-1', 'remember this');
    await domain.manager.terminate('session-1');
    const nothing = { load: false, resume: false, close: false, list: false, fork: false };
    domain.agents.script = {
      info: { ...info, version: '2.0.0', can: { ...info.can, ...nothing } },
    };
    await domain.manager.resume('session-1');
    expect(domain.agents.last.calls).toEqual(['initialize', 'session/new']);
    const said = JSON.stringify(await domain.manager.transcript('session-1'));
    expect(said).toContain('could not load this conversation');
  });
});

describe('what an agent is given', () => {
  const server = {
    transport: 'stdio',
    name: 'files',
    command: '/bin/files',
    args: [],
    env: {},
  } as const;

  function giving(more: Partial<AgentProvisions>): {
    readonly domain: ReturnType<typeof fakeDomain>;
    readonly asked: McpRequest[];
  } {
    const asked: McpRequest[] = [];
    const provisions: AgentProvisions = {
      environment: (agentId) => Promise.resolve({ [`${agentId}_KEY`]: 'secret' }),
      signInKnown: () => Promise.resolve(false),
      mcpServers: (request) => {
        asked.push(request);
        return Promise.resolve([server]);
      },
      ...more,
    };
    return { domain: fakeDomain({}, new MemoryStore(), provisions), asked };
  }

  it('are its keys and the servers it can reach, at every way of opening', async () => {
    const { domain, asked } = giving({});
    domain.agents.script = { info: { ...info, mcp: { http: true, sse: false } } };
    await domain.manager.create();
    expect(domain.agents.last.request.keys).toEqual({ fake_KEY: 'secret' });
    expect(domain.agents.last.opens).toMatchObject([{ mcpServers: [server] }]);
    expect(asked).toMatchObject([
      { sessionId: 'session-1', cwd: '/work', transports: { http: true, sse: false } },
    ]);
    await domain.manager.restart('session-1');
    expect(domain.agents.last.calls).toContain('session/resume');
    expect(domain.agents.last.opens).toMatchObject([{ mcpServers: [server] }]);
  });

  /** Whether the value was still wanted when the question was over, each time. */
  const wanted: boolean[] = [];

  /** Servers that need a value of the user, as soon as they are wanted. */
  const asking: AgentProvisions['mcpServers'] = async ({ ask, signal }) => {
    const question = { agentSessionId: undefined, mode: 'form', message: 'A token' } as const;
    const { action } = await ask(question, signal);
    wanted.push(!signal.aborted);
    return action === 'accept' ? [server] : [];
  };

  it('may need the user first: the session starts when that is answered', async () => {
    const { domain } = giving({ mcpServers: asking });
    const { manager, agents } = domain;
    const created = manager.create();
    await settle();
    const waiting = manager.get('session-1');
    expect(waiting).toMatchObject({
      status: 'starting',
      pendingRequests: [{ kind: 'elicitation', title: 'A token' }],
    });
    const requestId = waiting?.pendingRequests[0]?.requestId ?? '';
    await manager.respondToElicitation('session-1', requestId, { action: 'accept' });
    await expect(created).resolves.toMatchObject({ status: 'ready', pendingRequests: [] });
    expect(wanted).toEqual([true]);
    expect(agents.last.opens).toMatchObject([{ mcpServers: [server] }]);
  });

  it('is asked for no longer when the session is stopped, or its agent has ended', async () => {
    const { domain } = giving({ mcpServers: asking });
    const { manager, agents } = domain;
    const stopped = manager.create().catch((error: unknown) => error);
    await settle();
    await manager.terminate('session-1');
    await expect(stopped).resolves.toMatchObject({ code: 'sessionStopped' });
    expect(wanted.at(-1)).toBe(false);
    const died = manager.create().catch((error: unknown) => error);
    await settle();
    expect(manager.get('session-2')?.pendingRequests).toHaveLength(1);
    agents.last.exit({ signal: 'SIGKILL', exitCode: null });
    await expect(died).resolves.toMatchObject({ code: 'exitedDuringStart' });
    expect(manager.get('session-2')).toMatchObject({ status: 'failed', pendingRequests: [] });
    expect(wanted.at(-1)).toBe(false);
  });

  it('are written to no file', async () => {
    const { domain } = giving({});
    await domain.manager.create();
    expect(JSON.stringify([...domain.store.heads.values()])).not.toContain('secret');
    expect(domain.logger.lines.join()).not.toContain('secret');
  });

  it('is nothing where it cannot be had: the session starts without', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('the keyring is locked: secret'));
    const { domain } = giving({ environment: broken, mcpServers: broken });
    await expect(domain.manager.create()).resolves.toMatchObject({ status: 'ready' });
    expect(domain.agents.last.request.keys).toEqual({});
    expect(domain.agents.last.opens).toMatchObject([{ mcpServers: [] }]);
    expect(domain.logger.lines).toContain(
      'warn: The keys of fake could not be read; it starts without them.',
    );
  });
});
