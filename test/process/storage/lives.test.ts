// Sessions over several lives of a host, on real files: what is restored is what was saved, as far as the disk still tells it.
import * as fs from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { domainOn, type DomainOnDisk } from '../../fixtures/storage/domainOn.ts';
import { FaultyFileSystem } from '../../fixtures/storage/faultyFileSystem.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';
import { jsonOf, testFolder, type TestFolder } from '../../fixtures/storage/storeFixture.ts';

/** A life in which a session was talked to, ended in order; the session's id. */
async function talked(folder: TestFolder, prompt = 'fix the test'): Promise<string> {
  const store = folder.store();
  const { sessions, agents } = domainOn(store);
  const { sessionId } = await sessions.create();
  agents.script = {};
  await sessions.prompt(sessionId, prompt);
  await sessions.terminate(sessionId);
  await sessions.shutdown(0);
  await store.shutdown();
  return sessionId;
}

/** The next life, in which everything that can be is restored. */
async function nextLife(folder: TestFolder): Promise<DomainOnDisk> {
  const life = domainOn(folder.store());
  await life.sessions.restoreAll();
  return life;
}

function lines(entries: readonly TranscriptEntry[]): string[] {
  return entries.map((entry) =>
    entry.type === 'user' || entry.type === 'notice' ? `${entry.type}: ${entry.text}` : entry.type,
  );
}

/** What lies beside a head that was damaged. */
function keptIn(folder: TestFolder): string[] {
  return fs.readdirSync(folder.file('')).filter((name) => name.includes('.damaged-'));
}

describe('the next life', () => {
  test('restored, saved and restored, a session is what it was', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const { state } = jsonOf(folder.file(`${sessionId}.json`));
    const transcript = fs.readFileSync(folder.file(`${sessionId}.jsonl`), 'utf8');
    for (let life = 0; life < 3; life++) {
      const { sessions } = await nextLife(folder);
      await sessions.save(sessionId);
      await sessions.shutdown(0);
    }
    // Whether an agent ran when a window closed is of that window.
    expect(jsonOf(folder.file(`${sessionId}.json`))['state']).toEqual({
      ...(state as object),
      aliveAtShutdown: false,
    });
    expect(fs.readFileSync(folder.file(`${sessionId}.jsonl`), 'utf8')).toBe(transcript);
  });

  test('keeps what only a newer Roost understands, in the head and in every entry', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const head = jsonOf(folder.file(`${sessionId}.json`));
    const state = head['state'] as Record<string, unknown>;
    const newer = { ...head, later: 1, state: { ...state, later: [2], config: { later: '3' } } };
    fs.writeFileSync(folder.file(`${sessionId}.json`), JSON.stringify(newer));
    const file = folder.file(`${sessionId}.jsonl`);
    const marked = fs
      .readFileSync(file, 'utf8')
      .replaceAll('"}\n', '","later":{"than":["this"]}}\n')
      .concat('{"id":"x","type":"of a later Roost","at":"2030"}\n');
    fs.writeFileSync(file, marked);
    const { sessions } = await nextLife(folder);
    await sessions.prompt(sessionId, 'go on');
    await sessions.rename(sessionId, 'Renamed');
    await sessions.terminate(sessionId);
    await sessions.shutdown(0);
    expect(jsonOf(folder.file(`${sessionId}.json`))).toMatchObject({
      later: 1,
      state: { title: 'Renamed', later: [2], config: { later: '3' } },
    });
    const written = fs.readFileSync(file, 'utf8');
    expect(written.startsWith(marked)).toBe(true);
    expect(written).toContain('go on');
    const entries = await folder.store().readTranscript(sessionId);
    expect(entries[0]).toMatchObject({ type: 'user', later: { than: ['this'] } });
  });
});

