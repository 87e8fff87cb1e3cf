// Whether sessions are islands: round trips of 19 sessions while a twentieth floods, against the same without it, in one host.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RoostStack } from '../agents/roostStack.ts';
import { percentile, type BenchRow } from './benchRow.ts';

const others = 19;
/** Short and alternating, so that whatever else the machine does is in both. */
const rounds = 10;
/** Each of the others asks this often, as people do who watch several agents. */
const pauseMs = 300;
const roundMs = 1000;

/** What the twentieth is told, again and again while a round lasts. */
const floods = {
  text: 'flood 5000 200',
  'standard error': 'flood-stderr 5000000',
  'terminal output':
    "terminal sh -c 'yes 0123456789012345678901234567890123456789 | head -c 5000000'",
  'one line of 50 MB': 'longline 50000000',
} as const;

type Flood = keyof typeof floods;

/** All figures of this module. */
export async function rows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'roost-islands-'));
  try {
    await using stack = new RoostStack({
      folder,
      storage: join(folder, 'storage'),
      agents: {
        scripted: {
          command: process.execPath,
          args: [join(import.meta.dirname, '../fixtures/agents/scripted.mjs')],
        },
      },
    });
    return await measure(stack);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(stack: RoostStack): Promise<BenchRow[]> {
  const create = async (): Promise<string> =>
    (await stack.sessions.create({ agent: 'scripted' })).sessionId;
  const flooder = await create();
  const ids: string[] = [];
  while (ids.length < others) ids.push(await create());
  await quiet(stack, ids);
  const result: BenchRow[] = [];
  for (const flood of Object.keys(floods) as Flood[]) {
    const [without, beside]: [number[], number[]] = [[], []];
    let peak = 0;
    for (let round = 0; round < rounds; round += 1) {
      without.push(...(await quiet(stack, ids)));
      const before = process.memoryUsage().rss;
      const one = await flooded(stack, ids, { flooder, prompt: floods[flood] });
      beside.push(...one.trips);
      peak = Math.max(peak, one.peakRss - before);
    }
    const [value, baseline] = [percentile(beside, 0.95), percentile(without, 0.95)];
    result.push(
      {
        name: `round trip p95 of ${others} beside a flood of ${flood}`,
        value,
        unit: 'ms',
        baseline,
        ratio: value / baseline,
        aim: 'at most 2 x without',
      },
      { name: `memory growth in a flood of ${flood}`, value: peak / 1e6, unit: 'MB' },
    );
  }
  return result;
}

/** Round trips of all for one round, in milliseconds. */
async function quiet(stack: RoostStack, ids: readonly string[]): Promise<number[]> {
  const until = performance.now() + roundMs;
  const all = await Promise.all(ids.map((id, at) => trips(stack, id, { until, at })));
  return all.flat();
}

async function flooded(
  stack: RoostStack,
  ids: readonly string[],
  flood: { readonly flooder: string; readonly prompt: string },
): Promise<{ readonly trips: number[]; readonly peakRss: number }> {
  const over = new AbortController();
  let peakRss = 0;
  const watch = setInterval(() => {
    peakRss = Math.max(peakRss, process.memoryUsage().rss);
  }, 20);
  const flooding = (async () => {
    while (!over.signal.aborted) await stack.sessions.prompt(flood.flooder, flood.prompt);
  })();
  const found = await quiet(stack, ids);
  over.abort();
  await flooding;
  clearInterval(watch);
  return { trips: found, peakRss };
}

async function trips(
  stack: RoostStack,
  id: string,
  { until, at }: { readonly until: number; readonly at: number },
): Promise<number[]> {
  const found: number[] = [];
  // Spread over the pause, or all would ask in the same moment.
  await pause((pauseMs * at) / others);
  while (performance.now() < until) {
    const begin = performance.now();
    await stack.sessions.prompt(id, 'say pong');
    found.push(performance.now() - begin);
    await pause(pauseMs);
  }
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
