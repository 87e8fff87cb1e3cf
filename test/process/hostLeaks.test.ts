// Many sessions come and go in one host: handles, listeners, timers, descriptors, temporary files and heap are where they were.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RoostStack } from '../agents/roostStack.ts';
import { agents } from './support/shapes.ts';
import { until } from './support/tags.ts';

/** A tenth of what the promise is about; `ROOST_LEAK_CYCLES=1000` runs the whole of it. */
const cycles = Number(process.env['ROOST_LEAK_CYCLES'] ?? 100);
const atOnce = 5;
const folder = mkdtempSync(join(tmpdir(), 'roost-leaks-'));
let stack: RoostStack;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Held {
  readonly resources: Readonly<Record<string, number>>;
  readonly descriptors: number;
  readonly listeners: number;
  readonly files: readonly string[];
}

function held(): Held {
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    resources[name] = (resources[name] ?? 0) + 1;
  }
  return {
    resources,
    descriptors: readdirSync('/proc/self/fd').length,
    listeners: process
      .eventNames()
      .reduce((sum: number, name) => sum + process.listenerCount(name), 0),
    files: readdirSync(join(folder, 'storage'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('tmp'))
      .sort(),
  };
}

/** What more is held than before. Less is fine: a call of the first ones may have been under way still. */
function more(before: Held): string[] {
  const now = held();
  const counts = Object.entries({
    ...now.resources,
    descriptors: now.descriptors,
    listeners: now.listeners,
  });
  const { descriptors, listeners, resources } = before;
  const then: Readonly<Record<string, number>> = { ...resources, descriptors, listeners };
  return [
    ...counts.flatMap(([name, count]) =>
      count > (then[name] ?? 0) ? [`${name}: ${count}, not ${then[name] ?? 0}`] : [],
    ),
    ...now.files.filter((name) => !before.files.includes(name)),
  ];
}

function heap(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** How many objects there are that can still be reached: of every class, promises and functions among them. */
function objects(): number {
  collect();
  return queryObjects(Object, { format: 'count' });
}

beforeAll(() => {
  stack = new RoostStack({
    folder,
    storage: join(folder, 'storage'),
    agents: { light: { command: '/bin/sh', args: [join(agents, 'light.sh')] } },
  });
});

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** One life: created, one turn, stopped, deleted. */
async function live(): Promise<void> {
  const { sessionId } = await stack.sessions.create({ agent: 'light' });
  expect(await stack.sessions.prompt(sessionId, 'hello')).toEqual({ stopReason: 'end_turn' });
  await stack.sessions.terminate(sessionId);
  await stack.sessions.deleteSaved(sessionId);
}

async function liveMany(count: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await live();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

it(
  `${cycles} times create, prompt, stop and delete leave nothing`,
  { timeout: 600_000 },
  async () => {
    // What is loaded, compiled and started with the first ones stays.
    await liveMany(20);
    const before = held();
    const heapBefore = heap();
    const objectsBefore = objects();
    await liveMany(cycles);
    // The last delayed syncs and output bounds run out by themselves.
    await until('nothing more is held than before', () => more(before).length === 0).catch(() => {
      expect(more(before)).toEqual([]);
    });
    const grown = heap() - heapBefore;
    // Most of that is code that has become hot; an object kept of every session would be a leak.
    expect((objects() - objectsBefore) / cycles).toBeLessThan(1);
    expect(grown / cycles).toBeLessThan(20_000);
  },
);
