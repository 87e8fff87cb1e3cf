// A turn without a word for too long is shown as stalled, unless there is a reason.
import { describe, expect, it } from 'vitest';
import { heldTurn } from './heldTurn.ts';

describe('silence', () => {
  it('is shown as a stall, except while the user is asked', async () => {
    const { manager, agents, clock } = await heldTurn({ 'supervision.stallMinutes': 1 });
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
    const { manager, agents, clock } = await heldTurn({ 'supervision.stallMinutes': 1 });
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
