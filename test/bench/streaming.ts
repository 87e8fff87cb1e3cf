// What an agent's stream costs: Roost's link against the SDK's client doing the same, and against a plain reader, each in a fresh process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { median, type BenchRow } from './benchRow.ts';

interface Streamed {
  readonly perSecond: number;
  readonly stallMs: number;
  /** As the stall, without the time that other programs had the processor. */
  readonly busyMs: number;
  readonly late: number;
  readonly lost: number;
  readonly growthMb: number;
  readonly cpuUs: number;
}

type Kind = 'roost' | 'sdk' | 'plain';

const updates = 30_000;
const rounds = 5;
const run = promisify(execFile);

async function measure(kind: Kind, linesPerWrite: string): Promise<Streamed> {
  const program = join(import.meta.dirname, 'streamingClient.ts');
  const args = ['--no-warnings', program, kind, linesPerWrite, String(updates)];
  const { stdout } = await run(process.execPath, args, { timeout: 240_000 });
  // The program prints exactly this.
  return JSON.parse(stdout) as Streamed;
}

/**
 * The kinds take turns, so that a busy machine is busy for all, and a ratio is made of two runs that
 * followed one another: what is reported is the middle of all rounds.
 */
export async function rows(): Promise<readonly BenchRow[]> {
  return [
    ...(await streamingRows('1', 'one write per update')),
    ...(await streamingRows('200', '200 updates per write')),
  ];
}

async function streamingRows(linesPerWrite: string, how: string): Promise<BenchRow[]> {
  const found: Record<Kind, Streamed[]> = { roost: [], sdk: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ['roost', 'sdk', 'plain'] as const) {
      found[kind].push(await measure(kind, linesPerWrite));
    }
  }
  const of = (kind: Kind, field: keyof Streamed): number =>
    median(found[kind].map((one) => one[field]));
  const ratioOf = (field: keyof Streamed): number =>
    median(found.roost.map((one, round) => one[field] / (found.sdk[round]?.[field] ?? Number.NaN)));
  const against = (name: string, field: keyof Streamed, unit: string, aim?: string): BenchRow => ({
    name: `${name}, ${how}`,
    value: of('roost', field),
    unit,
    baseline: of('sdk', field),
    ratio: ratioOf(field),
    ...(aim === undefined ? {} : { aim }),
  });
  const worst = (field: 'late' | 'lost'): number =>
    Math.max(...found.roost.map((one) => one[field]));
  return [
    against('updates per second', 'perSecond', '/s', 'at least 2 x the SDK client'),
    against('longest event-loop stall', 'stallMs', 'ms', 'at most half of the SDK client'),
    against('longest turn of the event loop, processor time', 'busyMs', 'ms'),
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await rows());
