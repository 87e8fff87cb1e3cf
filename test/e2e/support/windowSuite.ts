// What every suite in a real window does around its tests: a server with Roost installed, a folder, a window, and a picture of what failed.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser } from '../../launch/browser.ts';
import { packExtension } from '../../launch/fixtureExtension.ts';
import { installHost, type HostName, type InstalledHost } from '../../launch/hosts.ts';
import { root, scratchFolder } from '../../launch/paths.ts';
import { descendantsOf } from '../../launch/processes.ts';
import { installVsix, startServerHost, type ServerHost } from '../../launch/serverHost.ts';
import { freshVsix } from '../../launch/vsix.ts';
import { openWorkbench, type Workbench } from '../../launch/workbench.ts';
import { RoostWindow } from './roostWindow.ts';

/** Settings with the scripted agent, called `scripted`, and one that cannot be started, called `missing`. */
export const scriptedAgents = {
  'roost.agents': {
    scripted: {
      name: 'Scripted',
      command: process.execPath,
      args: [join(root, 'test', 'fixtures', 'agents', 'scripted.mjs')],
    },
    missing: { command: 'roost-no-such-command' },
  },
  'roost.defaultAgent': 'scripted',
} as const;

/** The window of a suite, and all that it stands on. */
export interface SuiteWindow {
  readonly host: InstalledHost;
  readonly browser: Browser;
  /** The suite may put another one here, which is then ended in its place. */
  server: ServerHost;
  readonly workbench: Workbench;
  readonly roost: RoostWindow;
  /** Gone after the suite. */
  readonly scratch: string;
  /** What the window has open: a copy of the fixture workspace. */
  readonly folder: string;
  readonly dataFolder: string;
}

/** Settings of the machine; those that name a file of the suite are made from its scratch folder. */
type Settings = Readonly<Record<string, unknown>>;

/**
 * Opens a window before the tests of the block it is called in, hands it out, and ends everything after them.
 * @param name of its scratch folder; `extension` is one of the tests' own, installed beside Roost
 */
export function inWindow(
  name: string | { readonly name: string; readonly extension: string },
  hostName: HostName,
  opened: (window: SuiteWindow) => Promise<void> | void,
  settings: Settings | ((scratch: string) => Settings) = {},
): void {
  let scratch: string | undefined;
  let browser: Browser | undefined;
  let server: ServerHost | undefined;
  let window: SuiteWindow | undefined;

  beforeAll(async () => {
    scratch = scratchFolder(typeof name === 'string' ? name : name.name);
    const folder = join(scratch, 'workspace');
    const dataFolder = join(scratch, 'server');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    browser = await launchBrowser(say);
    const host = await installHost(hostName, say);
    const made = typeof settings === 'function' ? settings(scratch) : settings;
    if (typeof name !== 'string') {
      await installVsix(host, dataFolder, await packExtension(name.extension, scratch));
    }
    const vsix = await freshVsix(say);
    // Driven, the oldest one refuses to show any dialog.
    const testDriver = hostName !== 'oldest';
    server = await startServerHost({ host, dataFolder, vsix, settings: made, testDriver });
    const workbench = await openWorkbench(browser, server, folder);
    const roost = new RoostWindow(workbench.page);
    window = { host, browser, server, workbench, roost, scratch, folder, dataFolder };
    await opened(window);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    await window?.roost.picture(`failed-${hostName}-${task.name.slice(0, 20)}`);
  });

  afterAll(async () => {
    await browser?.close();
    await (window?.server ?? server)?.dispose();
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
}

/** Says what a slow preparation is doing. */
export function say(line: string): void {
  console.log(line);
}

/** How many agents with this in their command line run below a server. */
export function agentsBelow(server: ServerHost, program = 'scripted.mjs'): number {
  return descendantsOf(server.pid).filter(({ command }) => command.includes(program)).length;
}
