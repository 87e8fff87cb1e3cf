// The session store on real files: what is saved comes back, damage stays visible and untouched, one owner at a time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionStore, StoredSession } from '../../src/session/ports.ts';
import { sessionStateSchema } from '../../src/session/state.ts';
import type { TranscriptEntry } from '../../src/session/transcript.ts';
import { nodeFileSystem } from '../../src/storage/fileSystem.ts';
import { storesBeside } from '../../src/storage/otherStores.ts';
import type { DiskStore } from '../../src/storage/sessionStore.ts';
import type { OwnerIdentity, ProcessIdentity } from '../../src/storage/processIdentity.ts';
import { TranscriptReader } from '../../src/storage/transcriptReader.ts';
import { formatLine } from '../../src/storage/transcriptLines.ts';
import { anyChanges, anyState } from '../fixtures/storage/arbitraries.ts';
import { FaultyFileSystem } from '../fixtures/storage/faultyFileSystem.ts';
import { fakeIdentity, realIdentity } from '../fixtures/storage/identities.ts';
import {
  built,
  contentOf,
  more,
  said,
  testFolder,
  type TestFolder,
} from '../fixtures/storage/storeFixture.ts';
import { manyFacts, stateOf } from '../fixtures/storage/stateOf.ts';

function stateIn(stored: StoredSession): unknown {
  return stored.kind === 'whole' ? stored.state : undefined;
}

