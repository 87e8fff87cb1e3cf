// Trees of every shape, each stopped, killed, and left behind by an agent that crashed: nothing of it may be left.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChildRun } from '../../src/process/childRun.ts';
import type { ChildSpec } from '../../src/process/childSpec.ts';
import type { ProcessHost } from '../../src/process/processHost.ts';
import { useHosts } from './support/host.ts';
import { agents, shapesSpec, started, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();

/** A shape of tree. */
interface Tree {
  readonly name: string;
  readonly shapes: string;
  /** How many processes carry the tag when the tree stands. */
  readonly count: number;
  /** Whether a polite stop has to kill in the end; not said where it depends on the moment. */
  readonly forced?: boolean;
}

const trees: readonly Tree[] = [
  { name: 'an agent that ends with its input', shapes: '', count: 1, forced: false },
  { name: 'one that takes its time to end', shapes: 'slow-exit', count: 1 },
  { name: 'one that ignores the end of its input', shapes: 'ignores-eof', count: 1, forced: false },
  { name: 'one that ignores SIGTERM', shapes: 'ignores-term', count: 1, forced: false },
  { name: 'one that ignores everything', shapes: 'stubborn', count: 1, forced: true },
  { name: 'one that floods its outputs', shapes: 'stubborn,floods', count: 1, forced: true },
  {
    name: 'shells and sleeps below it',
    shapes: 'stubborn,grandchildren',
    count: 4,
    forced: true,
  },
  { name: 'deaf grandchildren', shapes: 'stubborn,deaf-grandchildren', count: 3, forced: true },
  {
    name: 'a tool in a session of its own',
    shapes: 'stubborn,setsid',
    count: 3,
    forced: true,
  },
  { name: 'a daemon', shapes: 'stubborn,daemon', count: 3, forced: true },
  { name: 'a daemon of a polite agent', shapes: 'daemon', count: 3, forced: true },
  { name: 'many children', shapes: 'stubborn,wide', count: 31, forced: true },
  {
    name: 'a light fork bomb',
    shapes: 'stubborn,grandchildren,setsid,daemon,bomb',
    count: 16,
    forced: true,
  },
  { name: 'pipes that a grandchild holds', shapes: 'holds-pipes', count: 2 },
];

/** What only the look before the first step, or a pid namespace, ties to the agent. */
const unmarked: readonly Tree[] = [
  { name: 'a tool without our marker', shapes: 'stubborn,setsid-unmarked', count: 3 },
  { name: 'a daemon without our marker', shapes: 'stubborn,daemon-unmarked', count: 3 },
  { name: 'pipes held without our marker', shapes: 'holds-pipes-unmarked', count: 2 },
];

/** The three ends; each resolves when Roost says that nothing is left. */
const ends = {
  stopped: async (host: ProcessHost, run: ChildRun, { forced }: Tree) => {
    const report = await host.stop(run, { force: false, graceMs: 300 });
    if (forced !== undefined) expect(report.forced).toBe(forced);
  },
  killed: async (host: ProcessHost, run: ChildRun, { count }: Tree) => {
    const report = await host.stop(run, { force: true, graceMs: 3_600_000 });
    expect(report).toMatchObject({ exitCode: null, signal: 'SIGKILL', forced: true });
    expect(report.descendantsKilled).toBeGreaterThanOrEqual(count - 1);
  },
  'left by a crash': async (_host: ProcessHost, run: ChildRun) => {
    const child = await started(run);
    child.stdin.write('crash\n');
    // As the first process of a namespace it does not get its own SIGABRT, and ends by what comes next.
    expect((await run.gone).signal).toMatch(/^SIG(?:ABRT|SEGV)$/);
  },
} as const;

/** Starts a tree, waits until it stands, and brings it to its end. */
async function through(
  tree: Tree,
  end: keyof typeof ends,
  host = hosts.create(),
  count = tree.count,
): Promise<void> {
  const tag = newTag();
  const run = host.spawn(shapesSpec(tag, tree.shapes));
  await untilSpeaks(run);
  await untilUp(tag, count);
  await ends[end](host, run, tree);
  expect(alive(tag)).toEqual([]);
  expect(run.alive).toBe(false);
}

// The keys of a record of this type are its ends.
describe.each(Object.keys(ends) as (keyof typeof ends)[])('%s, nothing is left of', (end) => {
  it.each(trees)('$name', (tree) => through(tree, end));

  it('an agent whose launcher has gone before it', async () => {
    const host = hosts.create();
    const tag = newTag();
    const spec: ChildSpec = {
      ...shapesSpec(tag, ''),
      args: [join(agents, 'wrapper-exits-first.mjs'), tag, 'stubborn,grandchildren'],
    };
    const run = host.spawn(spec);
    await run.exited;
    if (end !== 'left by a crash') {
      await host.stop(run, { force: end === 'killed', graceMs: 300 });
    }
    expect(await run.gone).toMatchObject({ exitCode: 0 });
    expect(alive(tag)).toEqual([]);
  });
});

describe('where there are pid namespaces, nothing is left of', () => {
  for (const tree of unmarked) {
    it(`${tree.name}: ${Object.keys(ends).join(', ')}`, async () => {
      const host = hosts.create({ pidNamespace: () => 'auto' });
      const facts = await host.describe();
      const available = facts['pidNamespace']?.startsWith('available') === true;
      for (const end of ['stopped', 'killed', 'left by a crash'] as const) {
        // Where the system allows none, a marked tree stands in, and nothing more is promised.
        await through(available ? tree : { ...tree, shapes: 'stubborn,setsid' }, end, host);
      }
    });
  }
});

it('a tool without our marker is known before the stop begins, without a namespace', async () => {
  for (const end of ['stopped', 'killed'] as const) {
    await through({ name: '', shapes: 'stubborn,setsid-unmarked', count: 3 }, end);
  }
});
