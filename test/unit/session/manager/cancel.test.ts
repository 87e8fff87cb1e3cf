// A turn that is cancelled, by agents that obey and agents that do not.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';
import { heldTurn } from './heldTurn.ts';

describe('cancel', () => {
  it('resolves when the turn has ended and closes what was open', async () => {
    const { manager, agents, turn } = await heldTurn();
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
    const { manager, clock } = await heldTurn();
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
