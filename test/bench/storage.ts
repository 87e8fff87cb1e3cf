// What storage costs: appending at growing sizes, listing ten thousand sessions, opening a long transcript.
import * as fs from 'node:fs';
import { promises as fsp } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/process/systemClock.ts';
import type { Logger } from '../../src/session/ports.ts';
import type { SessionStore } from '../../src/session/storePort.ts';
import type { TranscriptChange } from '../../src/session/transcript.ts';
import { openStore, type DiskStore } from '../../src/storage/sessionStore.ts';
import { realIdentity } from '../fixtures/storage/identities.ts';
import { manyFacts, stateOf } from '../fixtures/storage/stateOf.ts';
import type { BenchRow } from './benchRow.ts';

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const sessions = 10_000;

/** Measures everything in a folder of its own, which is removed afterwards. */
export async function rows(): Promise<readonly BenchRow[]> {
  const root = await fsp.mkdtemp(join(tmpdir(), 'roost-bench-'));
  try {
    return [
      ...(await appending(join(root, 'append'))),
      ...(await listing(join(root, 'list'))),
      ...(await opening(join(root, 'open'))),
    ];
  } finally {
    await fsp.rm(root, { recursive: true });
  }
}

function storeIn(directory: string): DiskStore {
  return openStore({ directory, clock: systemClock(), logger: silent, identity: realIdentity });
}

function message(index: number): TranscriptChange {
  const text = `message ${index} `.padEnd(300, 'lorem ipsum ');
  return { id: `entry-${index}`, at: '2026-01-01T00:00:00.000Z', type: 'agent', text };
}

/** Microseconds per entry of the last part of a growing file, so that a cost that grows shows. */
async function appending(directory: string): Promise<BenchRow[]> {
  const figures: BenchRow[] = [];
  for (const size of [100, 1000, 10_000, 100_000]) {
    const measured = Math.min(size, 10_000);
    const store = storeIn(join(directory, String(size)));
    const log = await store.open('bench');
    for (let index = 0; index < size - measured; index++) log.append(message(index));
    await log.sync();
    const own = await microseconds(measured, async () => {
      for (let index = size - measured; index < size; index++) log.append(message(index));
      await log.sync();
    });
    await store.shutdown();
    const bare = join(directory, `${size}.txt`);
    const line = `${JSON.stringify(message(0))}\n`;
    const few = Math.min(measured, 1000);
    const plain = await microseconds(few, async () => {
      for (let index = 0; index < few; index++) await fsp.appendFile(bare, line);
    });
    figures.push({
      name: `append at ${size} entries`,
      value: own,
      unit: 'us/entry',
      baseline: plain,
      ratio: own / plain,
      aim: 'at 100000 at most 1.2 times that at 1000',
      note: 'next to a bare fs.appendFile',
    });
  }
  return figures;
}

async function listing(directory: string): Promise<BenchRow[]> {
  const store = storeIn(directory);
  await store.save('first', stateOf({ facts: manyFacts() }));
  const head = await fsp.readFile(join(directory, 'sessions', 'first.json'), 'utf8');
  // The heads are written as plain files: ten thousand synced saves would take minutes.
  for (let index = 0; index < sessions; index++) {
    const id = `session-${index}`;
    const path = join(directory, 'sessions', id);
    fs.writeFileSync(`${path}.json`, head.replace('"first"', `"${id}"`));
    fs.writeFileSync(`${path}.jsonl`, `${JSON.stringify(message(index))}\n`);
  }
  await store.shutdown();
  dropCaches();
  const without = await listed(directory);
  dropCaches();
  const through = await listed(directory);
  const again = await listed(directory);
  const note =
    process.env['ROOST_BENCH_DROP_CACHES'] === '1' ? 'file cache dropped' : 'file cache warm';
  // What no list could do without, on this machine at this moment.
  const baseline = leastToList(directory);
  const least = 'next to readdir, stat of each head and JSON.parse of the index, in one go';
  const figure = (name: string, value: number): BenchRow => ({
    name: `list ${sessions} sessions ${name}`,
    value,
    unit: 'ms',
    baseline,
    ratio: value / baseline,
  });
  return [
    { ...figure('without index', without), note },
    { ...figure('through index', through), aim: 'at most 100', note: `${note}; ${least}` },
    { ...figure('again', again), note: 'file cache warm' },
  ];
}

async function listed(directory: string): Promise<number> {
  const store = storeIn(directory);
  const start = performance.now();
  const found = await store.list();
  const value = performance.now() - start;
  if (found.length !== sessions + 1) throw new Error(`listed ${found.length}`);
  await store.shutdown();
  return value;
}

function leastToList(directory: string): number {
  const start = performance.now();
  for (const name of fs.readdirSync(join(directory, 'sessions'))) {
    if (name.endsWith('.json')) fs.statSync(join(directory, 'sessions', name));
  }
  const lines = fs.readFileSync(join(directory, 'index.jsonl'), 'utf8').trimEnd().split('\n');
  const parsed = lines.map((line): unknown => JSON.parse(line));
  if (parsed.length < 2) throw new Error(`parsed ${parsed.length}`);
  return performance.now() - start;
}

async function opening(directory: string): Promise<BenchRow[]> {
  const figures: BenchRow[] = [];
  for (const entries of [10_000, 400_000]) {
    const directoryOf = join(directory, String(entries));
    await fsp.mkdir(join(directoryOf, 'sessions'), { recursive: true });
    const file = fs.openSync(join(directoryOf, 'sessions', 'long.jsonl'), 'a');
    for (let index = 0; index < entries;) {
      const lines: string[] = [];
      for (const end = Math.min(index + 1000, entries); index < end; index++) {
        lines.push(`${JSON.stringify({ ...{ id: '', type: '' }, ...message(index) })}\n`);
      }
      fs.writeSync(file, lines.join(''));
    }
    const megabytes = (fs.fstatSync(file).size / 1e6).toFixed(0);
    fs.closeSync(file);
    const store = storeIn(directoryOf);
    const name = `newest page of ${entries} entries`;
    const lag = watchLag();
    figures.push({ name, ...(await page(store)), note: `${megabytes} MB, first time` });
    figures.push({ name: `${name}, longest turn`, value: lag(), unit: 'ms' });
    figures.push({ name: `${name}, again`, ...(await page(store)) });
  }
  return figures;
}

async function page(store: SessionStore): Promise<{ value: number; unit: string }> {
  const start = performance.now();
  const slice = await store.readSlice('long', { limit: 100 });
  if (slice.entries.length !== 100) throw new Error(`page of ${slice.entries.length}`);
  return { value: performance.now() - start, unit: 'ms' };
}

/** Longest time between two turns of the event loop until the returned function is called. */
function watchLag(): () => number {
  let [last, longest, watching] = [performance.now(), 0, true];
  const turn = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    watching = false;
    return longest;
  };
}

async function microseconds(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) * 1000) / count;
}

/** Only when asked: it slows down everything else on the machine for a moment. */
function dropCaches(): void {
  if (process.env['ROOST_BENCH_DROP_CACHES'] === '1') {
    fs.writeFileSync('/proc/sys/vm/drop_caches', '3');
  }
}
