// What an agent asks the user: shown, answered once, and gone with the agent.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { settle } from '../../../fakes/fakeClock.ts';
import { heldTurn } from './heldTurn.ts';

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
    const { manager, agents, statuses, turn } = await heldTurn();
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
    const { manager, agents, turn } = await heldTurn();
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
    const { manager, agents } = await heldTurn({ 'supervision.maxRestarts': 0 });
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
