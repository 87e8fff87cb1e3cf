// Sessions as documents: what is exported comes back the same, overwrites nothing, and is read however somebody laid it out.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statusAtRest } from '../../../src/session/status.ts';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';
import { anyChanges, anyState } from '../../fixtures/storage/arbitraries.ts';
import { changes, FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { built, contentOf, said, testFolder } from '../../fixtures/storage/storeFixture.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

const importer = fileURLToPath(new URL('../../fixtures/storage/importer.ts', import.meta.url));

/** A document as somebody may have laid it out anew. */
const layouts: readonly [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['on one line', (text) => JSON.stringify(JSON.parse(text))],
  ['with tabs', (text) => JSON.stringify(JSON.parse(text), null, '\t')],
  ['with the ends of lines of Windows', (text) => text.replaceAll('\n', '\r\n')],
];

describe('an exported session', () => {
  test('has the form of a head, with the whole transcript', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf({ title: 'Exported' }));
    const log = await store.open('one');
    log.append(said('e1'));
    log.append({ id: 'e1', type: 'append', text: ' and more' });
    log.append(said('e2'));
    await log.sync();
    const file = join(folder.path, 'one.json');
    await store.exportSession('one', file);
    const head: unknown = JSON.parse(fs.readFileSync(folder.file('one.json'), 'utf8'));
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      ...(head as object),
      transcript: [said('e1', 'text of e1 and more'), said('e2')],
    });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each(layouts)('comes back the same, whatever is in it: %s', async (_how, layout) => {
    await using folder = testFolder();
    await fc.assert(
      fc.asyncProperty(anyState, anyChanges, async (state, transcript) => {
        await using other = testFolder('memory');
        const from = folder.store();
        const before = await from.save('one', state);
        const log = await from.open('one');
        for (const change of transcript) log.append(change);
        await log.close();
        const file = join(folder.path, 'one.json');
        await from.exportSession('one', file);
        fs.writeFileSync(file, layout(fs.readFileSync(file, 'utf8')));
        const to = other.store();
        expect(await to.importSession(file)).toBe('one');
        const loaded = await to.load('one');
        const { aliveAtShutdown: _alive, ...exported } = (await from.load('one')).state ?? state;
        expect(loaded.state).toEqual({ ...exported, status: statusAtRest(state.status) });
        expect(loaded.info.savedAt).toBe(before.savedAt);
        expect(await to.readTranscript('one')).toEqual(await from.readTranscript('one'));
        await from.delete('one');
        await from.emptyTrash();
      }),
      { numRuns: 25 },
    );
  });

  test('replaces the file it is written to only when it is whole', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const store = folder.store({ fs: faulty.fs });
    await store.save('one', stateOf());
    const file = join(folder.path, 'one.json');
    fs.writeFileSync(file, 'an earlier export');
    faulty.judge = ({ name, path }) =>
      name === 'write' && path === undefined ? 'ENOSPC' : undefined;
    await expect(store.exportSession('one', file)).rejects.toMatchObject({
      code: 'storageFailed',
      message: 'Cannot export one.json: the disk is full.',
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('an earlier export');
    expect(fs.readdirSync(folder.path).sort()).toEqual(['one.json', 'store']);
  });

  test('of a session without a head that can be read is refused with the way out', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    fs.writeFileSync(folder.file('one.json'), '');
    await expect(store.exportSession('one', join(folder.path, 'x.json'))).rejects.toMatchObject({
      code: 'storageDamaged',
    });
    await expect(store.exportSession('two', join(folder.path, 'x.json'))).rejects.toMatchObject({
      code: 'savedSessionUnknown',
    });
  });
});

