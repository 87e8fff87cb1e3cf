// A disk that refuses: at every single call, when it is full, when it is read-only. Nothing is lost, nothing doubled.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Disposable } from '../../../src/session/event.ts';
import type { SessionStore, TranscriptLog } from '../../../src/session/storePort.ts';
import type { TranscriptChange } from '../../../src/session/transcript.ts';
import type { FileSystem } from '../../../src/storage/fileSystem.ts';
import type { DiskStore } from '../../../src/storage/sessionStore.ts';
import { FakeClock, settle } from '../../fakes/fakeClock.ts';
import {
  FaultyFileSystem,
  type Fate,
  type FileCall,
} from '../../fixtures/storage/faultyFileSystem.ts';
import { smallDisk } from '../../fixtures/storage/smallDisk.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';
import {
  built,
  more,
  said,
  testFolder,
  type TestFolder,
} from '../../fixtures/storage/storeFixture.ts';

/** Does it until the disk lets it, as the domain's retries do. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      expect(error).toMatchObject({ name: 'SessionError', code: 'storageFailed' });
      if (attempt === 30) throw error;
    }
  }
}

const changes: readonly TranscriptChange[] = [
  said('e1'),
  more('e1', ' and more'),
  said('e2', 'x'.repeat(2000)),
  more('e1', ', still more'),
  more('e2', 'y'),
  said('e1', 'replaced'),
  more('e1', '!'),
];

/** A session's life: two saves, a transcript, closed, opened again, deleted, brought back. */
async function life(store: SessionStore, onSaved: (title: string) => Promise<void>): Promise<void> {
  await insist(() => store.save('one', stateOf({ title: 'first' })));
  await onSaved('first');
  let log: TranscriptLog = await insist(() => store.open('one'));
  for (const change of changes.slice(0, 4)) log.append(change);
  await insist(() => log.sync());
  await insist(() => store.save('one', stateOf({ title: 'second' })));
  await onSaved('second');
  for (const change of changes.slice(4, 6)) log.append(change);
  await insist(() => log.close());
  log = await insist(() => store.open('one'));
  for (const change of changes.slice(6)) log.append(change);
  await insist(() => log.close());
  await insist(() => store.delete('one'));
  await insist(() => store.undoDelete('one'));
}

async function livesThrough(judge: (call: FileCall) => Fate): Promise<number> {
  await using folder = testFolder('memory');
  const faulty = new FaultyFileSystem();
  faulty.judge = judge;
  const witness = folder.store();
  await life(folder.store({ fs: faulty.fs }), async (title) => {
    // What a save has reported is what another window reads.
    expect(await witness.load('one')).toMatchObject({ kind: 'whole', state: { title } });
  });
  const later = folder.store();
  expect(await later.list()).toMatchObject([{ kind: 'whole', state: { title: 'second' } }]);
  expect(await later.readTranscript('one')).toEqual(built(changes));
  expect((await later.readSlice('one', { limit: 9 })).entries).toEqual(built(changes));
  const left = fs.readdirSync(folder.file(''));
  // A backup that could not be made does not hold up the head; what could not be removed is swept later.
  const spare = /\.bak$|\.tmp$|^one\.owner/;
  expect(left.filter((name) => !spare.test(name)).sort()).toEqual(['one.json', 'one.jsonl']);
  return faulty.calls;
}

const subscriptions: Disposable[] = [];
afterEach(() => {
  for (const subscription of subscriptions.splice(0)) subscription.dispose();
});

describe('every call in turn', () => {
  // A call that writes nothing fails with ENOSPC instead of being short.
  test.each(['short', 'EIO'])('fails once with %s', async (fate) => {
    let calls = Infinity;
    for (let failing = 0; failing < calls; failing++) {
      calls = await livesThrough(({ index }) => (index === failing ? fate : undefined));
    }
    expect(calls).toBeGreaterThan(60);
  });

  test('and the nine after it', async () => {
    let calls = Infinity;
    for (let failing = 0; failing < calls; failing += 2) {
      calls = await livesThrough(({ index, name }) =>
        // Closing a file does not fail ten times in a row on any disk.
        index >= failing && index < failing + 10 && name !== 'close' ? 'ENOSPC' : undefined,
      );
    }
  });
});