describe('two windows', () => {
  test('have a session one after the other, each with all that was said in it', async () => {
    await using folder = testFolder();
    const first = domainOn(folder.store());
    const { sessionId } = await first.sessions.create();
    const clock = new FakeClock();
    const second = domainOn(folder.store(), clock);
    await second.sessions.restoreAll();
    await clock.advance(60_000);
    expect(second.sessions.details(sessionId).readOnly).toBe('ownedElsewhere');
    await first.sessions.prompt(sessionId, 'in the first');
    await expect(second.sessions.prompt(sessionId, 'x')).rejects.toMatchObject({
      code: 'sessionReadOnly',
    });
    await first.sessions.terminate(sessionId);
    const { readOnly } = await vi.waitUntil(async () => {
      await clock.advance(30_000);
      const details = second.sessions.details(sessionId);
      return details.readOnly === undefined ? details : undefined;
    });
    expect(readOnly).toBeUndefined();
    expect(second.sessions.get(sessionId)?.title).toBe('in the first');
    await second.sessions.prompt(sessionId, 'in the second');
    expect(lines(await second.sessions.transcript(sessionId))).toEqual([
      'user: in the first',
      'user: in the second',
    ]);
    await expect(first.sessions.prompt(sessionId, 'x')).rejects.toMatchObject({
      code: 'sessionReadOnly',
    });
    await second.sessions.shutdown(0);
    await first.sessions.shutdown(0);
  });
});

describe('a damaged head', () => {
  test('is replaced by the good one before it, which is said, and kept', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const head = folder.file(`${sessionId}.json`);
    const { state } = jsonOf(`${head}.bak`);
    const torn = fs.readFileSync(head, 'utf8').slice(0, 80);
    fs.writeFileSync(head, torn);
    const { sessions } = await nextLife(folder);
    expect(sessions.damaged()).toMatchObject([
      {
        sessionId,
        damaged: expect.stringContaining(`${sessionId}.json is not valid JSON`) as string,
      },
    ]);
    expect(sessions.get(sessionId)).toMatchObject({
      title: (state as { title: string }).title,
      status: 'dormant',
    });
    // Looking alone changes nothing.
    expect(fs.readFileSync(head, 'utf8')).toBe(torn);
    await sessions.prompt(sessionId, 'go on');
    expect(lines(await sessions.transcript(sessionId)).slice(0, 2)).toEqual([
      'user: fix the test',
      'user: go on',
    ]);
    await sessions.shutdown(0);
    const [kept = ''] = keptIn(folder);
    expect(fs.readFileSync(folder.file(kept), 'utf8')).toBe(torn);
    expect((await nextLife(folder)).sessions.damaged()).toEqual([]);
  });

  test('without a good one is made anew of what was said, once somebody asks', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const head = folder.file(`${sessionId}.json`);
    fs.rmSync(`${head}.bak`);
    fs.writeFileSync(head, 'nothing of it');
    const { sessions, logged } = await nextLife(folder);
    expect(sessions.list()).toEqual([]);
    expect(logged.join('\n')).toContain(`${sessionId} was not restored`);
    expect(fs.readFileSync(head, 'utf8')).toBe('nothing of it');
    await sessions.restore(sessionId);
    expect(sessions.get(sessionId)).toMatchObject({ title: 'fix the test', status: 'dormant' });
    expect(lines(await sessions.transcript(sessionId))).toEqual([
      'user: fix the test',
      expect.stringMatching(/^notice: .*brought back with what can still be read/),
    ]);
    expect(keptIn(folder)).toHaveLength(1);
    expect((await nextLife(folder)).sessions.list()).toHaveLength(1);
  });

  test('of which nothing is left but its name is refused, and stays', async () => {
    await using folder = testFolder();
    await folder.store().save('one', stateOf());
    fs.writeFileSync(folder.file('one.json'), '');
    const { sessions } = await nextLife(folder);
    await expect(sessions.restore('one')).rejects.toMatchObject({
      code: 'storageDamaged',
      message: 'one.json is empty.',
    });
    expect(fs.readdirSync(folder.file(''))).toEqual(['one.json']);
  });

  test('that a newer Roost wrote is not replaced by anything older', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const head = folder.file(`${sessionId}.json`);
    const newer = JSON.stringify({
      ...jsonOf(head),
      version: 9,
      state: { name: 'in other words' },
    });
    fs.writeFileSync(head, newer);
    const { sessions } = await nextLife(folder);
    expect(sessions.list()).toEqual([]);
    expect(sessions.damaged()[0]?.damaged).toContain('was written by a newer Roost (version 9)');
    await expect(sessions.restore(sessionId)).rejects.toMatchObject({
      code: 'storageNewer',
      hint: expect.stringContaining('Update Roost') as string,
    });
    expect(fs.readFileSync(head, 'utf8')).toBe(newer);
    expect(keptIn(folder)).toEqual([]);
  });

  test('of a newer Roost that can be read is read-only, and says so', async () => {
    await using folder = testFolder();
    const sessionId = await talked(folder);
    const head = folder.file(`${sessionId}.json`);
    const newer = JSON.stringify({ ...jsonOf(head), version: 9 });
    fs.writeFileSync(head, newer);
    const { sessions } = await nextLife(folder);
    expect(sessions.details(sessionId).readOnly).toBe('newerVersion');
    expect(lines(await sessions.transcript(sessionId))[0]).toBe('user: fix the test');
    for (const change of [
      sessions.prompt(sessionId, 'x'),
      sessions.rename(sessionId, 'x'),
      sessions.save(sessionId),
    ]) {
      await expect(change).rejects.toMatchObject({
        code: 'storageNewer',
        message: expect.stringContaining('newer version of Roost') as string,
      });
    }
    await sessions.shutdown(0);
    expect(fs.readFileSync(head, 'utf8')).toBe(newer);
  });
});

