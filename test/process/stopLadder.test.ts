// Stopping real children: what is asked, in which order, and that nothing is left whatever the tree looks like.
import { describe, expect, it } from 'vitest';
import { shapesSpec, untilSpeaks, useHosts } from './support/host.ts';
import { alive, expectNoSurvivors, newTag, untilUp } from './support/tags.ts';

const hosts = useHosts();
expectNoSurvivors();

/** Shapes, and how many processes carry the tag when the tree stands. */
const trees = [
  { name: 'an agent that ends with its input', shapes: '', count: 1 },
  { name: 'an agent that ignores everything', shapes: 'stubborn', count: 1 },
  { name: 'shells and sleeps', shapes: 'stubborn,grandchildren', count: 4 },
  { name: 'deaf grandchildren', shapes: 'stubborn,deaf-grandchildren', count: 3 },
  { name: 'a tool in a session of its own', shapes: 'stubborn,setsid', count: 3 },
  { name: 'a daemon', shapes: 'stubborn,daemon', count: 3 },
  { name: 'a tool without our marker', shapes: 'stubborn,setsid-unmarked', count: 3 },
  { name: 'many children', shapes: 'stubborn,wide', count: 31 },
  { name: 'a light fork bomb', shapes: 'stubborn,grandchildren,setsid,daemon,bomb', count: 16 },
] as const;

describe('stop', () => {
  for (const { name, shapes, count } of trees) {
    it(`ends ${name}, politely at first`, async () => {
      const host = hosts.create();
      const tag = newTag();
      const run = host.spawn(shapesSpec(tag, shapes));
      await untilSpeaks(run);
      await untilUp(tag, count);
      const report = await host.stop(run, { force: false, graceMs: 300 });
      expect(alive(tag)).toEqual([]);
      expect(run.alive).toBe(false);
      expect(report.forced).toBe(shapes !== '');
    });

    it(`ends ${name} by force`, async () => {
      const host = hosts.create();
      const tag = newTag();
      const run = host.spawn(shapesSpec(tag, shapes));
      await untilSpeaks(run);
      await untilUp(tag, count);
      const report = await host.stop(run, { force: true, graceMs: 60_000 });
      expect(alive(tag)).toEqual([]);
      expect(report).toMatchObject({ exitCode: null, signal: 'SIGKILL', forced: true });
      expect(report.descendantsKilled).toBeGreaterThanOrEqual(count - 1);
    });
  }
});
