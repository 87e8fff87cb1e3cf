// From the wish for a session to one that takes prompts: all of Roost, with its files on disk, against the SDK's bare client.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RoostStack } from '../agents/roostStack.ts';
import { scratchFolder } from '../launch/paths.ts';
import { median, type BenchRow } from './benchRow.ts';
import { agent, sdk } from './sdkClient.ts';

/** Starts of each kind that count; the first of each loads and compiles what it is made of. */
const starts = 60;

/**
 * The two take turns in one process, and a ratio is made of two starts that followed one another. Each comes first as
 * often as the other: what one leaves to be done at its end, the next one starts beside.
 */
export async function rows(): Promise<readonly BenchRow[]> {
  const scratch = scratchFolder('bench-starting');
  const folder = join(scratch, 'workspace');
  mkdirSync(folder);
  try {
    const own = { command: process.execPath, args: [agent] };
    await using roost = new RoostStack({
      folder,
      storage: join(scratch, 'storage'),
      agents: { scripted: own },
    });
    const pairs: { roost: number; bare: number }[] = [];
    for (let start = 0; start <= starts; start += 1) {
      if (start % 2 === 0) {
        pairs.push({ roost: await startRoost(roost), bare: await startBare() });
      } else {
        const bare = await startBare();
        pairs.push({ roost: await startRoost(roost), bare });
      }
    }
    const [, ...counted] = pairs;
    return [
      {
        name: 'create to ready',
        value: median(counted.map((pair) => pair.roost)),
        unit: 'ms',
        baseline: median(counted.map((pair) => pair.bare)),
        ratio: median(counted.map((pair) => pair.roost / pair.bare)),
        aim: 'at most 1.10 x the bare SDK client',
      },
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startRoost({ sessions }: RoostStack): Promise<number> {
  const began = performance.now();
  const { sessionId } = await sessions.create({ agent: 'scripted' });
  const took = performance.now() - began;
  await sessions.terminate(sessionId, { force: true });
  return took;
}

async function startBare(): Promise<number> {
  const began = performance.now();
  const ready = await sdk(() => undefined);
  const took = performance.now() - began;
  await ready.end();
  return took;
}
