// Prompts: one turn at a time, the others waiting in an order that can be changed.
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../../src/session/errors.ts';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { texts } from './heldTurn.ts';

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

  it.each([
    ['max_tokens', /Fake stopped because its answer reached the length/],
    ['max_turn_requests', /Fake stopped because it asked its model as often as it may/],
    ['refusal', /Fake refused to go on/],
    ['of_tomorrow', /Fake ended this turn early: of_tomorrow\./],
  ])('that ends early (%s) says so, because the agent may not', async (stopReason, words) => {
    const { manager, agents } = fakeDomain();
    agents.script = { answers: { 'session/prompt': { stopReason } } };
    await manager.create();
    await expect(manager.prompt('session-1', 'one')).resolves.toEqual({ stopReason });
    expect((await manager.transcript('session-1')).at(-1)).toMatchObject({
      type: 'notice',
      code: 'endedEarly',
      text: expect.stringMatching(words) as string,
    });
    expect(manager.get('session-1')?.status).toBe('ready');
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
