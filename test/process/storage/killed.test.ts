// A writer killed at random moments: whatever it had acknowledged is there, and its session can be taken over at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseLine } from '../../../src/storage/transcriptLines.ts';
import { built, said, testFolder, type TestFolder } from '../../fixtures/storage/storeFixture.ts';
import { changeAt } from '../../fixtures/storage/writerChanges.ts';

const writer = fileURLToPath(new URL('../../fixtures/storage/writer.ts', import.meta.url));

/** What a killed writer had acknowledged last. */
interface Acknowledged {
  readonly appended: number;
  readonly saved: number;
}

/** Runs a writer and kills it when it has said so many lines. */
async function killAfter(folder: TestFolder, from: number, lines: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [writer, `${folder.path}/store`, String(from)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  let [appended, saved, count, errors] = [from - 1, 0, 0, ''];
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, number] = line.split(' ');
    if (what === 'appended') appended = Number(number);
    if (what === 'saved') saved = Number(number);
    // The pipe is read to its end: it holds what was acknowledged before the signal arrived.
    if (++count === lines) child.kill('SIGKILL');
  }
  expect([await exit, errors]).toEqual([[null, 'SIGKILL'], '']);
  return { appended, saved };
}

/** Numbers that look random and are the same in every run. */
function* pseudoRandom(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/** One session, written and killed again and again; how many changes it has in the end. */
async function killRepeatedly(kills: number, seed: number): Promise<number> {
  await using folder = testFolder();
  const random = pseudoRandom(seed);
  let next = 0;
  let tornSoFar = 0;
  for (let run = 0; run < kills; run++) {
    const acknowledged = await killAfter(folder, next, 1 + Math.floor(random.next().value * 600));
    const store = folder.store();
    const [stored, ...others] = await store.list();
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ kind: 'whole' });
    expect(stored).not.toHaveProperty('readOnly');
    // A save that was not acknowledged may be there too.
    const ahead = (stored?.info.messageCount ?? -1) - acknowledged.saved;
    expect([0, 1]).toContain(ahead);
    const lines = fs.readFileSync(folder.file('one.jsonl'), 'utf8').split('\n');
    if (lines.pop() !== '') tornSoFar++;
    const whole = lines.filter((line) => parseLine(Buffer.from(line)) !== undefined);
    // A line is only ever torn by a kill; the next writer has ended it and gone on.
    expect(lines.length - whole.length).toBeLessThanOrEqual(tornSoFar);
    // At most one change more than was acknowledged: the process died before it could say so.
    expect([1, 2]).toContain(whole.length - acknowledged.appended);
    const changes = whole.map((_, index) => changeAt(index));
    expect(await store.readTranscript('one')).toEqual(built(changes));
    // What the dead process owned is free at once.
    await (await store.open('one')).close();
    next = whole.length;
  }
  return next;
}

test('thirty kills: no acknowledged change or head is lost, nothing inside is torn', async () => {
  const changes = await Promise.all([killRepeatedly(15, 7), killRepeatedly(15, 11)]);
  expect(Math.min(...changes)).toBeGreaterThan(500);
}, 180_000);

test('a transcript that was torn by a kill takes new changes as if nothing had been', async () => {
  await using folder = testFolder();
  await killAfter(folder, 0, 50);
  const file = folder.file('one.jsonl');
  fs.truncateSync(file, fs.statSync(file).size - 3);
  const store = folder.store();
  const before = await store.readTranscript('one');
  const log = await store.open('one');
  log.append(said('after'));
  expect(await store.readTranscript('one')).toEqual([...before, said('after')]);
});
