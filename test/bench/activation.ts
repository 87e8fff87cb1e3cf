// What Roost costs a window that only has it installed: time to activate in the newest host, and size of the package.
import { cpSync, existsSync, globSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { RoostWindow } from '../e2e/support/roostWindow.ts';
import { launchBrowser } from '../launch/browser.ts';
import { bundleExtension, packExtension } from '../launch/fixtureExtension.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf } from '../launch/processes.ts';
import { installVsix, startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import type { Browser } from 'playwright-core';
import { aloneRows } from './activationAlone.ts';
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
 * Activation as the editor itself measures it, beside that of an extension that does nothing in the same windows: the
 * editor's clock runs from before it waits for its turn to load an extension, and what others load in between is in the
 * figure of each. Once as it is where the page opens on the same two cores, once where the page gives way, and once in
 * a window that has settled, in which nothing else loads: that figure is the extension's alone.
 */
export async function rows(): Promise<readonly BenchRow[]> {
  const scratch = scratchFolder('bench-activation');
  const folder = join(scratch, 'workspace');
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  const vsix = await freshVsix(say);
  const nothing = await packExtension('nothing', scratch);
  const host = await installHost('newest', say);
  const browser = await launchBrowser(say);
  const browserProcesses = descendantsOf(process.pid);
  try {
    const driver = join(scratch, 'driver');
    await bundleExtension('driver', driver);
    const settled = await aloneRows({
      ...{ browser, host, scratch, folder, vsix, nothing, driver },
      own,
    });
    const dataFolder = join(scratch, 'server');
    await installVsix(host, dataFolder, nothing);
    const server = await startServerHost({ host, vsix, dataFolder });
    try {
      const beside = await round(browser, server, folder);
      for (const { pid } of browserProcesses) lowerPriority(pid);
      const alone = await round(browser, server, folder);
      return [
        ...settled,
        row('activation in the host, the page giving way', alone),
        row('activation in the host, the page opening beside', beside),
        ownTime('its own time until its API is there, the page giving way', alone),
        ownTime('its own time until its API is there, the page opening beside', beside),
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
  readonly nothing: number;
  readonly git: number;
  /** How long Roost itself held the thread. */
  readonly own: number;
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
  const nothing = median(times.map((one) => one.nothing));
  const git = median(times.map((one) => one.git));
  return {
    name,
    value: roost,
    unit: 'ms',
    baseline: nothing,
    ratio: roost / nothing,
    note: `baseline: an extension that does nothing; the built-in Git extension: ${git} ms`,
  };
}

function ownTime(name: string, times: readonly Times[]): BenchRow {
  return {
    name,
    value: median(times.map((one) => one.own)),
    unit: 'ms',
    aim: '<= 30 ms',
    note: 'loading and opening, in turns of their own',
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
    const names = ['Roost', 'Nothing', 'Git'] as const;
    const { Roost: roost, Nothing: nothing, Git: git } = await activationTimes(window.page, names);
    return { roost, nothing, git, own: own(server), ready: readyTime(server) };
  } finally {
    await window.close();
  }
}

/** How long it took in the youngest window until Roost was there, in milliseconds. */
function readyTime(server: ServerHost): number {
  return Number(/Ready (\d+) ms after activation began/.exec(youngestLog(server))?.[1]);
}

/** How long Roost held the thread meanwhile. */
function own(server: ServerHost): number {
  return Number(/began, (\d+\.\d) ms of them its own/.exec(youngestLog(server))?.[1]);
}

/** Roost's log of the window that was opened last. */
function youngestLog({ dataFolder }: ServerHost): string {
  const logs = globSync('**/roost.roost/Roost.log', { cwd: dataFolder })
    .map((file) => join(dataFolder, file))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  return readFileSync(logs.at(-1) ?? '', 'utf8');
}
