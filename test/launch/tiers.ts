// The tiers of tests, fastest first: what each needs and how it is run.
import type { Counts } from './counts.ts';
import { bundleHostTests, runHostSuite } from './hostSuite.ts';
import type { HostName } from './hosts.ts';
import { hasTests, runVitest } from './vitestTier.ts';

/** One tier. */
export interface Tier {
  readonly name: string;
  /** Whether it has any test yet. */
  present(): boolean;
  run(): Promise<Counts>;
}

/** All tiers, in the order in which they run. */
export const tiers: readonly Tier[] = [
  vitestTier('unit', ['unit', 'architecture']),
  vitestTier('process', ['process']),
  hostTier('oldest'),
  hostTier('newest'),
  vitestTier('e2e', ['e2e']),
  vitestTier('agents', ['agents']),
];

function vitestTier(name: string, projects: readonly string[]): Tier {
  return { name, present: () => hasTests(projects), run: () => runVitest(projects) };
}

function hostTier(host: HostName): Tier {
  return {
    name: host,
    present: () => hasTests(['host']),
    run: async () => {
      await bundleHostTests();
      return runHostSuite({ target: { kind: 'server', host } });
    },
  };
}
