// What is done for each way to sign in that real agents offer.
import { describe, expect, it } from 'vitest';
import type { AgentNote } from '../../../src/session/agentOffers.ts';
import type { AuthMethod } from '../../../src/session/agentPort.ts';
import { knownMethods, signInPlan } from '../../../src/session/signInPlan.ts';

const agent = { id: 'a', name: 'A', command: 'node', args: ['/a/cli.js', 'acp'], env: { X: '1' } };
const note: AgentNote = {
  command: 'a',
  signIn: { keys: ['A_KEY'], terminal: ['auth', 'login'] },
  sessions: [],
  quirks: [],
};

function method(raw: {
  readonly id: string;
  readonly type?: string;
  readonly [key: string]: unknown;
}): AuthMethod {
  return { id: raw.id, name: raw.id, type: raw.type ?? 'agent', raw };
}

describe('a way to sign in', () => {
  it('of the agent itself is asked of the agent', () => {
    expect(signInPlan(method({ id: 'oauth' }), agent, note)).toEqual({ kind: 'agent' });
  });

  it('in a terminal is the command of the agent with more arguments', () => {
    const raw = { id: 't', type: 'terminal', args: ['--login'], env: { Y: '2' } };
    expect(signInPlan(method(raw), agent, note)).toEqual({
      kind: 'terminal',
      run: { command: 'node', args: ['/a/cli.js', 'acp', '--login'], env: { X: '1', Y: '2' } },
    });
    const older = { id: 't', _meta: { type: 'terminal', args: ['--auth-type=openai'] } };
    expect(signInPlan(method(older), agent, note)).toMatchObject({
      kind: 'terminal',
      run: { args: ['/a/cli.js', 'acp', '--auth-type=openai'] },
    });
  });

  it('that names a whole command is that command', () => {
    const raw = {
      id: 't',
      _meta: { 'terminal-auth': { command: '/bin/a', args: ['login'], label: 'L' } },
    };
    expect(signInPlan(method(raw), agent, note)).toEqual({
      kind: 'terminal',
      run: { command: '/bin/a', args: ['login'], env: { X: '1' } },
    });
  });

  it('by a key asks for the variable that it names', () => {
    const raw = { id: 'k', type: 'env_var', vars: [{ name: 'CODEX_API_KEY' }] };
    expect(signInPlan(method(raw), agent, undefined)).toEqual({
      kind: 'key',
      names: ['CODEX_API_KEY'],
      authenticate: false,
    });
  });

  it('by a key that the agent keeps itself is asked of the agent as well', () => {
    const raw = { id: 'k', _meta: { 'api-key': { provider: 'google' } } };
    expect(signInPlan(method(raw), agent, note)).toEqual({
      kind: 'key',
      names: ['A_KEY'],
      authenticate: true,
    });
    expect(signInPlan(method(raw), agent, undefined)).toEqual({ kind: 'agent' });
  });

  it('that is malformed is asked of the agent', () => {
    const raw = { id: 'm', _meta: { 'terminal-auth': { command: 7 } }, vars: 'no' };
    expect(signInPlan(method(raw), agent, note)).toEqual({ kind: 'agent' });
  });

  it('is known of an agent that offers none', () => {
    expect(knownMethods(agent, note)).toEqual([
      {
        id: 'roost.terminal',
        plan: {
          kind: 'terminal',
          run: { command: 'node', args: ['/a/cli.js', 'auth', 'login'], env: { X: '1' } },
        },
      },
      { id: 'roost.key', plan: { kind: 'key', names: ['A_KEY'], authenticate: false } },
    ]);
    const onPath = { ...agent, command: 'a', args: ['acp'] };
    expect(knownMethods(onPath, note)[0]?.plan).toMatchObject({ run: { args: ['auth', 'login'] } });
    expect(knownMethods(agent, undefined)).toEqual([]);
  });
});