describe('a head that cannot be saved', () => {
  test('is saved by itself, at growing distances, when the disk takes it again', async () => {
    await using folder = testFolder();
    const faulty = new FaultyFileSystem();
    const clock = new FakeClock();
    const { sessions } = domainOn(folder.store({ fs: faulty.fs, clock }), clock);
    const { sessionId } = await sessions.create();
    const head = folder.file(`${sessionId}.json`);
    const good = fs.readFileSync(head, 'utf8');
    let tries = 0;
    faulty.judge = ({ name, path }) => {
      if (name !== 'open' || path?.endsWith('.tmp') !== true || !path.includes('.json.')) return;
      tries++;
      return 'ENOSPC';
    };
    await expect(sessions.rename(sessionId, 'Renamed')).rejects.toMatchObject({
      code: 'storageFailed',
      message: `Cannot save ${sessionId}.json: the disk is full.`,
    });
    expect(sessions.details(sessionId)).toMatchObject({
      storageFailing: true,
      storageError: { code: 'storageFailed' },
    });
    expect(sessions.get(sessionId)).toMatchObject({ title: 'Renamed', status: 'ready' });
    expect(fs.readFileSync(head, 'utf8')).toBe(good);
    const timers = clock.timers;
    // After 1, 2, 4, 8, 16, 30, 30 … seconds; real files in between take their time.
    for (const [seconds, tried] of [
      [1, 2],
      [1, 2],
      [1, 3],
      [4, 4],
      [8, 5],
      [16, 6],
      [30, 7],
      [30, 8],
    ] as const) {
      await clock.advance(seconds * 1000);
      await expect.poll(() => tries).toBe(tried);
      // The next try is set once this one has failed.
      await expect.poll(() => clock.timers).toBe(timers);
    }
    faulty.judge = () => undefined;
    await clock.advance(30_000);
    await expect.poll(() => sessions.details(sessionId).storageFailing).toBe(false);
    expect(jsonOf(head)).toMatchObject({ state: { title: 'Renamed' } });
    await sessions.shutdown(0);
  });
});
