// Roost as a user gets it: the package installed in a VS Code server, seen through a browser, over reload and restart.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { hostsToTest, installHost, type InstalledHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench, workbenchReady } from '../launch/workbench.ts';

const say = (line: string): void => {
  console.log(line);
};
const icon = '.activitybar a[aria-label^="Roost"]';
const scratch = scratchFolder('e2e');

let host: InstalledHost;
let browser: Browser;
let server: ServerHost;

describe.each(hostsToTest())('the window of the %s VS Code', (name) => {
  const folder = join(scratch, name, 'workspace');
  const dataFolder = join(scratch, name, 'server');

  beforeAll(async () => {
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    host = await installHost(name, say);
    browser = await launchBrowser(say);
    server = await startServerHost({ host, dataFolder, vsix: await freshVsix(say) });
  });

  afterAll(async () => {
    await browser.close();
    await server.dispose();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  it('shows Roost beside the explorer, and again after a reload', async () => {
    const window = await openWorkbench(browser, server, folder);
    await window.page.waitForSelector(icon);
    await window.page.reload();
    await workbenchReady(window.page);
    await window.page.waitForSelector(icon);
    await window.close();
  });

  it('shows Roost after a restart of the server at the same address', async () => {
    const { port, pid } = server;
    await server.dispose();
    server = await startServerHost({ host, dataFolder, port });
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    const window = await openWorkbench(browser, server, folder);
    await window.page.waitForSelector(icon);
    // The icon is there before the host: VS Code draws it from what it remembers.
    await expect.poll(() => server.extensionHosts().length, { timeout: 60_000 }).toBeGreaterThan(0);
    await window.close();
  });
});
