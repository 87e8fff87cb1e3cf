// Stores of other folders: found, and their sessions brought over without losing one.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../src/storage/fileSystem.ts';
import { findStores } from '../../../src/storage/otherStores.ts';
import type { DiskStore } from '../../../src/storage/sessionStore.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import {
  contentOf,
  said,
  testFolder,
  type TestFolder,
} from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

describe('stores of other folders', () => {
  /** Two workspaces' stores, where an editor puts them. */
  async function twoStores(
    folder: TestFolder,
  ): Promise<readonly [ours: DiskStore, other: DiskStore]> {
    const stores = ['ours', 'other'].map((workspace) =>
      folder.store({ directory: join(folder.path, workspace, 'roost.roost') }),
    );
    const [ours, other] = stores;
    if (ours === undefined || other === undefined) throw new Error('no stores');
    await other.save('one', stateOf({ title: 'before' }));
    await other.save('one', stateOf({ title: 'from the other' }));
    const log = await other.open('one');
    log.append(said('e1'));
    await log.close();
    return [ours, other];
  }

  test('are found beside ours, with how many sessions they have', async () => {
    await using folder = testFolder();
    const [ours, other] = await twoStores(folder);
    fs.mkdirSync(join(folder.path, 'empty', 'roost.roost', 'sessions'), { recursive: true });
    fs.writeFileSync(join(folder.path, 'a file'), '');
    const places = {
      current: ours.directory,
      workspaces: folder.path,
      name: 'roost.roost',
      others: [ours.directory, join(folder.path, 'elsewhere')],
    };
    expect(await findStores(places)).toEqual([{ directory: other.directory, sessions: 1 }]);
    const workspace = 'file:///home/user/project';
    const note = join(folder.path, 'other', 'workspace.json');
    fs.writeFileSync(note, JSON.stringify({ folder: workspace }));
    const elsewhere = folder.store({ directory: join(folder.path, 'elsewhere') });
    await elsewhere.save('two', stateOf());
    expect(await findStores({ ...places, others: [...places.others, other.directory] })).toEqual([
      { directory: elsewhere.directory, sessions: 1 },
      { directory: other.directory, sessions: 1, workspace },
    ]);
    fs.writeFileSync(note, JSON.stringify({ workspace: 'file:///home/user/all.code-workspace' }));
    expect(await findStores(places)).toMatchObject([
      {},
      { workspace: 'file:///home/user/all.code-workspace' },
    ]);
    expect(await findStores({ ...places, workspaces: join(folder.path, 'x'), others: [] })).toEqual(
      [],
    );
  });

  test('give their sessions over whole, and keep them in their trash', async () => {
    await using folder = testFolder();
    const [ours, other] = await twoStores(folder);
    const before = contentOf(join(other.directory, 'sessions'));
    await ours.bringOver(other.directory, 'one');
    expect(await ours.list()).toMatchObject([{ kind: 'whole', info: { title: 'from the other' } }]);
    expect(await ours.readTranscript('one')).toEqual([said('e1')]);
    expect(contentOf(join(ours.directory, 'sessions'))).toEqual(before);
    expect(await other.list()).toEqual([]);
    await expect(ours.bringOver(other.directory, 'one')).rejects.toMatchObject({
      code: 'savedSessionUnknown',
    });
    expect(await other.undoDelete()).toBe('one');
    await expect(ours.bringOver(other.directory, 'one')).rejects.toMatchObject({
      code: 'invalidArgument',
    });
    expect(await other.load('one')).toMatchObject({ kind: 'whole' });
  });

  test('keep a session that somebody has open', async () => {
    await using folder = testFolder();
    const [ours, other] = await twoStores(folder);
    await other.open('one');
    await expect(ours.bringOver(other.directory, 'one')).rejects.toMatchObject({
      code: 'sessionReadOnly',
    });
    expect(await ours.list()).toEqual([]);
  });

  test('lose nothing when any call of the way fails', async () => {
    for (let failing = 0; ; failing++) {
      await using folder = testFolder('memory');
      const [ours, other] = await twoStores(folder);
      const faulty = new FaultyFileSystem();
      faulty.judge = ({ index }) => (index === failing ? 'EIO' : undefined);
      const moving = folder.store({ directory: ours.directory, fs: faulty.fs });
      const outcome = await moving.bringOver(other.directory, 'one').then(
        () => 'moved',
        () => 'failed',
      );
      const places = [ours, other].map(({ directory }) => folder.store({ directory }));
      const listed = await Promise.all(places.map((store) => store.list()));
      const whole = listed.map((rows) => rows.filter(({ kind }) => kind === 'whole').length);
      expect(whole[0] === 1 || whole[1] === 1).toBe(true);
      if (outcome === 'moved') expect(whole).toEqual([1, 0]);
      // Half a copy would be a second, damaged session.
      if (whole[0] === 0) expect(listed[0]).toEqual([]);
      const place = places[whole[0] === 1 ? 0 : 1];
      expect(await place?.readTranscript('one')).toEqual([said('e1')]);
      // No call was left to fail.
      if (faulty.calls <= failing) break;
    }
  });
});

test('a store in a folder whose parent does not exist yet makes all of it, and shuts down twice', async () => {
  await using folder = testFolder();
  const store = folder.store({ directory: join(folder.path, 'a', 'b', 'c') });
  await store.save('one', stateOf());
  await store.open('one');
  await store.shutdown();
  await store.shutdown();
  expect(fs.readdirSync(join(folder.path, 'a', 'b', 'c', 'sessions')).sort()).toEqual([
    'one.json',
    'one.jsonl',
  ]);
  expect(nodeFileSystem.statSync(folder.path)).toBeDefined();
});