async function allPages(
  store: SessionStore,
  id: string,
  limit: number,
): Promise<TranscriptEntry[]> {
  let entries: TranscriptEntry[] = [];
  let before: string | undefined;
  do {
    const page = await store.readSlice(id, { limit, ...(before === undefined ? {} : { before }) });
    entries = [...page.entries, ...entries];
    before = page.before;
  } while (before !== undefined);
  return entries;
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

  test('a burst of saves ends with the last one, in few writes, and keeps the head before', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const store = folder.store({ fs: faulty.fs });
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
    expect(backup).toMatchObject({ state: { title: 'title 0' } });
    expect(renames).toBeLessThan(8);
    expect(fs.readdirSync(folder.file(''))).toEqual(['one.json', 'one.json.bak']);
  });

  test('a save is reported when the bytes, and then the name, are on the disk', async () => {
    await using folder = testFolder();
    await folder.store().save('one', stateOf());
    const faulty = new FaultyFileSystem();
    const calls: string[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'open') calls.push(path === folder.file('') ? 'open folder' : 'open file');
      if (name === 'fsync' || name === 'rename') calls.push(name);
      return undefined;
    };
    await folder.store({ fs: faulty.fs }).save('one', stateOf());
    // The first rename makes the backup; what follows is the list's cache.
    const expected = ['open file', 'fsync', 'rename', 'rename', 'open folder', 'fsync'];
    expect(calls.slice(0, expected.length)).toEqual(expected);
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
    await expect(store.save('one', stateOf())).rejects.toMatchObject({ code: 'sessionReadOnly' });
    await expect(store.open('one')).rejects.toMatchObject({ code: 'sessionReadOnly' });
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

describe('transcripts', () => {
  test('what is appended is in the file when the call returns', async () => {
    await using folder = testFolder();
    const log = await folder.store().open('one');
    log.append(said('e1'));
    expect(fs.readFileSync(folder.file('one.jsonl'), 'utf8')).toBe(
      formatLine(said('e1')).toString(),
    );
  });

  test('pages of any transcript put together are the transcript', async () => {
    await using folder = testFolder('memory');
    const store = folder.store();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(anyChanges, fc.integer({ min: 1, max: 7 }), async (changes, limit) => {
        const id = `t${count++}`;
        const log = await store.open(id);
        const half = changes.length >> 1;
        for (const change of changes.slice(0, half)) log.append(change);
        // A page in the middle: what is remembered of the file must go on from there.
        await store.readSlice(id, { limit });
        for (const change of changes.slice(half)) log.append(change);
        expect(await store.readTranscript(id)).toEqual(built(changes));
        expect(await allPages(store, id, limit)).toEqual(built(changes));
        expect(await allPages(folder.store(), id, limit)).toEqual(built(changes));
        await log.close();
      }),
      { numRuns: 60 },
    );
  });

  test('a page holds what had been said when it was asked for, and nothing later', async () => {
    await using folder = testFolder();
    const store = folder.store();
    const log = await store.open('one');
    log.append(said('e1', 'first'));
    const asked = [store.readSlice('one', { limit: 9 }), store.readTranscript('one')] as const;
    log.append(more('e1', ' and more'));
    log.append(said('e2'));
    expect((await asked[0]).entries).toEqual([said('e1', 'first')]);
    expect(await asked[1]).toEqual([said('e1', 'first')]);
  });

  test('a reader that knows more of a file than it is asked for keeps it to itself', async () => {
    await using folder = testFolder();
    const log = await folder.store().open('one');
    const file = folder.file('one.jsonl');
    log.append(said('e1', 'first'));
    const { size } = fs.statSync(file);
    for (const change of [said('e2'), more('e1', ' and more')]) log.append(change);
    const reader = new TranscriptReader(nodeFileSystem);
    const held = [said('e2')];
    const all = { file, size: fs.statSync(file).size, held };
    expect((await reader.readSlice(all, { limit: 9 })).entries).toEqual([
      said('e1', 'first and more'),
      said('e2'),
    ]);
    expect((await reader.readSlice({ ...all, size }, { limit: 9 })).entries).toEqual([
      said('e1', 'first'),
      said('e2'),
    ]);
  });

  test('changes the disk refuses are on the newest page and in the transcript all the same', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const store = folder.store({ fs: faulty.fs });
    const log = await store.open('one');
    const changes = ['e1', 'e2', 'e3'].map((id) => said(id));
    for (const change of changes) log.append(change);
    faulty.judge = ({ name }) => (name === 'writeSync' ? 'ENOSPC' : undefined);
    const refused = [more('e1', '!'), said('e4'), more('e4', '?')];
    for (const change of refused) log.append(change);
    const expected = built([...changes, ...refused]);
    expect(log.failing).toBe(true);
    expect(await store.readTranscript('one')).toEqual(expected);
    expect(await allPages(store, 'one', 2)).toEqual(expected);
    faulty.judge = () => undefined;
    await log.sync();
    expect(await folder.store().readTranscript('one')).toEqual(expected);
  });

  test('a torn last line is ended before anything is added, and costs nothing but itself', async () => {
    await using folder = testFolder();
    fs.mkdirSync(folder.file(''), { recursive: true });
    const torn = formatLine(said('torn', 'never acknowledged')).subarray(0, 40);
    fs.writeFileSync(folder.file('one.jsonl'), Buffer.concat([formatLine(said('e1')), torn]));
    const store = folder.store();
    const log = await store.open('one');
    log.append(said('e2'));
    log.append(said('e3'));
    expect(await store.readTranscript('one')).toEqual([said('e1'), said('e2'), said('e3')]);
    expect(await allPages(store, 'one', 1)).toEqual([said('e1'), said('e2'), said('e3')]);
  });

  test('a start right behind a stop waits for it', async () => {
    await using folder = testFolder();
    const store = folder.store();
    const first = await store.open('one');
    first.append(said('e1'));
    const closed = first.close();
    const second = await store.open('one');
    await closed;
    second.append(said('e2'));
    expect(() => {
      first.append(said('e3'));
    }).toThrow(expect.objectContaining({ code: 'internal' }) as Error);
    expect(await store.readTranscript('one')).toEqual([said('e1'), said('e2')]);
  });

  test.each<[string, (file: string) => void]>([
    [
      'removed',
      (file) => {
        fs.rmSync(file);
      },
    ],
    [
      'removed with its folder',
      (file) => {
        fs.rmSync(dirname(file), { recursive: true });
      },
    ],
    [
      'replaced by an editor that saves',
      (file) => {
        fs.writeFileSync(`${file}~`, fs.readFileSync(file, 'utf8').trimEnd());
        fs.renameSync(`${file}~`, file);
      },
    ],
  ])(
    'a transcript that is %s while it is written is there again with the next sync',
    async (_how, remove) => {
      await using folder = testFolder();
      const store = folder.store();
      const log = await store.open('one');
      const changes = [said('e1', 'a'), more('e1', 'b'), said('e2'), more('e1', 'c')];
      for (const change of changes.slice(0, 3)) log.append(change);
      await log.sync();
      remove(folder.file('one.jsonl'));
      for (const change of changes.slice(3)) log.append(change);
      await log.sync();
      expect(await folder.store().readTranscript('one')).toEqual(built(changes));
      remove(folder.file('one.jsonl'));
      await log.close();
      expect(await folder.store().readTranscript('one')).toEqual(built(changes));
      expect(await allPages(store, 'one', 1)).toEqual(built(changes));
    },
  );

  test('a page needs a limit and a cursor of ours', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    const failed = expect.objectContaining({ code: 'invalidArgument' }) as unknown;
    await expect(store.readSlice('one', { limit: 0 })).rejects.toEqual(failed);
    await expect(store.readSlice('one', { limit: 1, before: 'x' })).rejects.toEqual(failed);
    expect(await store.readSlice('one', { limit: 1 })).toEqual({ entries: [], before: undefined });
  });

  test('a transcript of many megabytes is paged without holding it, or the event loop', async () => {
    await using folder = testFolder();
    fs.mkdirSync(folder.file(''), { recursive: true });
    const file = fs.openSync(folder.file('one.jsonl'), 'a');
    const text = 'lorem ipsum '.repeat(80);
    for (let index = 0; index < 60; index++) {
      const lines = Array.from({ length: 1000 }, (_, n) =>
        formatLine(said(`e${index * 1000 + n}`, text)),
      );
      fs.writeSync(file, Buffer.concat(lines));
    }
    // A line that has no end within reason must not be held either.
    fs.ftruncateSync(file, fs.fstatSync(file).size + 200 * 1024 * 1024);
    fs.writeSync(file, Buffer.concat([Buffer.from('\n'), formatLine(said('last', text))]));
    fs.closeSync(file);
    const store = folder.store();
    let largest = 0;
    let turns = 0;
    const done = new AbortController();
    const watch = (): void => {
      turns++;
      largest = Math.max(largest, process.memoryUsage().external);
      if (!done.signal.aborted) setImmediate(watch);
    };
    const atStart = process.memoryUsage().external;
    watch();
    const page = await store.readSlice('one', { limit: 3 });
    done.abort();
    expect(page.entries.map(({ id }) => id)).toEqual(['e59998', 'e59999', 'last']);
    // One turn per 256 KiB of the 260 MB, and nothing like the file in memory.
    expect(turns).toBeGreaterThan(800);
    expect(largest - atStart).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('listing', () => {
  test('the index is only a cache: without it, with a torn or a foreign one, the list is the same', async () => {
    await using folder = testFolder();
    const store = folder.store();
    for (const id of ['a', 'b', 'c'])
      await store.save(id, stateOf({ title: id, facts: manyFacts() }));
    const expected = await store.list();
    const index = join(store.directory, 'index.jsonl');
    const good = fs.readFileSync(index, 'utf8');
    const spoilt = [
      '',
      good.slice(0, good.length - 30),
      good.slice(good.indexOf('\n') + 1),
      good.replaceAll('"title":"b"', '"title":"X"'),
      '\0\0\0\0',
      `${good}${'{"sum":"00000000",'.repeat(3)}\n`,
    ];
    for (const text of spoilt) {
      fs.writeFileSync(index, text);
      expect(await folder.store().list()).toEqual(expected);
    }
    fs.rmSync(index);
    expect(await folder.store().list()).toEqual(expected);
    expect(await folder.store().list()).toEqual(expected);
  });

  test('through the index no head is read, and facts that sessions share are stored once', async () => {
    await using folder = testFolder();
    const facts = manyFacts();
    const store = folder.store();
    for (let index = 0; index < 20; index++) await store.save(`s${index}`, stateOf({ facts }));
    expect(fs.statSync(join(store.directory, 'index.jsonl')).size).toBeLessThan(
      20 * 1000 + JSON.stringify(facts).length,
    );
    const faulty = new FaultyFileSystem();
    const read: string[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'readFile') read.push(path ?? '');
      return undefined;
    };
    const listed = await folder.store({ fs: faulty.fs }).list();
    expect(listed.map(stateIn)).toEqual(Array.from({ length: 20 }, () => stateOf({ facts })));
    expect(read).toEqual([]);
  });

  test('a head that somebody else replaced, edited or copied here is read again', async () => {
    await using folder = testFolder();
    const [one, other] = [folder.store(), folder.store()];
    await one.save('a', stateOf({ title: 'first' }));
    await one.list();
    await other.save('a', stateOf({ title: 'other' }));
    expect(await one.list()).toMatchObject([{ info: { title: 'other' } }]);
    const head = folder.file('a.json');
    fs.writeFileSync(head, fs.readFileSync(head, 'utf8').replace('other', 'third'));
    expect(await one.list()).toMatchObject([{ info: { title: 'third' } }]);
    fs.writeFileSync(folder.file('b.json'), fs.readFileSync(head, 'utf8').replace('"a"', '"b"'));
    expect((await folder.store().list()).map(({ info }) => info.title)).toEqual(['third', 'third']);
  });

  test('a cache that is mostly history is written anew', async () => {
    await using folder = testFolder();
    const store = folder.store();
    for (let index = 0; index < 100; index++) await store.save('a', stateOf({ title: `${index}` }));
    const lines = (): number =>
      fs.readFileSync(join(store.directory, 'index.jsonl'), 'utf8').split('\n').length;
    expect(lines()).toBe(101);
    await store.list();
    expect(lines()).toBe(2);
  });

  test('what callers do to a listed state does not come back in the next list', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('a', stateOf({ facts: manyFacts() }));
    const [stored] = await store.list();
    if (stored?.kind !== 'whole') throw new Error('not listed');
    stored.state.title = 'changed';
    stored.state.config.timeoutMinutes = 1;
    if (stored.state.facts) stored.state.facts.currentModeId = 'changed';
    expect((await store.list()).map(stateIn)).toEqual([stateOf({ facts: manyFacts() })]);
  });

  test('ten thousand sessions are listed, without the index and through it', async () => {
    await using folder = testFolder('memory');
    await folder.store().save('s0', stateOf());
    const head = fs.readFileSync(folder.file('s0.json'), 'utf8');
    for (let index = 1; index < 10_000; index++) {
      fs.writeFileSync(folder.file(`s${index}.json`), head.replace('"s0"', `"s${index}"`));
    }
    for (const store of [folder.store(), folder.store()]) {
      const listed = await store.list();
      expect(listed).toHaveLength(10_000);
      expect(listed.every(({ kind }) => kind === 'whole')).toBe(true);
      await store.shutdown();
    }
  });
});

