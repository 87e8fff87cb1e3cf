// What Roost costs a window that only has it installed: time to activate in the newest host, and size of the package.
import { cpSync, existsSync, globSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { RoostWindow } from '../e2e/support/roostWindow.ts';
import { launchBrowser } from '../launch/browser.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf } from '../launch/processes.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import type { Browser } from 'playwright-core';
import { median, type BenchRow } from './benchRow.ts';
import { activationTimes } from './runningExtensions.ts';

/** Windows opened one after another in each round; the first one fills caches and does not count. */
const windowsInRound = 5;

/** The lowest priority there is. */
const givesWay = 19;

const say = (line: string): void => {
  console.error(line);
};

/**
 * Activation as the editor itself measures it, beside the built-in Git extension's in the same windows: once
 * as it is where the page opens on the same two cores, once where the page gives way, and in the window in which
 * it was disturbed least, which is what the activation itself takes.
 */
export async function rows(): Promise<readonly BenchRow[]> {
  const scratch = scratchFolder('bench-activation');
  const folder = join(scratch, 'workspace');
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  const vsix = await freshVsix(say);
  const host = await installHost('newest', say);
  const browser = await launchBrowser(say);
  const browserProcesses = descendantsOf(process.pid);
  try {
    const server = await startServerHost({ host, vsix, dataFolder: join(scratch, 'server') });
    try {
      const beside = await round(browser, server, folder);
      for (const { pid } of browserProcesses) lowerPriority(pid);
      const alone = await round(browser, server, folder);
      return [
        row('activation in the host, the page giving way', alone),
        row('activation in the host, the page opening beside', beside),
        undisturbed('activation in the host, in the quickest window', [...alone, ...beside]),
        readiness('until its API is there, the page giving way', alone),
        readiness('until its API is there, the page opening beside', beside),
        { name: 'size of the VSIX', value: statSync(vsix).size / 1024, unit: 'KiB' },
      ];
    } finally {
      await server.dispose();
    }
  } finally {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Times {
  /** What the editor waited for before others had their turn. */
  readonly roost: number;
  readonly git: number;
  /** From then on until Roost was there, with the turns that others had meanwhile. */
  readonly ready: number;
}

async function round(browser: Browser, server: ServerHost, folder: string): Promise<Times[]> {
  const times: Times[] = [];
  for (let window = 0; window < windowsInRound; window++) {
    times.push(await timesInWindow(browser, server, folder));
  }
  return times.slice(1);
}

function row(name: string, times: readonly Times[]): BenchRow {
  const roost = median(times.map((one) => one.roost));
  const git = median(times.map((one) => one.git));
  return {
    name,
    value: roost,
    unit: 'ms',
    baseline: git,
    ratio: roost / git,
    aim: '<= 30 ms',
    note: 'baseline: the built-in Git extension',
  };
}

/**
 * The editor's clock runs from before it waits for its turn to load an extension, and others that start in
 * the same moment load in between: what they add is not Roost's, and in some window it is nothing.
 */
function undisturbed(name: string, times: readonly Times[]): BenchRow {
  return {
    name,
    value: Math.min(...times.map(({ roost }) => roost)),
    unit: 'ms',
    note: 'without what other extensions load while the clock runs',
  };
}

function readiness(name: string, times: readonly Times[]): BenchRow {
  return {
    name,
    value: median(times.map(({ ready }) => ready)),
    unit: 'ms',
    note: 'with the turns that other extensions had meanwhile',
  };
}

/** Of a process and what it begins from now on; of one that is gone nothing. On Linux a priority is a thread's. */
function lowerPriority(pid: number): void {
  const tasks = `/proc/${pid}/task`;
  const threads = existsSync(tasks) ? readdirSync(tasks).map(Number) : [pid];
  for (const thread of threads) {
    try {
      setPriority(thread, givesWay);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Node tells what the system said in the error's `info`. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error && 'info' in error)) return false;
  const { info } = error;
  return typeof info === 'object' && info !== null && 'code' in info && info.code === 'ESRCH';
}

async function timesInWindow(browser: Browser, server: ServerHost, folder: string): Promise<Times> {
  const window = await openWorkbench(browser, server, folder);
  try {
    await new RoostWindow(window.page).openSideBar();
    const { Roost: roost, Git: git } = await activationTimes(window.page, ['Roost', 'Git']);
    return { roost, git, ready: readyTime(server) };
  } finally {
    await window.close();
  }
}

/** What Roost's log of the youngest window says. */
function readyTime({ dataFolder }: ServerHost): number {
  const logs = globSync('**/roost.roost/Roost.log', { cwd: dataFolder })
    .map((file) => join(dataFolder, file))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  const text = readFileSync(logs.at(-1) ?? '', 'utf8');
  return Number(/Ready (\d+) ms after activation began/.exec(text)?.[1]);
}
