// A transcript whose disk refuses: what was said is kept, tried again and never doubled.
import * as fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TranscriptLog } from '../../../src/session/storePort.ts';
import { FakeClock, settle } from '../../fakes/fakeClock.ts';
import {
  FaultyFileSystem,
  type Fate,
  type FileCall,
} from '../../fixtures/storage/faultyFileSystem.ts';
import {
  built,
  more,
  said,
  testFolder,
  type TestFolder,
} from '../../fixtures/storage/storeFixture.ts';

describe('a transcript whose disk refuses', () => {
  async function openIn(
    folder: TestFolder,
    judged: FaultyFileSystem,
  ): Promise<{ log: TranscriptLog; clock: FakeClock; told: boolean[] }> {
    const clock = new FakeClock();
    const log = await folder.store({ fs: judged.fs, clock }).open('one');
    const told: boolean[] = [];
    folder.own(log.onDidChangeFailing((failing) => told.push(failing)));
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
