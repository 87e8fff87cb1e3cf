// Two windows on one storage folder, neither of which hears of what the other does: nothing that one saved is undone by the other.
import * as fs from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { domainOn, type DomainOnDisk } from '../../fixtures/storage/domainOn.ts';
import { jsonOf, testFolder, type TestFolder } from '../../fixtures/storage/storeFixture.ts';

interface TwoWindows {
  readonly first: DomainOnDisk['sessions'];
  readonly second: DomainOnDisk['sessions'];
  readonly sessionId: string;
  /** The second window's time. */
  readonly clock: FakeClock;
  /** The agents that the second window has started. */
  readonly started: DomainOnDisk['agents'];
}

/** Two windows that both list one session, at rest. */
async function twoWindows(folder: TestFolder): Promise<TwoWindows> {
  const { sessions: first } = domainOn(folder.store());
  const { sessionId } = await first.create();
  await first.prompt(sessionId, 'before');
  await first.terminate(sessionId);
  const clock = new FakeClock();
  const { sessions: second, agents: started } = domainOn(folder.store(), clock);
  await second.restoreAll();
  return { first, second, sessionId, clock, started };
}

/** The session's agent ends in the second window, where it is not started again by itself. */
async function crashed(
  folder: TestFolder,
  { second, sessionId, started }: TwoWindows,
): Promise<void> {
  await second.configure(sessionId, { restart: 'never' });
  await second.resume(sessionId);
  started.last.exit();
  await expect.poll(() => second.get(sessionId)?.status).toBe('crashed');
  await expect.poll(() => fs.existsSync(folder.file(`${sessionId}.owner`))).toBe(false);
}

function stateOf(folder: TestFolder, sessionId: string): unknown {
  return jsonOf(folder.file(`${sessionId}.json`))['state'];
}

async function prompts(sessions: DomainOnDisk['sessions'], sessionId: string): Promise<string[]> {
  const entries = await sessions.transcript(sessionId);
  return entries.flatMap((entry) => (entry.type === 'user' ? [entry.text] : []));
}

