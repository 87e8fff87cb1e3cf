// A disk that is full, or read-only, and is not any more.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TranscriptChange } from '../../../src/session/transcript.ts';
import type { FileSystem } from '../../../src/storage/fileSystem.ts';
import type { DiskStore } from '../../../src/storage/sessionStore.ts';
import { smallDisk } from '../../fixtures/storage/smallDisk.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';
import {
  built,
  more,
  said,
  testFolder,
  type TestFolder,
} from '../../fixtures/storage/storeFixture.ts';

describe('a small disk', () => {
  function storeOn(folder: TestFolder, path: string, fs: FileSystem): DiskStore {
    return folder.store({ directory: join(path, 'store'), fs });
  }

  test.each([
    ['completely', 0],
    ['but for a few blocks', 8192],
  ])(
    'that fills up %s and is emptied again loses nothing and doubles nothing',
    async (_how, left) => {
      using disk = smallDisk();
      await using folder = testFolder();
      const store = storeOn(folder, disk.path, disk.fs);
      await store.save('one', stateOf({ title: 'before' }));
      const log = await store.open('one');
      const spoken: TranscriptChange[] = [];
      const say = (change: TranscriptChange): void => {
        spoken.push(change);
        log.append(change);
      };
      for (let index = 0; index < 20; index++) say(said(`before${index}`));
      await log.sync();
      disk.fill(left);
      for (let index = 0; index < 40; index++) {
        say(said(`full${index}`, 'x'.repeat(3000)));
        say(more(`full${index}`, 'y'));
      }
      expect(log.failing).toBe(true);
      await expect(log.sync()).rejects.toMatchObject({
        code: 'storageFailed',
        details: { cause: 'ENOSPC' },
      });
      const big = stateOf({ title: 'x'.repeat(20_000) });
      await expect(store.save('one', big)).rejects.toMatchObject({
        code: 'storageFailed',
        message: 'Cannot save one.json: the disk is full.',
      });
      expect(await store.list()).toMatchObject([{ kind: 'whole', info: { title: 'before' } }]);
      expect(await store.readTranscript('one')).toEqual(built(spoken));
      const { promise: over, resolve } = Promise.withResolvers<boolean>();
      folder.own(log.onDidChangeFailing(resolve));
      disk.empty();
      expect(await over).toBe(false);
      for (let index = 0; index < 5; index++) say(said(`after${index}`));
      await log.sync();
      await store.save('one', big);
      await store.shutdown();
      const later = storeOn(folder, disk.path, disk.fs);
      expect(await later.readTranscript('one')).toEqual(built(spoken));
      expect((await later.readSlice('one', { limit: 500 })).entries).toEqual(built(spoken));
      expect(await later.list()).toMatchObject([{ kind: 'whole', info: { title: big.title } }]);
      expect(fs.readdirSync(join(disk.path, 'store', 'sessions')).sort()).toEqual([
        'one.json',
        'one.json.bak',
        'one.jsonl',
      ]);
    },
  );

  test('that is read-only lists and reads, refuses the rest with its reason, and works when it is not', async () => {
    using disk = smallDisk();
    await using folder = testFolder();
    const first = storeOn(folder, disk.path, disk.fs);
    await first.save('one', stateOf());
    const log = await first.open('one');
    log.append(said('e1'));
    await first.shutdown();
    disk.setReadOnly(true);
    const store = storeOn(folder, disk.path, disk.fs);
    expect(await store.list()).toMatchObject([{ kind: 'whole' }]);
    expect(await store.readTranscript('one')).toEqual([said('e1')]);
    const refused = expect.objectContaining({
      code: 'storageFailed',
      details: expect.objectContaining({ cause: 'EROFS' }) as unknown,
      message: expect.stringContaining('the disk is read-only') as unknown,
    }) as unknown;
    await expect(store.save('one', stateOf())).rejects.toEqual(refused);
    await expect(store.open('one')).rejects.toEqual(refused);
    await expect(store.delete('one')).rejects.toEqual(refused);
    disk.setReadOnly(false);
    await store.save('one', stateOf({ title: 'again' }));
    (await store.open('one')).append(said('e2'));
    expect(await store.readTranscript('one')).toEqual([said('e1'), said('e2')]);
  });
});