describe('a transcript whose disk refuses', () => {
  async function openIn(
    folder: TestFolder,
    judged: FaultyFileSystem,
  ): Promise<{ log: TranscriptLog; clock: FakeClock; told: boolean[] }> {
    const clock = new FakeClock();
    const log = await folder.store({ fs: judged.fs, clock }).open('one');
    const told: boolean[] = [];
    subscriptions.push(log.onDidChangeFailing((failing) => told.push(failing)));
    return { log, clock, told };
  }

  test('says so once, tries again by itself at growing distances, and says when it is over', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const { log, clock, told } = await openIn(folder, faulty);
    let tries = 0;
    faulty.judge = ({ name }) => {
      if (name !== 'writeSync') return undefined;
      tries++;
      return 'ENOSPC';
    };
    log.append(said('e1'));
    log.append(said('e2'));
    expect(log.failing).toBe(true);
    expect(tries).toBe(1);
    await expect(log.sync()).rejects.toMatchObject({
      code: 'storageFailed',
      sessionId: 'one',
      message: 'Cannot write one.jsonl: the disk is full.',
      details: { file: folder.file('one.jsonl'), cause: 'ENOSPC' },
    });
    tries = 0;
    await clock.advance(60_000);
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(20);
    faulty.judge = () => undefined;
    await clock.advance(5000);
    expect(log.failing).toBe(false);
    expect(told).toEqual([true, false]);
    log.append(said('e3'));
    expect(await folder.store().readTranscript('one')).toEqual(
      built([said('e1'), said('e2'), said('e3')]),
    );
    expect(folder.logged.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  test('tries again at the next append, and holds no more than the entries it could not write', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const { log, clock } = await openIn(folder, faulty);
    let tries = 0;
    faulty.judge = ({ name }) => {
      if (name !== 'writeSync') return undefined;
      tries++;
      return 'ENOSPC';
    };
    log.append(said('e1', ''));
    for (let index = 0; index < 5000; index++) log.append(more('e1', 'x'));
    expect(tries).toBe(1);
    faulty.judge = () => undefined;
    await clock.advance(249);
    expect(log.failing).toBe(true);
    await clock.advance(1);
    log.append(more('e1', 'y'));
    expect(log.failing).toBe(false);
    const lines = fs.readFileSync(folder.file('one.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThan(3);
    expect(await folder.store().readTranscript('one')).toEqual([
      said('e1', `${'x'.repeat(5000)}y`),
    ]);
  });

  test('does not double a line that was written but for its line feed', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const { log } = await openIn(folder, faulty);
    log.append(said('e1', ''));
    faulty.judge = ({ name }) => (name === 'writeSync' ? 'but one' : undefined);
    log.append(more('e1', 'once'));
    faulty.judge = () => undefined;
    expect(fs.readFileSync(folder.file('one.jsonl'), 'utf8')).toMatch(/"once"}$/);
    expect(await folder.store().readTranscript('one')).toEqual([said('e1', 'once')]);
    log.append(more('e1', ' and again'));
    expect(await folder.store().readTranscript('one')).toEqual([said('e1', 'once and again')]);
  });

  test('is synced a second after it was written, and at once when asked', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const { log, clock } = await openIn(folder, faulty);
    let syncs = 0;
    faulty.judge = ({ name }) => {
      if (name === 'fdatasync') syncs++;
      return undefined;
    };
    for (let index = 0; index < 100; index++) log.append(said(`e${index}`));
    await clock.advance(999);
    expect(syncs).toBe(0);
    await clock.advance(1);
    await expect.poll(() => syncs).toBe(1);
    log.append(said('last'));
    await log.sync();
    expect(syncs).toBe(2);
    await log.sync();
    await clock.advance(10_000);
    expect(syncs).toBe(2);
    expect(clock.timers).toBe(0);
  });

  test('writes again what a failed sync may have lost, before it trusts a sync that succeeds', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const { log, clock, told } = await openIn(folder, faulty);
    log.append(said('e1'));
    await log.sync();
    const rewritten: FileCall[] = [];
    let failures = 2;
    faulty.judge = (call) => {
      if (call.name === 'write') rewritten.push(call);
      return call.name === 'fdatasync' && failures-- > 0 ? 'EIO' : undefined;
    };
    log.append(said('e2'));
    await expect(log.sync()).rejects.toMatchObject({ details: { cause: 'EIO' } });
    expect(log.failing).toBe(true);
    log.append(said('e3'));
    await clock.advance(250);
    await expect.poll(() => failures).toBe(0);
    await settle();
    await clock.advance(500);
    await expect.poll(() => log.failing).toBe(false);
    expect(rewritten.length).toBeGreaterThanOrEqual(2);
    expect(told).toEqual([true, false]);
    expect(await folder.store().readTranscript('one')).toEqual([
      said('e1'),
      said('e2'),
      said('e3'),
    ]);
  });

  test('closes by itself after a close that failed, or is handed out again', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const clock = new FakeClock();
    const store = folder.store({ fs: faulty.fs, clock });
    const full = ({ name }: FileCall): Fate => (name === 'writeSync' ? 'ENOSPC' : undefined);
    const log = await store.open('one');
    faulty.judge = full;
    log.append(said('e1'));
    await expect(log.close()).rejects.toMatchObject({ code: 'storageFailed' });
    const again = await store.open('one');
    again.append(said('e2'));
    await expect(again.close()).rejects.toMatchObject({ code: 'storageFailed' });
    faulty.judge = () => undefined;
    await clock.advance(5000);
    await expect.poll(() => fs.existsSync(folder.file('one.owner'))).toBe(false);
    expect(await folder.store().readTranscript('one')).toEqual([said('e1'), said('e2')]);
  });

  test('shutting down ends even when the disk does not take everything, and says what is missing', async () => {
    const faulty = new FaultyFileSystem();
    await using folder = testFolder('memory');
    const store = folder.store({ fs: faulty.fs });
    const log = await store.open('one');
    faulty.judge = ({ name }) => (name === 'writeSync' ? 'EIO' : undefined);
    log.append(said('e1'));
    await store.shutdown();
    expect(folder.logged).toContain('error: one.jsonl: 1 entries could not be written');
    expect(fs.existsSync(folder.file('one.owner'))).toBe(false);
  });
});

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
      subscriptions.push(log.onDidChangeFailing(resolve));
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
