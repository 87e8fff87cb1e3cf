// A ProcessHost for tests, in the test's own process, with the guard's program as it is built for the extension.
import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ChildRun, StartedChild } from '../../../src/process/childRun.ts';
import type { ChildSpec } from '../../../src/process/childSpec.ts';
import { ProcessHost, type ProcessHostOptions } from '../../../src/process/processHost.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import type { Logger } from '../../../src/session/ports.ts';

const root = new URL('../../../', import.meta.url).pathname;

/** Where the fixture programs are. */
export const agents = join(root, 'test/fixtures/agents');

/** A logger that remembers. */
export function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const add =
    (level: string) =>
    (message: string, cause?: unknown): void => {
      lines.push(`${level} ${message}${cause instanceof Error ? ` ${cause.message}` : ''}`);
    };
  return {
    lines,
    trace: add('trace'),
    debug: add('debug'),
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
  };
}

/** Builds the guard's bundle into a folder. */
export function buildGuard(folder: string): string {
  const outfile = join(folder, 'guard.cjs');
  buildSync({
    entryPoints: [join(root, 'src/process/guardMain.ts')],
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

/** Hosts for the tests of one file; each is shut down after its test. */
export function useHosts(): {
  readonly folder: () => string;
  readonly guardPath: () => string;
  readonly create: (options?: Partial<ProcessHostOptions>) => ProcessHost;
} {
  let folder = '';
  let guardPath = '';
  const hosts: ProcessHost[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'roost-process-'));
    guardPath = buildGuard(folder);
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((host) => host.shutdown({ graceMs: 0 })));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder: () => folder,
    guardPath: () => guardPath,
    create: (options) => {
      const host = new ProcessHost({
        logger: recordingLogger(),
        clock: systemClock(),
        guardPath,
        // As if started from a terminal: no test asks the login shell unless it is about that.
        environment: { ...process.env, VSCODE_CLI: '1' },
        ...options,
      });
      hosts.push(host);
      return host;
    },
  };
}

/** A tree of the given shapes as a child. */
export function shapesSpec(tag: string, shapes: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return {
    sessionId: `test-${tag}`,
    command: process.execPath,
    args: [join(agents, 'process-shapes.mjs'), tag, shapes],
    cwd: tmpdir(),
    ...more,
  };
}

/** The started child, or a failure that says why there is none. */
export async function started(run: ChildRun): Promise<StartedChild> {
  const child = await run.started;
  if (child !== undefined) return child;
  const end = await run.exited;
  throw new Error(`not started: ${JSON.stringify(end.spawnError)}`);
}

/** Waits for the first output of a child, which the fixtures write when their tree stands. */
export async function untilSpeaks(run: ChildRun): Promise<StartedChild> {
  const child = await started(run);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.resume();
  return child;
}
