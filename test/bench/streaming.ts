// What an agent's stream costs: Roost's link against the SDK's client doing the same, and against a plain reader, each in a fresh process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** One figure. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same figure of what it is compared with. */
  readonly baseline?: number;
  /** `value` divided by `baseline`. */
  readonly ratio?: number;
  readonly aim?: string;
}

interface Streamed {
  readonly perSecond: number;
  readonly stallMs: number;
  readonly late: number;
  readonly lost: number;
  readonly growthMb: number;
  readonly cpuUs: number;
}

type Kind = 'roost' | 'sdk' | 'plain';

const updates = 50_000;
const rounds = 5;
const starts = 8;
const run = promisify(execFile);

async function measure(kind: Kind, mode: string, amount: number): Promise<unknown> {
  const program = join(import.meta.dirname, 'streamingClient.ts');
  const args = ['--no-warnings', program, kind, mode, String(amount)];
  const { stdout } = await run(process.execPath, args, { timeout: 120_000 });
  return JSON.parse(stdout);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * The kinds take turns, so that a busy machine is busy for all. Of streams the best round counts:
 * whatever else runs on the machine only ever makes a round worse.
 */
export async function rows(): Promise<readonly BenchRow[]> {
  return [
    ...(await streamingRows('1', 'one write per update')),
    ...(await streamingRows('200', '200 updates per write')),
    await readyRow(),
  ];
}

async function streamingRows(linesPerWrite: string, how: string): Promise<BenchRow[]> {
  const found: Record<Kind, Streamed[]> = { roost: [], sdk: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ['roost', 'sdk', 'plain'] as const) {
      // The program prints exactly this for these modes.
      found[kind].push((await measure(kind, linesPerWrite, updates)) as Streamed);
    }
  }
  const of = (kind: Kind, field: keyof Streamed): number => {
    const values = found[kind].map((one) => one[field]);
    return field === 'perSecond' ? Math.max(...values) : Math.min(...values);
  };
  const against = (name: string, field: keyof Streamed, unit: string, aim?: string): BenchRow => ({
    name: `${name}, ${how}`,
    value: of('roost', field),
    unit,
    baseline: of('sdk', field),
    ratio: of('roost', field) / of('sdk', field),
    ...(aim === undefined ? {} : { aim }),
  });
  const worst = (field: 'late' | 'lost'): number =>
    Math.max(...found.roost.map((one) => one[field]));
  return [
    against('updates per second', 'perSecond', '/s', 'at least 2 x the SDK client'),
    against('longest event-loop stall', 'stallMs', 'ms', 'at most half of the SDK client'),
    against('processor time per update', 'cpuUs', 'us'),
    {
      name: `memory growth over ${(updates * 200) / 1e6} MB of text, ${how}`,
      value: of('roost', 'growthMb'),
      unit: 'MB',
      aim: 'at most 16',
    },
    {
      name: `updates per second of a plain reader, ${how}`,
      value: of('plain', 'perSecond'),
      unit: '/s',
    },
    { name: `updates late, ${how}`, value: worst('late'), unit: '', aim: '0' },
    { name: `updates lost, ${how}`, value: worst('lost'), unit: '', aim: '0' },
  ];
}

async function readyRow(): Promise<BenchRow> {
  const found: Record<'roost' | 'sdk', number[]> = { roost: [], sdk: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ['roost', 'sdk'] as const) {
      // The program prints exactly this for this mode.
      const { readyMs } = (await measure(kind, 'ready', starts)) as { readyMs: number[] };
      // The first start of a process also loads and compiles what it is made of.
      found[kind].push(...readyMs.slice(1));
    }
  }
  const [value, baseline] = [median(found.roost), median(found.sdk)];
  return {
    name: 'create to ready',
    value,
    unit: 'ms',
    baseline,
    ratio: value / baseline,
    aim: 'at most 1.10 x the bare SDK client',
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await rows());
