// What sessions cost at rest: ten thousand dormant ones and fifty live ones that nobody talks to, in one host.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../src/process/systemClock.ts';
import type { Clock } from '../../src/session/clock.ts';
import { openStore } from '../../src/storage/sessionStore.ts';
import { RoostStack } from '../agents/roostStack.ts';
import { recordingLogger } from '../fakes/domain.ts';
import { realIdentity } from '../fixtures/storage/identities.ts';
import { manyFacts, stateOf } from '../fixtures/storage/stateOf.ts';
import type { BenchRow } from './benchRow.ts';

const dormant = 10_000;
const live = 50;
/** Longer than the minute between two looks at the idle clocks. */
const restMs = 90_000;

/** All figures of this module. */
export async function rows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'roost-idle-'));
  const storage = join(folder, 'storage');
  try {
    await fill(storage);
    const watched = watchedClock();
    await using stack = new RoostStack({
      folder,
      storage,
      clock: watched.clock,
      settings: { 'restore.policy': 'lazy' },
      agents: {
        scripted: {
          command: process.execPath,
          args: [join(import.meta.dirname, '../fixtures/agents/scripted.mjs')],
        },
      },
    });
    const empty = heap();
    await stack.sessions.restoreAll();
    if (stack.sessions.list().length !== dormant) throw new Error('not all sessions came back');
    const [listed, timersOfDormant] = [heap(), watched.waiting()];
    for (let at = 0; at < live; at += 1) await stack.sessions.create({ agent: 'scripted' });
    const both = heap();
    // What was begun by the starts is written; from here on nobody does anything.
    await Promise.all(
      stack.sessions
        .list()
        .flatMap((one) => (one.status === 'ready' ? [stack.sessions.save(one.sessionId)] : [])),
    );
    const rest = await resting(watched);
    return [
      {
        name: `heap of ${dormant} dormant sessions`,
        value: (listed - empty) / 1e6,
        unit: 'MB',
        aim: 'less than 25',
      },
      { name: `timers of ${dormant} dormant sessions`, value: timersOfDormant, unit: '', aim: '0' },
      {
        name: `heap of ${live} live sessions beside them`,
        value: (both - listed) / 1e6,
        unit: 'MB',
      },
      {
        name: `timers of ${live} live sessions at rest`,
        value: rest.timers,
        unit: '',
        aim: '1 for all idle clocks',
      },
      {
        name: 'wake-ups by timers at rest',
        value: rest.wakeUps,
        unit: 'a minute',
        aim: 'at most 1',
      },
      { name: 'processor time at rest', value: rest.cpuMs, unit: 'ms a minute' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The heads are written as plain files: ten thousand synced saves would take minutes. */
async function fill(directory: string): Promise<void> {
  const logger = recordingLogger();
  const store = openStore({ directory, clock: systemClock(), logger, identity: realIdentity });
  await store.save('first', stateOf({ facts: manyFacts() }));
  const path = (id: string): string => join(directory, 'sessions', `${id}.json`);
  const head = readFileSync(path('first'), 'utf8');
  for (let index = 1; index < dormant; index += 1) {
    const id = `session-${index}`;
    writeFileSync(path(id), head.replace('"first"', `"${id}"`));
  }
  // As after any day of work: the list's cache is there.
  await store.list();
  await store.shutdown();
}

interface WatchedClock {
  readonly clock: Clock;
  /** Timers that are set now. */
  waiting(): number;
  /** Timers that have fired so far. */
  fired(): number;
}

/** The real clock, counting who waits for it and whom it wakes. */
function watchedClock(): WatchedClock {
  const real = systemClock();
  const waiting = new Set<object>();
  let fired = 0;
  return {
    clock: {
      ...real,
      after: (ms, run) => {
        const one = {};
        waiting.add(one);
        const timer = real.after(ms, () => {
          waiting.delete(one);
          fired += 1;
          run();
        });
        return {
          dispose: () => {
            waiting.delete(one);
            timer.dispose();
          },
        };
      },
    },
    waiting: () => waiting.size,
    fired: () => fired,
  };
}

async function resting(
  watched: WatchedClock,
): Promise<{ readonly timers: number; readonly wakeUps: number; readonly cpuMs: number }> {
  const settleMs = 5000;
  await pause(settleMs);
  const [fired, cpu] = [watched.fired(), process.cpuUsage()];
  await pause(restMs);
  const used = process.cpuUsage(cpu);
  const perMinute = 60_000 / restMs;
  return {
    timers: watched.waiting(),
    wakeUps: (watched.fired() - fired) * perMinute,
    cpuMs: ((used.user + used.system) / 1000) * perMinute,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Bytes in use after what is garbage has gone. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  // V8's own function, which has no types.
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
