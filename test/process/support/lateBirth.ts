// The system with a birth at the worst moment: when the guard has ended all of a dead host's processes, another one shows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { markerName } from '../../../src/process/ownerMarker.ts';
import { processReader } from '../../../src/process/processReader.ts';
import type { ProcessSystem } from '../../../src/process/processSystem.ts';
import { LocalKeeper } from '../../../src/process/reap.ts';

/** What a host was starting as it died is not its own program yet, and carries no marker, at the first look. */
async function beBorn(tag: string, entry: string): Promise<void> {
  const child = spawn('sleep', [tag], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], [markerName]: `${entry}:late:1` },
  });
  await once(child, 'spawn');
  child.unref();
}

/** The system; the late process has `tag` in its arguments. */
export function systemWithLateBirth(tag: string): ProcessSystem {
  let born = false;
  return {
    reader: processReader(process.platform),
    hasSignals: true,
    keeper: (options) => {
      const keeper = new LocalKeeper(options);
      return {
        look: (target) => keeper.look(target),
        use: (target) => keeper.use(target),
        reap: async (target, politeMs) => {
          const report = await keeper.reap(target, politeMs);
          const [entry = ''] = target.markers;
          if (!born) await beBorn(tag, entry);
          born = true;
          return report;
        },
      };
    },
  };
}
