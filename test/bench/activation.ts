// What Roost costs a window that only has it installed: time to activate in the newest host, and size of the package.
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RoostWindow } from '../e2e/support/roostWindow.ts';
import { launchBrowser } from '../launch/browser.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import type { Browser } from 'playwright-core';
import { median, type BenchRow } from './benchRow.ts';
import { activationTimes } from './runningExtensions.ts';

/** Windows opened one after another; the first one fills caches and does not count. */
const windows = 6;

const say = (line: string): void => {
  console.error(line);
};

/** Activation as the editor itself measures it, beside the built-in Git extension's in the same windows. */
export async function rows(): Promise<readonly BenchRow[]> {
  const scratch = scratchFolder('bench-activation');
  const folder = join(scratch, 'workspace');
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  const vsix = await freshVsix(say);
  const host = await installHost('newest', say);
  const browser = await launchBrowser(say);
  try {
    const server = await startServerHost({ host, vsix, dataFolder: join(scratch, 'server') });
    try {
      const times: { roost: number; git: number }[] = [];
      for (let window = 0; window < windows; window++) {
        times.push(await timesInWindow(browser, server, folder));
      }
      const [, ...counted] = times;
      const roost = median(counted.map((one) => one.roost));
      const git = median(counted.map((one) => one.git));
      return [
        {
          name: 'activation in the host',
          value: roost,
          unit: 'ms',
          baseline: git,
          ratio: roost / git,
          aim: '<= 30 ms',
          note: 'baseline: the built-in Git extension',
        },
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

async function timesInWindow(
  browser: Browser,
  server: ServerHost,
  folder: string,
): Promise<{ roost: number; git: number }> {
  const window = await openWorkbench(browser, server, folder);
  try {
    await new RoostWindow(window.page).openSideBar();
    const { Roost: roost, Git: git } = await activationTimes(window.page, ['Roost', 'Git']);
    return { roost, git };
  } finally {
    await window.close();
  }
}
