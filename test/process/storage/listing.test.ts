// Listing a store: quick through the index, right without it.
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { testFolder, withSize } from '../../fixtures/storage/storeFixture.ts';
import type { SessionStore, StoredSession } from '../../../src/session/storePort.ts';
import { manyFacts, stateOf } from '../../fixtures/storage/stateOf.ts';

function stateIn(stored: StoredSession): unknown {
  return stored.kind === 'whole' ? stored.state : undefined;
}

async function rowsOf(store: SessionStore): Promise<readonly unknown[]> {
  return (await store.list()).map(withSize);
}

describe('listing', () => {
  test('the index is only a cache: without it, with a torn or a foreign one, the list is the same', async () => {
    await using folder = testFolder();
    const store = folder.store();
    for (const id of ['a', 'b', 'c'])
      await store.save(id, stateOf({ title: id, facts: manyFacts() }));
    const expected = await rowsOf(store);
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
      expect(await rowsOf(folder.store())).toEqual(expected);
    }
    fs.rmSync(index);
    expect(await rowsOf(folder.store())).toEqual(expected);
    expect(await rowsOf(folder.store())).toEqual(expected);
  });

  test('through the index no head is read, and facts that sessions share are stored once', async () => {
    await using folder = testFolder();
    const facts = manyFacts();
    const store = folder.store();
    for (let index = 0; index < 20; index++) await store.save(`s${index}`, stateOf({ facts }));
    await store.shutdown();
    expect(fs.statSync(join(store.directory, 'index.jsonl')).size).toBeLessThan(
      20 * 1000 + JSON.stringify(facts).length,
    );
    const faulty = new FaultyFileSystem();
    const read: string[] = [];
    let transcripts = 0;
    faulty.judge = ({ name, path }) => {
      if (name === 'readFile') read.push(path ?? '');
      if (path?.endsWith('.jsonl') === true && name === 'statSync') transcripts++;
      return undefined;
    };
    const transcript = folder.file('s7.jsonl');
    fs.writeFileSync(transcript, 'x'.repeat(1000));
    const listed = await folder.store({ fs: faulty.fs }).list();
    expect(listed.map(stateIn)).toEqual(Array.from({ length: 20 }, () => stateOf({ facts })));
    expect(read).toEqual([]);
    // Half the looks at the disk are for a size that the list does not show.
    expect(transcripts).toBe(0);
    const sized = listed.find(({ info }) => info.sessionId === 's7');
    expect(sized?.bytes()).toBe(1000 + fs.statSync(folder.file('s7.json')).size);
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
    // Saves do not wait for their cache; the end of the window does.
    await store.shutdown();
    expect(lines()).toBe(101);
    const next = folder.store();
    await next.list();
    await next.shutdown();
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

  test('many heads share a line; one that is damaged costs reading them again, and what callers do meanwhile is not in it', async () => {
    await using folder = testFolder('memory');
    await folder.store().save('s0', stateOf({ facts: manyFacts() }));
    const head = fs.readFileSync(folder.file('s0.json'), 'utf8');
    for (let index = 1; index < 300; index++) {
      fs.writeFileSync(folder.file(`s${index}.json`), head.replace('"s0"', `"s${index}"`));
    }
    const first = folder.store();
    for (const stored of await first.list()) {
      if (stored.kind === 'whole') stored.state.title = 'changed';
    }
    await first.shutdown();
    const index = join(first.directory, 'index.jsonl');
    const lines = fs.readFileSync(index, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThan(10);
    const faulty = new FaultyFileSystem();
    let read = 0;
    faulty.judge = ({ name }) => {
      if (name === 'readFile') read++;
      return undefined;
    };
    const states = async (): Promise<unknown[]> =>
      (await folder.store({ fs: faulty.fs }).list()).map(stateIn);
    const expected = Array.from({ length: 300 }, () => stateOf({ facts: manyFacts() }));
    expect(await states()).toEqual(expected);
    expect(read).toBe(0);
    fs.writeFileSync(
      index,
      lines.with(1, lines[1]?.replace('dormant', 'working') ?? '').join('\n'),
    );
    expect(await states()).toEqual(expected);
    expect(read).toBeGreaterThan(1);
    expect(read).toBeLessThan(100);
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
