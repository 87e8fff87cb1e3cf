// A host with five streaming sessions, killed at random moments: at most the last quarter of a second of text is missing, and never an entry.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { textFlushMs } from '../../../src/session/context.ts';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';
import { testFolder } from '../../fixtures/storage/storeFixture.ts';

const host = fileURLToPath(new URL('../../fixtures/storage/crashingHost.ts', import.meta.url));

/** How often, and from which seed: a longer run, and a failed one again, are asked for by these. */
const kills = Number(process.env['ROOST_KILLS'] ?? 12);
const seed = Number(process.env['ROOST_SEED'] ?? Date.now() % 1_000_000);

/** One thing that a host said it had been told. */
interface Said {
  readonly what: string;
  readonly sessionId: string;
  readonly detail: string;
  /** Milliseconds on the host's own clock. */
  readonly at: number;
}

/** What a host said until it was killed, and the longest that its event loop was held up. */
interface LastWords {
  readonly said: readonly Said[];
  readonly lag: number;
}

/** Runs a host and kills it so long after its first words. */
async function killAfter(directory: string, life: number, ms: number): Promise<LastWords> {
  const child = spawn(process.execPath, ['--no-warnings', host, directory, String(life)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  const said: Said[] = [];
  let [errors, lag] = ['', 0];
  let timer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    timer ??= setTimeout(() => child.kill('SIGKILL'), ms);
    const words = line.split(' ');
    // The last line may have been cut by the signal.
    if (words.length < 4) continue;
    lag = Math.max(lag, Number(words.at(-1)));
    const [what = '', sessionId = '', detail = ''] = words;
    said.push({ what, sessionId, detail, at: Number(words.at(-2)) });
  }
  clearTimeout(timer);
  expect([await exit, errors]).toEqual([[null, 'SIGKILL'], '']);
  return { said, lag };
}

/** Numbers that look random and come again with the seed. */
function* pseudoRandom(from: number): Generator<number, never> {
  for (let state = (from % 2_147_483_646) + 1; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

/** What a transcript holds of one life, as the host would have said it. */
function heldOf(entries: readonly TranscriptEntry[], life: number): Set<string> {
  const held = new Set<string>();
  for (const entry of entries) {
    if (entry.type === 'user') held.add(`user:${entry.text}`);
    if (entry.type === 'toolCall') held.add(`call:${entry.toolCallId}`);
    if (entry.type !== 'agent') continue;
    for (const token of entry.text.split(' ')) held.add(token);
  }
  return new Set([...held].filter((one) => one.replace(/^\w+:/, '').startsWith(`${life}.`)));
}

test(
  `killed ${kills} times (ROOST_SEED=${seed}), it loses no entry, no session, and no older text`,
  async () => {
    await using folder = testFolder();
    const directory = join(folder.path, 'store');
    const random = pseudoRandom(seed);
    const created = new Set<string>();
    let [tokens, missed, longest] = [0, 0, 0];
    for (let life = 0; life < kills; life++) {
      const { said, lag } = await killAfter(directory, life, random.next().value * 700);
      for (const one of said) if (one.what === 'created') created.add(one.sessionId);
      const store = folder.store();
      const listed = await store.list();
      expect(listed.filter(({ kind }) => kind !== 'whole')).toEqual([]);
      const ids = listed.map(({ info }) => info.sessionId);
      expect([...created].filter((id) => !ids.includes(id))).toEqual([]);
      const end = said.at(-1)?.at ?? 0;
      for (const { sessionId } of listed.map(({ info }) => info)) {
        const held = heldOf(await store.readTranscript(sessionId), life);
        const own = said.filter((one) => one.sessionId === sessionId);
        const lost = own.filter(
          ({ what, detail }) => (what === 'text' || what === 'entry') && !held.has(detail),
        );
        expect(lost.filter(({ what }) => what === 'entry')).toEqual([]);
        // Text is only ever missing at the end, and no more of it than the promise says.
        const texts = own.filter(({ what }) => what === 'text');
        expect(texts.slice(texts.length - lost.length)).toEqual(lost);
        const age = end - (lost[0]?.at ?? end);
        expect(age).toBeLessThanOrEqual(textFlushMs + lag);
        tokens += texts.length;
        missed += lost.length;
        longest = Math.max(longest, age);
      }
      await store.shutdown();
    }
    expect(created.size).toBeGreaterThan(0);
    expect(tokens).toBeGreaterThan(kills);
    console.log(
      `${kills} kills, seed ${seed}: ${missed} of ${tokens} chunks missing, none older than ${longest.toFixed(0)} ms`,
    );
  },
  Math.max(120_000, kills * 5000),
);
