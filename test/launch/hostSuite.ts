// Runs the host suite once, in a server host or in desktop VS Code, and counts what came of it.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests, TestRunFailedError } from '@vscode/test-electron';
import { build } from 'esbuild';
import type { HostEnd, HostTest } from '../host/report.ts';
import { failedTest, type Counts } from './counts.ts';
import { withDisplay } from './display.ts';
import { bundleExtension, hostBundle } from './fixtureExtension.ts';
import type { HostName } from './hosts.ts';
import { endLeftovers } from './leftovers.ts';
import { cacheFolder, newRunMark, root, scratchFolder } from './paths.ts';

/** Where a suite runs. */
export type Target =
  | { readonly kind: 'server'; readonly host: HostName }
  | { readonly kind: 'desktop'; readonly version: string };

/** A suite run. */
export interface SuiteOptions {
  readonly target: Target;
  /** Only tests whose title matches. */
  readonly grep?: string | undefined;
}

const bundles = join(cacheFolder, 'host-tests');

/** Other extensions, installed beside Roost: what is built from each is a folder of this name in {@link bundles}. */
const neighbours = ['neighbour', 'models'];

/** Bundles every test of `test/host` and the extensions beside; Roost itself must have been built. */
export async function bundleHostTests(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  await build({
    ...hostBundle,
    entryPoints: [join(root, 'test/host/index.ts'), join(root, 'test/host/**/*.test.ts')],
    outdir: bundles,
    outbase: join(root, 'test/host'),
    // Mocha's CommonJS face, the one of its two that every Node of a host loads alike.
    alias: { mocha: 'mocha/lib/mocha.cjs' },
    external: ['vscode', 'mocha/lib/mocha.cjs'],
  });
  for (const name of neighbours) await bundleExtension(name, join(bundles, name));
}

/** Runs the suite on a copy of the sample workspace. Never throws for what the tests do; everything is in the counts. */
export async function runHostSuite({ target, grep }: SuiteOptions): Promise<Counts> {
  const scratch = scratchFolder('host');
  const mark = newRunMark();
  const reportFile = join(scratch, 'report.json');
  const workspace = join(scratch, 'workspace');
  cpSync(join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
  try {
    const trouble = await attempt(target, scratch, workspace, {
      ...mark.env,
      ROOST_HOST_REPORT: reportFile,
      ROOST_HOST_GREP: grep,
    });
    const counts = countsOf(reportFile);
    // A failed test makes the run fail, too: that needs no second word.
    const unexplained = trouble !== undefined && counts.failed.length === 0 ? [trouble] : [];
    const leftovers = await endLeftovers(mark);
    return { ...counts, problems: [...counts.problems, ...unexplained, ...leftovers] };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Returns what was wrong with the run, if anything. */
async function attempt(
  target: Target,
  scratch: string,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  try {
    await withDisplay(target.kind === 'desktop', env, async (display) => {
      await runTests({
        vscodeExecutablePath:
          target.kind === 'server'
            ? executableFor(target.host, scratch)
            : await downloadAndUnzipVSCode({ version: target.version, cachePath: cacheFolder }),
        extensionDevelopmentPath: extensionsIn(scratch),
        extensionTestsPath: join(bundles, 'index.cjs'),
        extensionTestsEnv: { ...env, ...display },
        launchArgs: [
          workspace,
          `--user-data-dir=${join(scratch, 'user')}`,
          `--extensions-dir=${join(scratch, 'extensions')}`,
        ],
      });
    });
    return undefined;
  } catch (error) {
    if (error instanceof TestRunFailedError) {
      return `The host ended with ${error.code ?? error.signal ?? 'an error'}.`;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

/** A folder with Roost and its neighbours: a window in a browser takes one path, which may be a folder of several. */
function extensionsIn(scratch: string): string {
  const folder = join(scratch, 'side-by-side');
  mkdirSync(folder);
  symlinkSync(root, join(folder, 'roost'), 'junction');
  for (const name of neighbours) symlinkSync(join(bundles, name), join(folder, name), 'junction');
  return folder;
}

/** `runTests` wants one executable file: a script that calls ours with the Node of this run. */
function executableFor(host: HostName, scratch: string): string {
  const folder = join(scratch, 'bin');
  mkdirSync(folder);
  const script = join(folder, `vscode-${host}`);
  const ours = join(import.meta.dirname, 'serverExecutable.ts');
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${ours}' --host=${host} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

function countsOf(reportFile: string): Counts {
  const lines = existsSync(reportFile) ? readFileSync(reportFile, 'utf8').split('\n') : [];
  const entries = lines
    .filter((line) => line !== '')
    // Written by test/host/index.ts in this very run.
    .map((line) => JSON.parse(line) as HostTest | HostEnd);
  const ended = (state: HostTest['state']): HostTest[] =>
    entries.filter((entry) => 'state' in entry).filter((test) => test.state === state);
  return {
    passed: ended('passed').length,
    failed: ended('failed').map(({ title, why = '' }) => failedTest(title, why)),
    skipped: ended('skipped').length,
    problems: entries.some((entry) => 'done' in entry)
      ? []
      : ['The extension host ended before its tests did.'],
  };
}
