// Damage of every kind: others are listed, what can be read is shown, nothing is touched.
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxHeadBytes } from '../../../src/storage/headFormat.ts';
import { formatLine } from '../../../src/storage/transcriptLines.ts';
import { anyChanges, anyState } from '../../fixtures/storage/arbitraries.ts';
import {
  allPages,
  built,
  contentOf,
  said,
  testFolder,
  withSize,
} from '../../fixtures/storage/storeFixture.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { manyFacts, stateOf } from '../../fixtures/storage/stateOf.ts';

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
      expect(withSize(await store.load('bad'))).toEqual(withSize(bad));
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

  test('a head of 200 MB is told of without being read, and kept', async () => {
    await using folder = testFolder();
    await folder.store().save('one', stateOf({ title: 'of the backup' }));
    await folder.store().save('one', stateOf());
    const head = folder.file('one.json');
    const size = 200 * 1024 * 1024;
    fs.truncateSync(head, size);
    const faulty = new FaultyFileSystem();
    const read: (string | undefined)[] = [];
    faulty.judge = ({ name, path }) => {
      if (name === 'readFile') read.push(path);
      return undefined;
    };
    const store = folder.store({ fs: faulty.fs });
    const [listed] = await store.list();
    expect(listed).toMatchObject({
      kind: 'damaged',
      info: { damaged: expect.stringMatching(/^one\.json is too large .*\(200 MB\)/) as string },
      state: { title: 'of the backup' },
    });
    expect(withSize(await store.load('one'))).toEqual(withSize(listed));
    await store.save('one', stateOf({ title: 'repaired' }));
    expect(await store.list()).toMatchObject([{ kind: 'whole', info: { title: 'repaired' } }]);
    const kept = fs.readdirSync(folder.file('')).find((name) => name.includes('.damaged-'));
    expect(fs.statSync(folder.file(kept ?? '')).size).toBe(size);
    expect(read).toContain(`${head}.bak`);
    expect(read).not.toContain(head);
  });

  test('a head is never saved so large that it could not be read again', async () => {
    await using folder = testFolder();
    const store = folder.store();
    const much = 'x'.repeat(maxHeadBytes);
    await store.save('one', stateOf({ facts: { ...manyFacts(), agentName: much } }));
    expect(await store.load('one')).toMatchObject({ kind: 'whole', state: stateOf() });
    expect(folder.logged.join()).toContain('is too much to keep');
    await expect(store.save('one', stateOf({ title: much }))).rejects.toMatchObject({
      code: 'storageFailed',
      message: 'Cannot save one.json: it is too large.',
    });
    expect(await store.list()).toMatchObject([{ kind: 'whole', info: { title: stateOf().title } }]);
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

test('a folder behind a link, to a drive that is there and then is not, is used, refused in time, and used again', async () => {
  await using folder = testFolder();
  const [drive, away] = [join(folder.path, 'drive'), join(folder.path, 'away')];
  const directory = join(folder.path, 'link');
  fs.mkdirSync(drive);
  fs.symlinkSync(drive, directory, 'junction');
  await folder.store({ directory }).save('one', stateOf());
  fs.renameSync(drive, away);
  const store = folder.store({ directory });
  expect(await store.list()).toEqual([]);
  for (const attempt of [() => store.save('one', stateOf()), () => store.open('one')]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'storageFailed',
      message: expect.stringContaining('it is not where it should be') as string,
    });
  }
  // Nothing was made in its place, and everything is as it was when the drive is back.
  expect(fs.existsSync(drive)).toBe(false);
  fs.renameSync(away, drive);
  await store.save('one', stateOf({ title: 'again' }));
  expect(await store.list()).toMatchObject([{ kind: 'whole', info: { title: 'again' } }]);
});
