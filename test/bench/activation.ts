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

/** Windows opened one after another; the first one fills caches and does not count. */
const windows = 6;

/** How long an extension of a window may take to be active. */
const activationDeadlineMs = 120_000;

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
        times.push(await activationTimes(browser, server, folder));
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

async function activationTimes(
  browser: Browser,
  server: ServerHost,
  folder: string,
): Promise<{ roost: number; git: number }> {
  const window = await openWorkbench(browser, server, folder);
  try {
    const roost = new RoostWindow(window.page);
    await roost.openSideBar();
    await roost.command('Developer: Show Running Extensions');
    const timeOf = async (name: string): Promise<number> => {
      const row = window.page.locator('.runtime-extensions-editor .extension', {
        has: window.page.getByText(name, { exact: true }),
      });
      // Until it has been activated there is another word in this place.
      const time = row.first().locator('.activation-time', { hasText: /\d+\s*ms/ });
      const text = (await time.textContent({ timeout: activationDeadlineMs })) ?? '';
      return Number(/(\d+)\s*ms/.exec(text)?.[1]);
    };
    return { roost: await timeOf('Roost'), git: await timeOf('Git') };
  } finally {
    await window.close();
  }
}
