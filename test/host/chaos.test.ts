// Chaos: random faults on many sessions in a real extension host. In the end every transcript is whole and in order, and nothing of ours runs.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, describe, it } from 'mocha';
import type { RoostApi } from '../../src/api.ts';
import { voice } from './report.ts';
import { processesOf, removeAllSessions, roost, scripted, setSetting } from './roost.ts';

const seed = Number(process.env['ROOST_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const seconds = Number(process.env['ROOST_CHAOS_SECONDS'] ?? 8);
const count = 20;
const chunks = 40;
/** The loop may be this much later than when nothing happens, whatever happens. */
const lagFactor = 20;

/** The same numbers from 0 to 1 for the same seed. */
function numbers(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one session was told and which of it came to its end. */
interface Told {
  readonly sessionId: string;
  readonly prompts: string[];
  readonly ended: Set<string>;
}

describe(`chaos with seed ${seed}`, function () {
  this.timeout(seconds * 1000 + 120_000);
  const chance = numbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
  const store = mkdtempSync(join(tmpdir(), 'roost-chaos-'));
  const told: Told[] = [];
  const unexpected: unknown[] = [];
  const stopped = new Set<number>();
  let api: RoostApi;

  before(async () => {
    api = await roost();
    await setSetting('agents', { chaos: scripted('--store', store) });
    await setSetting('supervision.graceSeconds', 0.5);
    await setSetting('supervision.maxRestarts', 1000);
  });

  after(async () => {
    for (const pid of stopped) signal(pid, 'SIGCONT');
    await removeAllSessions(api);
    for (const name of ['agents', 'supervision.graceSeconds', 'supervision.maxRestarts']) {
      await setSetting(name, undefined);
    }
    rmSync(store, { recursive: true, force: true });
  });

  /** Whatever is done to a session may fail, but only as a `SessionError`. */
  async function attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'SessionError') unexpected.push(error);
      return undefined;
    }
  }

  /** The faults; each is done to one session at any moment of its life. */
  const faults: Readonly<Record<string, (sessionId: string) => void>> = {
    kill: (id) => {
      signal(pidOf(api, id), 'SIGKILL');
    },
    term: (id) => {
      signal(pidOf(api, id), 'SIGTERM');
    },
    freeze: (id) => {
      const pid = pidOf(api, id);
      if (pid === undefined || !signal(pid, 'SIGSTOP')) return;
      stopped.add(pid);
      setTimeout(() => {
        stopped.delete(pid);
        signal(pid, 'SIGCONT');
      }, 700);
    },
    stop: (id) => void attempt(api.terminateSession(id)),
    destroy: (id) => void attempt(api.terminateSession(id, { force: true })),
    restart: (id) => void attempt(api.restartSession(id)),
    cancel: (id) => void attempt(api.cancelPrompt(id)),
    save: (id) => void attempt(api.saveSession(id)),
    guard: () => {
      for (const pid of guards()) signal(pid, 'SIGKILL');
    },
  };

  /** Lines that go in front of what a prompt has to say: ways to misbehave in a turn. */
  const whims = [
    '',
    '',
    'flood 2000 100',
    'flood-stderr 400000',
    'longline 2000000',
    'garbage',
    'children 2',
    'odd',
    'terminal echo in a terminal',
    'late too late',
    'crash',
    'kill SIGSEGV',
  ];

  async function drive(one: Told, until: number): Promise<void> {
    for (let n = 0; performance.now() < until; n += 1) {
      const mark = `${told.indexOf(one)}-${n}`;
      const prompt = `say begin ${mark}\n${pick(whims)}\nstream ${chunks} 20 1\nsay end ${mark}`;
      one.prompts.push(prompt);
      const result = await attempt(api.sendPrompt(one.sessionId, prompt));
      if (result?.stopReason === 'end_turn') one.ended.add(prompt);
    }
  }

  it(`for ${seconds} s with ${count} sessions loses nothing, leaves nothing and holds nobody up`, async () => {
    console.log(`${voice}chaos: ROOST_CHAOS_SEED=${seed} ROOST_CHAOS_SECONDS=${seconds}`);
    while (told.length < count) {
      const { sessionId } = await api.createSession({ agent: 'chaos' });
      told.push({ sessionId, prompts: [], ended: new Set() });
    }
    const idle = await lag(pause(2000));
    const until = performance.now() + seconds * 1000;
    const done: Record<string, number> = {};
    const storm = async (): Promise<void> => {
      while (performance.now() < until) {
        await pause(40 + chance() * 80);
        const name = pick(Object.keys(faults));
        done[name] = (done[name] ?? 0) + 1;
        faults[name]?.(pick(told).sessionId);
      }
    };
    const busy = await lag(Promise.all([storm(), ...told.map((one) => drive(one, until))]));
    await Promise.all(told.map(({ sessionId }) => attempt(api.terminateSession(sessionId))));
    const ended = told.reduce((sum, one) => sum + one.ended.size, 0);
    const prompts = told.reduce((sum, one) => sum + one.prompts.length, 0);
    console.log(
      `${voice}chaos: ${JSON.stringify(done)}, ${ended} of ${prompts} turns ended; ` +
        `loop p99 ${busy.toFixed(1)} ms, idle ${idle.toFixed(1)} ms`,
    );
    assert.deepEqual(unexpected, []);
    assert.ok(ended > 0, 'no turn ended');
    for (const one of told) {
      const { status, processAlive } = api.getSession(one.sessionId) ?? {};
      assert.deepEqual([status, processAlive], ['dormant', false]);
      assert.deepEqual(processesOf(one.sessionId), []);
      await checkTranscript(one);
    }
    assert.ok(
      busy <= lagFactor * Math.max(idle, 20),
      `the loop was ${busy} ms late, ${idle} ms when idle`,
    );
  });

  /** Every prompt that was begun once, in order; every turn that ended with all it said, in order. */
  async function checkTranscript({ sessionId, prompts, ended }: Told): Promise<void> {
    const entries = await api.getTranscript(sessionId);
    assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length, 'ids are unique');
    let next = 0;
    const seen = new Set<string>();
    entries.forEach((entry, at) => {
      if (entry.type !== 'user') return;
      // One that was never begun, because its session was stopped first, may be missing.
      const found = prompts.indexOf(entry.text, next);
      assert.notEqual(found, -1, `${sessionId}: in order, once: ${entry.text}`);
      next = found + 1;
      seen.add(entry.text);
      if (!ended.has(entry.text)) return;
      const after = entries.slice(at + 1);
      const end = after.findIndex(({ type }) => type === 'user');
      const said = after
        .slice(0, end === -1 ? undefined : end)
        .flatMap((one) => (one.type === 'agent' ? one.text : []))
        .join('');
      const mark = /begin (\S+)/.exec(entry.text)?.[1] ?? '';
      const parts = Array.from({ length: chunks }, (_, i) => `${i} x`);
      let from = 0;
      for (const part of [`begin ${mark}`, ...parts, `end ${mark}`]) {
        const place = said.indexOf(part, from);
        assert.notEqual(place, -1, `${sessionId}: ${mark} has ${part}`);
        from = place + part.length;
      }
    });
    for (const prompt of ended) assert.ok(seen.has(prompt), `${sessionId} has ${prompt}`);
  }
});

function pidOf(api: RoostApi, sessionId: string): number | undefined {
  const pid = api.getSession(sessionId)?.pid;
  try {
    const environment = readFileSync(`/proc/${String(pid)}/environ`, 'latin1');
    return environment.includes(sessionId) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The guards of this extension host: its children that run the guard's program. */
function guards(): number[] {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1');
    return children
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0)
      .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('guard.cjs'));
  } catch {
    return [];
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
  try {
    return pid !== undefined && process.kill(pid, name);
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How late the event loop is while something goes on: the 99th percentile in milliseconds. */
async function lag(while_: Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await while_;
  delay.disable();
  return delay.percentile(99) / 1e6;
}