describe('damage', () => {
  const line = formatLine(said('e1')).toString();
  const damages: Record<string, (file: (name: string) => string) => void> = {
    'a head of zero bytes': (file) => {
      fs.writeFileSync(file('bad.json'), '');
    },
    'a head cut in the middle': (file) => {
      fs.truncateSync(file('bad.json'), 100);
    },
    'a head that is other JSON': (file) => {
      fs.writeFileSync(file('bad.json'), '{"hello":"world"}');
    },
    'a head with wrong types': (file) => {
      const text = fs.readFileSync(file('bad.json'), 'utf8');
      fs.writeFileSync(file('bad.json'), text.replace('"messageCount": 2', '"messageCount": "2"'));
    },
    'a head that is a folder': (file) => {
      fs.rmSync(file('bad.json'));
      fs.mkdirSync(file('bad.json'));
    },
    'no head': (file) => {
      fs.rmSync(file('bad.json'));
    },
  };

  test.each(Object.entries(damages))(
    '%s: listed with its name, its transcript readable, nothing touched',
    async (_kind, damage) => {
      await using folder = testFolder();
      const writer = folder.store();
      for (const id of ['good', 'bad']) {
        await writer.save(id, stateOf({ title: 'an older title' }));
        await writer.save(id, stateOf({ title: 'of the backup' }));
        await writer.save(id, stateOf({ title: 'the newest' }));
        const log = await writer.open(id);
        log.append(said('e1'));
        await log.close();
      }
      damage((name) => folder.file(name));
      const before = contentOf(folder.file(''));
      const store = folder.store();
      const listed = await store.list();
      const [good, bad] = ['good', 'bad'].map((id) =>
        listed.find(({ info }) => info.sessionId === id),
      );
      expect(listed).toHaveLength(2);
      expect(good).toMatchObject({ kind: 'whole', info: { title: 'the newest' } });
      expect(bad).toMatchObject({
        kind: 'damaged',
        info: {
          sessionId: 'bad',
          damaged: expect.stringMatching(
            /^bad\.json .* bad\.jsonl can still be read\.$/,
          ) as unknown,
        },
        state: { title: 'of the backup' },
      });
      expect(await store.load('bad')).toEqual(bad);
      expect(await store.readTranscript('bad')).toEqual([said('e1')]);
      expect((await store.readSlice('bad', { limit: 5 })).entries).toEqual([said('e1')]);
      await store.shutdown();
      expect(contentOf(folder.file(''))).toEqual(before);
    },
  );

  test('saving over a damaged head keeps it under another name', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    await store.save('one', stateOf());
    const backup = fs.readFileSync(folder.file('one.json.bak'), 'utf8');
    fs.writeFileSync(folder.file('one.json'), '{"half":');
    await store.save('one', stateOf({ title: 'repaired' }));
    expect(await store.list()).toMatchObject([{ kind: 'whole', info: { title: 'repaired' } }]);
    const kept = fs.readdirSync(folder.file('')).find((name) => name.includes('damaged'));
    expect(fs.readFileSync(folder.file(kept ?? ''), 'utf8')).toBe('{"half":');
    expect(fs.readFileSync(folder.file('one.json.bak'), 'utf8')).toBe(backup);
  });

  test('a transcript alone, and a head alone, are listed', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('head', stateOf());
    fs.writeFileSync(folder.file('transcript.jsonl'), line);
    const listed = await store.list();
    expect(listed.map(({ kind, info }) => [kind, info.sessionId]).sort()).toEqual([
      ['damaged', 'transcript'],
      ['whole', 'head'],
    ]);
    expect(await store.readTranscript('head')).toEqual([]);
    expect(await store.readTranscript('transcript')).toEqual([said('e1')]);
  });

  test.each([
    ['a torn middle', `${line.slice(0, 30)}\n${line}`],
    ['a hole of zero bytes', `${'\0'.repeat(5000)}\n${line}`],
    ['foreign lines', `hello\n[1]\n{"id":7}\n{"id":"x","type":"from the future"}\n\n${line}`],
    ['bytes that are no text', `\xff\xfe\xc3\n${line}`],
    ['no last line feed', line.trimEnd()],
  ])('a transcript with %s shows everything else', async (_kind, text) => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    fs.writeFileSync(folder.file('one.jsonl'), text, 'latin1');
    expect(await store.list()).toMatchObject([{ kind: 'whole' }]);
    expect(await store.readTranscript('one')).toEqual([said('e1')]);
    expect(await allPages(store, 'one', 1)).toEqual([said('e1')]);
    expect(fs.readFileSync(folder.file('one.jsonl'), 'latin1')).toBe(text);
  });

  test('any cut of any file: nothing throws, the other session is whole, no change before the cut is lost', async () => {
    await using folder = testFolder('memory');
    const names = ['one.json', 'one.json.bak', 'one.jsonl', 'one.owner', '../index.jsonl'];
    await fc.assert(
      fc.asyncProperty(
        anyState,
        anyChanges,
        fc.constantFrom(...names),
        fc.nat(),
        async (...given) => {
          const [state, changes, name, at] = given;
          fs.rmSync(join(folder.path, 'store'), { recursive: true, force: true });
          const writer = folder.store();
          await writer.save('other', stateOf());
          await writer.save('one', state);
          await writer.save('one', state);
          const log = await writer.open('one');
          for (const change of changes) log.append(change);
          const file = folder.file(name);
          const cut = at % (fs.statSync(file).size + 1);
          fs.truncateSync(file, cut);
          const store = folder.store();
          const listed = await store.list();
          expect(listed.map(({ info }) => info.sessionId).sort()).toEqual(['one', 'other']);
          expect(listed.find(({ info }) => info.sessionId === 'other')?.kind).toBe('whole');
          await store.load('one');
          let kept = changes;
          if (name === 'one.jsonl') {
            let end = 0;
            // A line without its line feed is whole.
            kept = changes.filter((change) => (end += formatLine(change).length) - 1 <= cut);
          }
          expect(await store.readTranscript('one')).toEqual(built(kept));
          expect(await allPages(store, 'one', 3)).toEqual(built(kept));
          await writer.shutdown();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('owners', () => {
  const window = (pid: number, alive: ReadonlySet<number>): ProcessIdentity =>
    fakeIdentity({ pid, startedAt: `start of ${pid}` }, (identity) => alive.has(identity.pid));

  test('of two windows one owns a session; the other reads it, and takes over once it is free', async () => {
    await using folder = testFolder();
    const alive = new Set([1, 2]);
    const [first, second] = [1, 2].map((pid) => folder.store({ identity: window(pid, alive) }));
    if (first === undefined || second === undefined) throw new Error('no stores');
    await first.save('one', stateOf());
    const log = await first.open('one');
    log.append(said('e1'));
    expect(await first.list()).not.toMatchObject([{ readOnly: 'ownedElsewhere' }]);
    expect(await second.list()).toMatchObject([{ kind: 'whole', readOnly: 'ownedElsewhere' }]);
    expect(await second.load('one')).toMatchObject({ readOnly: 'ownedElsewhere' });
    expect(await second.readTranscript('one')).toEqual([said('e1')]);
    const refused = expect.objectContaining({
      code: 'sessionReadOnly',
      sessionId: 'one',
    }) as unknown;
    await expect(second.open('one')).rejects.toEqual(refused);
    await expect(second.save('one', stateOf())).rejects.toEqual(refused);
    await expect(second.delete('one')).rejects.toEqual(refused);
    await log.close();
    expect(await second.list()).not.toMatchObject([{ readOnly: 'ownedElsewhere' }]);
    const taken = await second.open('one');
    taken.append(said('e2'));
    await expect(first.open('one')).rejects.toEqual(refused);
    expect(await first.readTranscript('one')).toEqual([said('e1'), said('e2')]);
  });

  test('a window that owns many sessions is looked for once in a list', async () => {
    await using folder = testFolder();
    let asked = 0;
    const other = folder.store({ identity: window(1, new Set([1])) });
    for (const id of ['a', 'b', 'c']) {
      await other.save(id, stateOf());
      await other.open(id);
    }
    const identity = fakeIdentity({ pid: 2, startedAt: 'x' }, () => ++asked > 0);
    const listed = await folder.store({ identity }).list();
    expect(listed.map((row) => row.kind === 'whole' && row.readOnly)).toEqual(
      Array.from({ length: 3 }, () => 'ownedElsewhere'),
    );
    expect(asked).toBe(1);
  });

  test('an owner that has died is replaced at once, also when its number is in use again', async () => {
    await using folder = testFolder();
    const module = new URL('../../src/process/ownerIdentity.ts', import.meta.url).href;
    const program = `import { processIdentities } from '${module}';
      console.log(JSON.stringify(processIdentities().self()));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const them = JSON.parse(line.toString()) as OwnerIdentity;
    expect(them.pid).toBe(child.pid);
    const theirs = folder.store({
      identity: { self: () => them, isAlive: (one) => realIdentity.isAlive(one) },
    });
    const ours = folder.store();
    await theirs.open('one');
    await expect(ours.open('one')).rejects.toMatchObject({ code: 'sessionReadOnly' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await ours.open('one')).toBeDefined();
    // This process's number with another start: it is not the one that wrote the file.
    const owner = JSON.stringify({ pid: process.pid, startedAt: 'long ago', store: 'x' });
    fs.writeFileSync(folder.file('two.owner'), owner);
    expect(await ours.open('two')).toBeDefined();
  });

  test.each(['', '{', '{"pid":1}'])('an owner file that holds %j is nobody’s', async (text) => {
    await using folder = testFolder();
    fs.mkdirSync(folder.file(''), { recursive: true });
    fs.writeFileSync(folder.file('one.owner'), text);
    expect(await folder.store().open('one')).toBeDefined();
  });

  test('of many windows that find the same dead owner exactly one replaces it', async () => {
    await using folder = testFolder('memory');
    fs.mkdirSync(folder.file(''), { recursive: true });
    const alive = new Set(Array.from({ length: 8 }, (_, index) => index + 1));
    const stores = [...alive].map((pid) => folder.store({ identity: window(pid, alive) }));
    for (let round = 0; round < 40; round++) {
      const id = `s${round}`;
      const dead = { pid: 99, startedAt: 'x', store: 'x' };
      fs.writeFileSync(folder.file(`${id}.owner`), JSON.stringify(dead));
      // Half of the rounds also find that somebody died in the middle of replacing it.
      if (round % 2 === 1)
        fs.writeFileSync(folder.file(`${id}.owner.taking`), JSON.stringify(dead));
      const results = await Promise.allSettled(stores.map((store) => store.open(id)));
      const opened = results.filter(({ status }) => status === 'fulfilled');
      expect(opened.length).toBeLessThanOrEqual(1);
      // All may have met the dead replacer's file at once; then the next one to ask gets it.
      if (opened.length === 0) await stores[0]?.open(id);
      expect(
        fs
          .readdirSync(folder.file(''))
          .filter((name) => name.startsWith(`${id}.`))
          .sort(),
      ).toEqual([`${id}.jsonl`, `${id}.owner`]);
    }
  });

  test('where files cannot have two names, all of it works all the same', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    faulty.judge = ({ name }) => (name === 'link' ? 'ENOTSUP' : undefined);
    const [one, two] = [folder.store({ fs: faulty.fs }), folder.store({ fs: faulty.fs })];
    await one.save('a', stateOf());
    await one.save('a', stateOf({ title: 'second' }));
    const log = await one.open('a');
    log.append(said('e1'));
    await expect(two.open('a')).rejects.toMatchObject({ code: 'sessionReadOnly' });
    expect(JSON.parse(fs.readFileSync(folder.file('a.json.bak'), 'utf8'))).toMatchObject({
      state: { title: 'Fix the failing test' },
    });
  });
});

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
    expect(await storesBeside(ours.directory)).toEqual([
      { directory: other.directory, sessions: 1 },
    ]);
    expect(await storesBeside(join(folder.path, 'nowhere', 'x', 'y'))).toEqual([]);
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