describe('an import', () => {
  /** A store with one session, and that session as a file. */
  async function exported(folder: ReturnType<typeof testFolder>): Promise<string> {
    const store = folder.store();
    await store.save('one', stateOf({ title: 'Original', agentSessionId: 'theirs' }));
    const log = await store.open('one');
    log.append(said('e1'));
    await log.close();
    const file = join(folder.path, 'one.json');
    await store.exportSession('one', file);
    return file;
  }

  test('never overwrites: beside the original, or what is in the trash, it is a copy of its own', async () => {
    await using folder = testFolder();
    const file = await exported(folder);
    const store = folder.store();
    const before = contentOf(join(folder.path, 'store', 'sessions'));
    const first = await store.importSession(file);
    expect(first).not.toBe('one');
    expect(contentOf(join(folder.path, 'store', 'sessions'))).toMatchObject(before);
    // The agent's own conversation is the original's alone.
    expect((await store.load(first)).state).not.toHaveProperty('agentSessionId');
    expect(await store.readTranscript(first)).toEqual([said('e1')]);
    await store.delete('one');
    expect(await store.importSession(file)).not.toBe('one');
    await store.emptyTrash();
    expect(await store.importSession(file)).toBe('one');
    expect((await store.load('one')).state).toMatchObject({ agentSessionId: 'theirs' });
  });

  test.each<[string, string | ((text: string) => string), string]>([
    ['nothing', '', 'storageDamaged'],
    ['other JSON', '{"hello":"world"}', 'storageDamaged'],
    ['half of one', (text) => text.slice(0, text.length / 2), 'storageDamaged'],
    ['a head alone', (text) => text.replace('"transcript"', '"manuscript"'), 'storageDamaged'],
    ['a state of wrong types', (text) => text.replace('"Original"', '7'), 'storageDamaged'],
    ['a newer Roost’s', (text) => text.replace('"version": 1', '"version": 9'), 'storageNewer'],
  ])(
    'of a file that holds %s is refused by its name, and changes nothing',
    async (_what, text, code) => {
      await using folder = testFolder();
      const file = await exported(folder);
      const whole = fs.readFileSync(file, 'utf8');
      fs.writeFileSync(file, typeof text === 'string' ? text : text(whole));
      await using other = testFolder();
      const store = other.store();
      const refused = store.importSession(file);
      await expect(refused).rejects.toMatchObject({ code });
      await expect(refused).rejects.toThrow(/^one\.json /);
      expect(await store.list()).toEqual([]);
    },
  );

  test('of a file that is not there, or an id that is none, is told or gets another', async () => {
    await using folder = testFolder();
    const file = await exported(folder);
    const store = folder.store();
    await expect(store.importSession(join(folder.path, 'none.json'))).rejects.toMatchObject({
      code: 'storageFailed',
      details: { cause: 'ENOENT' },
    });
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"one"', '"../../etc"'));
    expect(await store.importSession(file)).toMatch(/^session_[0-9a-f]{18}$/);
  });

  test('keeps an entry that is none as a notice that holds it', async () => {
    await using folder = testFolder();
    const file = await exported(folder);
    const odd = { id: 'e0', type: 'hologram', at: 7 };
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('[\n', `[\n    ${JSON.stringify(odd)},\n`));
    await using other = testFolder();
    const store = other.store();
    await store.importSession(file);
    const [first, second] = await store.readTranscript('one');
    expect(first).toMatchObject({ type: 'notice', code: 'unreadableEntry', data: odd });
    expect(second).toEqual(said('e1'));
  });

  test('that fails at any call leaves nothing, and can be tried again', async () => {
    await using folder = testFolder('memory');
    const file = await exported(folder);
    for (let failing = 0; ; failing++) {
      await using other = testFolder('memory');
      const faulty = new FaultyFileSystem();
      let count = 0;
      faulty.judge = (call) => (changes(call) && count++ === failing ? 'EIO' : undefined);
      const outcome = await other
        .store({ fs: faulty.fs })
        .importSession(file)
        .then(
          () => 'imported',
          () => 'failed',
        );
      const store = other.store();
      const listed = await store.list();
      if (outcome === 'imported') expect(listed).toMatchObject([{ kind: 'whole' }]);
      else expect(listed).toEqual([]);
      if (outcome === 'failed') expect(await store.importSession(file)).toBe('one');
      if (count <= failing) break;
    }
  });

  test('while another window imports the same, at whatever moment, is one of two whole sessions', async () => {
    await using folder = testFolder('memory');
    const file = await exported(folder);
    for (let moment = 0, calls = 1; moment < calls; moment++) {
      await using other = testFolder('memory');
      const slow = new FaultyFileSystem();
      const quick = other.store();
      let theirs = '';
      slow.before = ({ index }) => {
        if (index !== moment) return undefined;
        return quick.importSession(file).then((id) => {
          theirs = id;
        });
      };
      const ours = await other.store({ fs: slow.fs }).importSession(file);
      calls = slow.calls;
      // What only looks without being waited for has no moment between.
      if (theirs === '') continue;
      expect([ours, theirs]).toContain('one');
      const listed = await other.store().list();
      expect(listed.map(({ kind, info }) => [kind, info.sessionId]).sort()).toEqual(
        [ours, theirs].sort().map((id) => ['whole', id]),
      );
      for (const id of [ours, theirs]) {
        expect(await quick.readTranscript(id)).toEqual([said('e1')]);
      }
    }
  });

  test('is in no list, of this window or another, before it is whole', async () => {
    await using folder = testFolder('memory');
    const file = await exported(folder);
    for (let moment = 0, calls = 1; moment < calls; moment++) {
      await using other = testFolder('memory');
      const slow = new FaultyFileSystem();
      const importing = other.store({ fs: slow.fs });
      let looking = false;
      slow.before = ({ index }) => {
        if (index !== moment || looking) return undefined;
        looking = true;
        return Promise.all([importing.list(), other.store().list()]).then((lists) => {
          for (const { kind } of lists.flat()) expect(kind).toBe('whole');
        });
      };
      await importing.importSession(file);
      // More than without a list in between, which does no harm.
      calls = slow.calls;
      expect(await other.store().list()).toMatchObject([{ kind: 'whole' }]);
    }
  });

  test('of the same files in four processes at once gives each a session of its own', async () => {
    await using folder = testFolder();
    const documents: string[] = [];
    const whole = fs.readFileSync(await exported(folder), 'utf8');
    for (let index = 0; index < 20; index++) {
      const document = join(folder.path, `document-${index}.json`);
      fs.writeFileSync(document, whole.replace('"one"', `"document-${index}"`));
      documents.push(document);
    }
    await using other = testFolder();
    const store = other.store();
    const importers = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [importer, store.directory, ...documents], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const lines = importers.map((child) =>
      createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    );
    expect(await Promise.all(lines.map((one) => one.next()))).toMatchObject(
      Array.from({ length: 4 }, () => ({ value: 'ready' })),
    );
    for (const child of importers) child.stdin.end('go\n');
    const answers = await Promise.all(lines.map((one) => one.next()));
    // Each says which ids its sessions have; nothing, when it has failed.
    const imported = answers.map((said) =>
      said.done === true ? [] : (JSON.parse(said.value) as string[]),
    );
    expect(new Set(imported.flat()).size).toBe(80);
    for (const [index] of documents.entries()) {
      expect(imported.filter((own) => own[index] === `document-${index}`)).toHaveLength(1);
    }
    const listed = await store.list();
    expect(listed.map(({ info }) => info.sessionId).sort()).toEqual(imported.flat().sort());
    for (const { kind, info } of listed) {
      expect(kind).toBe('whole');
      expect(await store.readTranscript(info.sessionId)).toHaveLength(1);
    }
  });

  test('of a long transcript never holds up the event loop', async () => {
    await using folder = testFolder();
    const store = folder.store();
    await store.save('one', stateOf());
    const log = await store.open('one');
    const entries: TranscriptEntry[] = [];
    for (let index = 0; index < 20_000; index++) {
      const entry = said(`e${index}`, `text ${index} `.repeat(40));
      if (entry.type !== 'append') entries.push(entry);
      log.append(entry);
    }
    await log.close();
    const file = join(folder.path, 'one.json');
    const turns: number[] = [];
    let [watching, last] = [true, performance.now()];
    const turn = (): void => {
      turns.push(performance.now() - last);
      last = performance.now();
      if (watching) setImmediate(turn);
    };
    setImmediate(turn);
    await store.exportSession('one', file);
    await using other = testFolder();
    await other.store().importSession(file);
    watching = false;
    // Many turns, however slow the machine: the work was done in slices of the file.
    expect(turns.length).toBeGreaterThan(fs.statSync(file).size / (256 * 1024));
    expect(await other.store().readTranscript('one')).toEqual(built(entries));
  });
});
