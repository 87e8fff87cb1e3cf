// Transcripts on real files: in the file when the call returns, read in pages, healed when somebody meddles.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../../src/storage/fileSystem.ts';
import { TranscriptReader } from '../../../src/storage/transcriptReader.ts';
import { formatLine, parseLine } from '../../../src/storage/transcriptLines.ts';
import { anyChanges } from '../../fixtures/storage/arbitraries.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { allPages, built, more, said, testFolder } from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

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

  test('a search that is ended reads no further in a long transcript', async () => {
    await using folder = testFolder();
    const store = folder.store();
    const log = await store.open('one');
    const entries = 20_000;
    const needle = `needle ${'hay '.repeat(50)}`;
    for (let index = 0; index < entries; index += 1) log.append(said(`e${index}`, needle));
    const limit = entries + 1;
    const whole = await store.search('one', 'needle', { limit, signal: AbortSignal.any([]) });
    expect(whole).toHaveLength(entries);
    const cancel = new AbortController();
    const searched = store.search('one', 'needle', { limit, signal: cancel.signal });
    cancel.abort();
    expect((await searched).length).toBeLessThan(entries / 2);
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

  test('the name of a transcript is on the disk with its first lines, and is not waited for again', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const calls: string[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'open' && path === folder.file('')) calls.push('open folder');
      if (name === 'fsync' || name === 'fdatasync') calls.push(name);
      return undefined;
    };
    const store = folder.store({ fs: faulty.fs });
    await store.save('one', stateOf());
    calls.length = 0;
    const log = await store.open('one');
    // An empty file is nobody's loss.
    expect(calls).toEqual([]);
    log.append(said('e1'));
    await log.sync();
    expect(calls).toEqual(['fdatasync', 'open folder', 'fsync']);
    log.append(said('e2'));
    await log.sync();
    expect(calls.slice(3)).toEqual(['fdatasync']);
    await log.close();
  });

  test('a page needs a limit and a cursor of ours', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    const failed = expect.objectContaining({ code: 'invalidArgument' }) as unknown;
    await expect(store.readSlice('one', { limit: 0 })).rejects.toEqual(failed);
    await expect(store.readSlice('one', { limit: 1, before: 'x' })).rejects.toEqual(failed);
    expect(await store.readSlice('one', { limit: 1 })).toEqual({ entries: [], before: undefined });
  });

  test('a transcript of 200 MB is paged without holding it, or the event loop', async () => {
    await using folder = testFolder();
    fs.mkdirSync(folder.file(''), { recursive: true });
    const path = folder.file('one.jsonl');
    const file = fs.openSync(path, 'a');
    const text = 'lorem ipsum '.repeat(80);
    for (let index = 0; index < 200; index++) {
      const lines = Array.from({ length: 1000 }, (_, n) =>
        formatLine(said(`e${index * 1000 + n}`, text)),
      );
      fs.writeSync(file, Buffer.concat(lines));
    }
    const { size } = fs.fstatSync(file);
    // A line that has no end within reason must not be held either.
    fs.ftruncateSync(file, size + 100 * 1024 * 1024);
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
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    watch();
    const page = await store.readSlice('one', { limit: 200 });
    delay.disable();
    done.abort();
    expect(page.entries).toHaveLength(200);
    expect(page.entries.slice(-3).map(({ id }) => id)).toEqual(['e199998', 'e199999', 'last']);
    // One turn per 256 KiB of the 300 MB, and nothing like the file in memory.
    expect(turns).toBeGreaterThan(1000);
    expect(largest - atStart).toBeLessThan(200 * 1024 * 1024);
    // Next to what one go would take on this machine at this moment, as a tenth of the file tells.
    const tenth = readStart(path, Math.floor(size / 10))
      .split('\n')
      .slice(0, -1);
    const began = performance.now();
    for (const line of tenth) parseLine(Buffer.from(line));
    const inOneGo = (performance.now() - began) * 10;
    expect(delay.percentile(99) / 1e6).toBeLessThan(inOneGo / 10);
  });
});

function readStart(path: string, bytes: number): string {
  const start = Buffer.alloc(bytes);
  const fd = fs.openSync(path, 'r');
  fs.readSync(fd, start, 0, start.length, 0);
  fs.closeSync(fd);
  return start.toString('utf8');
}
