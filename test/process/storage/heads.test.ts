// Heads on real files: what is saved comes back, newer ones are left alone, names are checked.
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../../src/session/storePort.ts';
import { sessionStateSchema } from '../../../src/session/state.ts';
import { anyState } from '../../fixtures/storage/arbitraries.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { jsonOf, said, testFolder } from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

function stateIn(stored: StoredSession): unknown {
  return stored.kind === 'whole' ? stored.state : undefined;
}

describe('heads', () => {
  test('any state: save, load, list, save again give the same state', async () => {
    await using folder = testFolder('memory');
    const store = folder.store();
    await fc.assert(
      fc.asyncProperty(anyState, async (state) => {
        const expected = sessionStateSchema.parse(state);
        const id = `s${fs.existsSync(folder.file('')) ? fs.readdirSync(folder.file('')).length : 0}`;
        await store.save(id, state);
        expect(stateIn(await store.load(id))).toEqual(expected);
        const later = folder.store();
        const listed = (await later.list()).find(({ info }) => info.sessionId === id);
        expect(listed && stateIn(listed)).toEqual(expected);
        await later.save(id, expected);
        expect(stateIn(await later.load(id))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('what is saved in one turn ends with the last one, in one write, and keeps the head before', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const store = folder.store({ fs: faulty.fs });
    await store.save('one', stateOf({ title: 'before' }));
    let renames = 0;
    faulty.judge = ({ name, path }) => {
      if (name === 'rename' && path?.includes('.json.')) renames++;
      return undefined;
    };
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        store.save('one', stateOf({ title: `title ${index}` })),
      ),
    );
    expect(stateIn(await store.load('one'))).toMatchObject({ title: 'title 49' });
    const backup: unknown = JSON.parse(fs.readFileSync(folder.file('one.json.bak'), 'utf8'));
    expect(backup).toMatchObject({ state: { title: 'before' } });
    // One for the head, one for the one before.
    expect(renames).toBe(2);
    expect(fs.readdirSync(folder.file(''))).toEqual(['one.json', 'one.json.bak']);
  });

  test('a save is reported when the bytes, and then the name, are on the disk', async () => {
    await using folder = testFolder();
    await folder.store().save('one', stateOf());
    const faulty = new FaultyFileSystem();
    const calls: string[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'open') calls.push(path === folder.file('') ? 'open folder' : `open ${path}`);
      // The other rename makes the backup, at any time before.
      if (name === 'fsync') calls.push(name);
      if (name === 'rename' && calls[0] === `open ${path}`) calls.push(name);
      return undefined;
    };
    await folder.store({ fs: faulty.fs }).save('one', stateOf());
    // What follows is the list's cache.
    const expected = ['fsync', 'rename', 'open folder', 'fsync'];
    expect(calls.slice(1, 1 + expected.length)).toEqual(expected);
  });

  test('a second save reads what it wrote itself no more, and what somebody else wrote it does', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const store = folder.store({ fs: faulty.fs });
    await store.save('one', stateOf());
    const read: (string | undefined)[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'readFile') read.push(path);
      return undefined;
    };
    await store.save('one', stateOf({ title: 'second' }));
    expect(read).not.toContain(folder.file('one.json'));
    const head = jsonOf(folder.file('one.json'));
    fs.writeFileSync(folder.file('one.json'), JSON.stringify({ ...head, later: 'kept' }));
    await store.save('one', stateOf({ title: 'third' }));
    expect(jsonOf(folder.file('one.json'))).toMatchObject({
      later: 'kept',
      state: { title: 'third' },
    });
  });

  test('a rename that a scanner blocks for a moment is tried again', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    let blocked = 2;
    faulty.judge = ({ name }) => (name === 'rename' && blocked-- > 0 ? 'EPERM' : undefined);
    await folder.store({ fs: faulty.fs }).save('one', stateOf());
    expect(blocked).toBeLessThan(0);
    expect(fs.existsSync(folder.file('one.json'))).toBe(true);
  });

  test('a head of a newer Roost is listed, read-only, and survives every attempt to write it', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    const newer = fs
      .readFileSync(folder.file('one.json'), 'utf8')
      .replace('"version": 1', '"version": 7');
    fs.writeFileSync(folder.file('one.json'), newer);
    for (const each of [store, store, folder.store()]) {
      expect(await each.list()).toMatchObject([{ kind: 'whole', readOnly: 'newerVersion' }]);
    }
    await expect(store.save('one', stateOf())).rejects.toMatchObject({ code: 'storageNewer' });
    await expect(store.open('one')).rejects.toMatchObject({ code: 'storageNewer' });
    expect(fs.readFileSync(folder.file('one.json'), 'utf8')).toBe(newer);
    expect(fs.readdirSync(folder.file('')).sort()).toEqual(['one.json']);
  });

  test('two names that differ in case only are never taken for one another', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    // What a file system that ignores case would answer for ONE.json.
    fs.copyFileSync(folder.file('one.json'), folder.file('ONE.json'));
    expect(await store.load('ONE')).toMatchObject({ kind: 'damaged' });
  });

  test.each([0o000, 0o377])('files are 0600 and folders 0700 with the umask %i', async (mask) => {
    await using folder = testFolder();
    const umask = process.umask(mask);
    try {
      const store = folder.store();
      await store.save('one', stateOf());
      await store.save('one', stateOf());
      const log = await store.open('one');
      log.append(said('e1'));
      const modes = fs
        .readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
        .map((name) => [name, (fs.statSync(join(folder.path, name)).mode & 0o777).toString(8)]);
      expect(Object.fromEntries(modes)).toEqual({
        store: '700',
        'store/index.jsonl': '600',
        'store/sessions': '700',
        'store/sessions/one.json': '600',
        'store/sessions/one.json.bak': '600',
        'store/sessions/one.jsonl': '600',
        'store/sessions/one.owner': '600',
      });
    } finally {
      process.umask(umask);
    }
  });

  test('no id that is none reaches the disk', async () => {
    await using folder = testFolder();
    const store = folder.store();
    for (const id of ['../one', 'a/b', 'nul', '']) {
      const failed = expect.objectContaining({ code: 'invalidArgument' }) as unknown;
      await expect(store.load(id)).rejects.toEqual(failed);
      await expect(store.save(id, stateOf())).rejects.toEqual(failed);
      await expect(store.open(id)).rejects.toEqual(failed);
      await expect(store.delete(id)).rejects.toEqual(failed);
      await expect(store.readSlice(id, { limit: 1 })).rejects.toEqual(failed);
    }
    expect(fs.readdirSync(folder.path)).toEqual([]);
  });

  test('reading a store that was never written makes nothing', async () => {
    await using folder = testFolder();
    const store = folder.store();
    expect(await store.list()).toEqual([]);
    await expect(store.load('one')).rejects.toMatchObject({ code: 'savedSessionUnknown' });
    expect(await store.readTranscript('one')).toEqual([]);
    await expect(store.undoDelete()).rejects.toMatchObject({ code: 'savedSessionUnknown' });
    expect(await store.emptyTrash()).toBe(0);
    expect(fs.readdirSync(folder.path)).toEqual([]);
  });
});
