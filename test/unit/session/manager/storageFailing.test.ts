// A session whose disk refuses: it goes on, and says so.
import { describe, expect, it } from 'vitest';
import { fakeDomain } from '../../../fakes/domain.ts';

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
