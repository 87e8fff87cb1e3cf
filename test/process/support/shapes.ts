// The fixture programs as children, and small waits for them. Imports no test runner: the stand-in host uses it, too.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildRun, StartedChild } from '../../../src/process/childRun.ts';
import type { ChildSpec } from '../../../src/process/childSpec.ts';
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
  const spoken = new Promise<'spoken'>((resolve) => {
    child.stdout.once('data', () => {
      resolve('spoken');
    });
  });
  const first = await Promise.race([spoken, run.exited]);
  if (first !== 'spoken') throw new Error(`ended without a word: ${JSON.stringify(first)}`);
  child.stdout.resume();
  return child;
}