describe('a session at rest in two windows', () => {
  test('that the first has started is read-only in the second as soon as that wants it, and goes on there later', async () => {
    await using folder = testFolder();
    const { first, second, sessionId, clock, started } = await twoWindows(folder);
    await first.prompt(sessionId, 'in the first');
    await first.rename(sessionId, 'Renamed in the first');
    const written = fs.readFileSync(folder.file(`${sessionId}.json`), 'utf8');
    const readOnly = { code: 'sessionReadOnly' };
    await expect(second.prompt(sessionId, 'too early')).rejects.toMatchObject(readOnly);
    // Nothing was started for it, and it looks as the first window has made it, not like a failure.
    expect(started.links).toEqual([]);
    expect(second.details(sessionId)).toMatchObject({
      readOnly: 'ownedElsewhere',
      storageFailing: false,
      info: { title: 'Renamed in the first', status: 'dormant' },
    });
    expect(second.get(sessionId)?.error).toBeUndefined();
    for (const change of [
      second.prompt(sessionId, 'too early'),
      second.rename(sessionId, 'x'),
      second.deleteSaved(sessionId),
    ]) {
      await expect(change).rejects.toMatchObject(readOnly);
    }
    expect(fs.readFileSync(folder.file(`${sessionId}.json`), 'utf8')).toBe(written);
    await first.terminate(sessionId);
    await vi.waitUntil(async () => {
      await clock.advance(30_000);
      return second.details(sessionId).readOnly === undefined;
    });
    await second.prompt(sessionId, 'in the second');
    const all = ['before', 'in the first', 'in the second'];
    expect(await prompts(second, sessionId)).toEqual(all);
    expect(stateOf(folder, sessionId)).toMatchObject({ title: 'Renamed in the first' });
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test.each<readonly [string, (window: TwoWindows) => Promise<unknown>]>([
    ['is started', ({ second, sessionId }) => second.prompt(sessionId, 'in the second')],
    ['is pinned', ({ second, sessionId }) => second.setPinned(sessionId, 1)],
    ['is kept awake', ({ second, sessionId }) => second.setKeepAwake(sessionId, true)],
    ['is saved', ({ second, sessionId }) => second.save(sessionId)],
  ])('keeps what the first made of it when it %s in the second', async (_, act) => {
    await using folder = testFolder();
    const windows = await twoWindows(folder);
    const { first, second, sessionId } = windows;
    await first.prompt(sessionId, 'in the first');
    await first.rename(sessionId, 'Renamed in the first');
    await first.terminate(sessionId);
    const seen = second.details(sessionId).changedElsewhere;
    await act(windows);
    expect(stateOf(folder, sessionId)).toMatchObject({ title: 'Renamed in the first' });
    expect(second.details(sessionId)).toMatchObject({
      info: { title: 'Renamed in the first' },
      // A panel that shows it reads it again.
      changedElsewhere: seen + 1,
    });
    expect(second.get(sessionId)?.messageCount).toBe((await prompts(second, sessionId)).length);
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test.each<readonly [string, (window: TwoWindows) => Promise<unknown>]>([
    ['renamed', ({ second, sessionId }) => second.rename(sessionId, 'Renamed in the second')],
    ['deleted', ({ second, sessionId }) => second.deleteSaved(sessionId)],
  ])('is not %s in the second while the first runs it, which that then shows', async (_, act) => {
    await using folder = testFolder();
    const windows = await twoWindows(folder);
    const { first, second, sessionId } = windows;
    await first.resume(sessionId);
    await expect(act(windows)).rejects.toMatchObject({ code: 'sessionReadOnly' });
    expect(second.details(sessionId)).toMatchObject({
      readOnly: 'ownedElsewhere',
      info: { title: 'before', status: 'dormant' },
    });
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('is shown as the first has it, as soon as the user looks at it in the second', async () => {
    await using folder = testFolder();
    const { first, second, sessionId } = await twoWindows(folder);
    await first.rename(sessionId, 'Renamed in the first');
    second.setVisible(sessionId, true);
    await expect.poll(() => second.get(sessionId)?.title).toBe('Renamed in the first');
    second.setVisible(sessionId, false);
    await first.resume(sessionId);
    second.setVisible(sessionId, true);
    await expect.poll(() => second.details(sessionId).readOnly).toBe('ownedElsewhere');
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('has the last of two names that were given to it', async () => {
    await using folder = testFolder();
    const { first, second, sessionId } = await twoWindows(folder);
    await first.rename(sessionId, 'First');
    await second.rename(sessionId, 'Second');
    expect(second.get(sessionId)?.title).toBe('Second');
    expect(stateOf(folder, sessionId)).toMatchObject({ title: 'Second' });
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('crashed in the second is put away there as the first has left it', async () => {
    await using folder = testFolder();
    const windows = await twoWindows(folder);
    const { first, second, sessionId } = windows;
    await crashed(folder, windows);
    await first.rename(sessionId, 'Renamed in the first');
    await second.terminate(sessionId);
    expect(stateOf(folder, sessionId)).toMatchObject({
      title: 'Renamed in the first',
      status: 'dormant',
    });
    await crashed(folder, windows);
    await first.deleteSaved(sessionId);
    await second.terminate(sessionId);
    expect(fs.readdirSync(folder.file(''))).toEqual([]);
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('is what it was when only one of them has had it, and is not read again', async () => {
    await using folder = testFolder();
    const { first, second, sessionId } = await twoWindows(folder);
    for (const act of ['resume', 'restart', 'save'] as const) {
      await first[act](sessionId);
      await first.terminate(sessionId);
    }
    await first.rename(sessionId, 'Renamed');
    await first.prompt(sessionId, 'again');
    expect(first.details(sessionId)).toMatchObject({
      changedElsewhere: 0,
      info: { title: 'Renamed' },
    });
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test.each(['dormant', 'crashed'])(
    'deleted in both when %s, is deleted once and can come back',
    async (status) => {
      await using folder = testFolder();
      const windows = await twoWindows(folder);
      const { first, second, sessionId } = windows;
      if (status === 'crashed') {
        await crashed(folder, windows);
      }
      await first.deleteSaved(sessionId);
      await second.deleteSaved(sessionId);
      expect(second.get(sessionId)).toBeUndefined();
      expect(await first.trashed()).toEqual([sessionId]);
      await second.undoDelete();
      expect(await prompts(second, sessionId)).toEqual(['before']);
      await second.shutdown(0);
      await first.shutdown(0);
    },
  );

  test('deleted in the first is not brought back half by what the second does with it', async () => {
    await using folder = testFolder();
    for (const act of ['prompt', 'rename', 'setPinned', 'save'] as const) {
      const { first, second, sessionId } = await twoWindows(folder);
      await first.deleteSaved(sessionId);
      const acts = {
        prompt: () => second.prompt(sessionId, 'x'),
        rename: () => second.rename(sessionId, 'x'),
        setPinned: () => second.setPinned(sessionId, 1),
        save: () => second.save(sessionId),
      };
      await expect(acts[act]()).rejects.toMatchObject({
        code: 'savedSessionUnknown',
        message: 'This session has been deleted in another window.',
      });
      expect(second.get(sessionId)).toBeUndefined();
      expect(fs.readdirSync(folder.file(''))).toEqual([]);
      await first.undoDelete();
      expect(await prompts(first, sessionId)).toEqual(['before']);
      await first.deleteSaved(sessionId);
      await second.shutdown(0);
      await first.shutdown(0);
    }
  });

  test('that the first runs and deletes is gone from the second', async () => {
    await using folder = testFolder();
    const { first, second, sessionId, clock } = await twoWindows(folder);
    await first.resume(sessionId);
    await expect(second.resume(sessionId)).rejects.toMatchObject({ code: 'sessionReadOnly' });
    await first.deleteSaved(sessionId);
    await vi.waitUntil(async () => {
      await clock.advance(30_000);
      return second.get(sessionId) === undefined;
    });
    expect(clock.timers).toBe(0);
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('wanted twice at the same time is looked at and started once', async () => {
    await using folder = testFolder();
    const { first, second, sessionId, started } = await twoWindows(folder);
    await Promise.all([
      second.resume(sessionId),
      second.prompt(sessionId, 'one'),
      second.resume(sessionId),
      second.prompt(sessionId, 'two'),
    ]);
    expect(started.links).toHaveLength(1);
    expect(await prompts(second, sessionId)).toEqual(['before', 'one', 'two']);
    await second.shutdown(0);
    await first.shutdown(0);
  });

  test('is not started in the second when it is stopped before that has looked', async () => {
    await using folder = testFolder();
    const { first, second, sessionId, started } = await twoWindows(folder);
    const starting = second.resume(sessionId);
    await second.terminate(sessionId);
    await expect(starting).rejects.toMatchObject({ code: 'sessionStopped' });
    expect(started.links).toEqual([]);
    expect(second.get(sessionId)?.status).toBe('dormant');
    await second.shutdown(0);
    await first.shutdown(0);
  });
});
