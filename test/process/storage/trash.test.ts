// Deleted sessions: gone from the list, back exactly, swept only when the user says so.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { fakeIdentity } from '../../fixtures/storage/identities.ts';
import { contentOf, said, testFolder } from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

describe('trash', () => {
  test('a deleted session is gone from the list, and comes back exactly', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    await store.save('one', stateOf({ title: 'second' }));
    const log = await store.open('one');
    log.append(said('e1'));
    await expect(store.delete('one')).rejects.toMatchObject({ code: 'invalidArgument' });
    await log.close();
    const before = contentOf(folder.file(''));
    await store.delete('one');
    expect(await store.list()).toEqual([]);
    expect(contentOf(folder.file(''))).toEqual({});
    await expect(store.load('one')).rejects.toMatchObject({ code: 'savedSessionUnknown' });
    await expect(store.delete('one')).rejects.toMatchObject({ code: 'savedSessionUnknown' });
    expect(await folder.store().undoDelete()).toBe('one');
    expect(contentOf(folder.file(''))).toEqual(before);
    expect(await store.readTranscript('one')).toEqual([said('e1')]);
    await expect(store.undoDelete()).rejects.toMatchObject({ code: 'savedSessionUnknown' });
  });

  test('undo takes the last deleted or the one named, and never replaces what is there', async () => {
    await using folder = testFolder();
    const store = folder.store();
    for (const id of ['a', 'b', 'c', 'a']) {
      await store.save(id, stateOf());
      await store.delete(id);
    }
    expect(await store.undoDelete('b')).toBe('b');
    expect(await store.undoDelete()).toBe('a');
    await expect(store.undoDelete('a')).rejects.toMatchObject({ code: 'invalidArgument' });
    expect(await store.undoDelete('c')).toBe('c');
    expect(await store.emptyTrash()).toBe(1);
    expect(await store.emptyTrash()).toBe(0);
    expect((await store.list()).map(({ info }) => info.sessionId).sort()).toEqual(['a', 'b', 'c']);
  });

  test('a damaged session can be deleted and brought back like any other', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    fs.writeFileSync(folder.file('one.json'), '');
    await store.delete('one');
    await store.undoDelete('one');
    expect(fs.readFileSync(folder.file('one.json'), 'utf8')).toBe('');
  });

  test('a crash in the middle of deleting leaves a session that is either there or in the trash', async () => {
    for (let step = 0; ; step++) {
      await using folder = testFolder('memory');
      const writer = folder.store();
      await writer.save('one', stateOf());
      await writer.save('one', stateOf());
      const log = await writer.open('one');
      log.append(said('e1'));
      await log.close();
      const faulty = new FaultyFileSystem();
      let renames = 0;
      // From some rename on nothing works any more: as if the process had ended there.
      faulty.judge = ({ name }) => {
        if (name === 'rename') renames++;
        return renames > step ? 'EIO' : undefined;
      };
      const outcome = await folder
        .store({ fs: faulty.fs, identity: fakeIdentity({ pid: 1, startedAt: 'x' }, () => false) })
        .delete('one')
        .then(
          () => 'deleted',
          () => 'failed',
        );
      const next = folder.store();
      const listed = await next.list();
      if (listed.length === 0) expect(await next.undoDelete()).toBe('one');
      expect(await next.load('one')).toMatchObject({ kind: 'whole' });
      expect(await next.readTranscript('one')).toEqual([said('e1')]);
      if (outcome === 'deleted') return;
    }
  });

  test('temporary files are swept when they are old, and left when a save may be under way', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    const old = [folder.file('one.json.x-1.tmp'), join(store.directory, 'index.jsonl.x-1.tmp')];
    const fresh = folder.file('one.json.x-2.tmp');
    for (const path of [...old, fresh]) fs.writeFileSync(path, 'half');
    for (const path of old) fs.utimesSync(path, 1000, 1000);
    await folder.store().list();
    expect([...old, fresh].map((path) => fs.existsSync(path))).toEqual([false, false, true]);
  });
});
