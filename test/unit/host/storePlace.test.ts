// Stores that the editor has no name for: they go by the folder that their sessions worked in.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { byNeed, placeOf, shortName } from '../../../src/host/storage/storePlace.ts';
import type { SavedSessionInfo } from '../../../src/session/info.ts';

const directory = '/data/workspaceStorage/abc/roost.roost';

function saved(cwd: string, savedAt: string): SavedSessionInfo {
  return { sessionId: 's', title: 't', agentId: 'a', cwd, savedAt, messageCount: 1, bytes: 1 };
}

describe('a store without a name', () => {
  it('has that of the folder its sessions worked in last, and tells when it is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roost-place-'));
    const sessions = [
      saved('/nowhere', '2026-01-01'),
      saved(folder, '2026-01-02'),
      saved('', '2027'),
    ];
    const store = { directory, name: directory, gone: false };
    expect(await placeOf(store, sessions)).toEqual({ directory, name: folder, gone: false });
    rmdirSync(folder);
    const gone = { directory, name: folder, gone: true };
    expect(await placeOf(store, sessions)).toEqual(gone);
    expect(await placeOf(store, [])).toEqual(store);
    const named = { ...store, name: '/home/user/project' };
    expect(await placeOf(named, sessions)).toEqual(named);
    expect([named, store, gone].sort(byNeed)).toEqual([gone, store, named]);
  });

  it('keeps the end of a long name', () => {
    const long = `/home/${'x'.repeat(60)}/project`;
    expect(shortName(long)).toMatch(/^….*x\/project$/);
    expect(shortName(long)).toHaveLength(48);
    expect(shortName('/short')).toBe('/short');
  });
});
