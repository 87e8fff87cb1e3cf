// The unit, process, architecture, agents, matrix and browser tiers, one vitest project each; the host tier runs in mocha inside VS Code.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Root of the checkout, whatever folder vitest was started from. */
const root = fileURLToPath(new URL('..', import.meta.url));

function project(name: string, options: Record<string, unknown> = {}): object {
  return { test: { name, root, include: [`test/${name}/**/*.test.ts`], ...options } };
}

// Two cores: tiers that start processes run their files one after another, so that one test's load is not another's failure.
const serial = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 };

// What these suites know to be true of processes they read in /proc; there is none elsewhere.
const needProc = [
  'childRun',
  'environment',
  'hostDies',
  'hostLeaks',
  'reap',
  'shapes',
  'steps',
  'stopLadder',
  'taskkill',
].map((name) => `test/process/${name}.test.ts`);
const here = process.platform === 'linux' ? {} : { exclude: needProc };

export default defineConfig({
  test: {
    root,
    projects: [
      // Thousands of made-up inputs take their time on a busy machine; nothing here waits for the clock.
      project('unit', { testTimeout: 60_000 }),
      project('architecture', { testTimeout: 120_000 }),
      project('process', { ...serial, ...here }),
      project('e2e', {
        ...serial,
        testTimeout: 300_000,
        hookTimeout: 600_000,
      }),
      project('agents', { ...serial, testTimeout: 300_000, hookTimeout: 600_000 }),
      project('matrix', {
        ...serial,
        include: ['test/agents/**/*.matrix.ts'],
        testTimeout: 300_000,
        hookTimeout: 900_000,
      }),
    ],
  },
});
