// What somebody does who has just installed Roost: a first session, a search, a command allowed and one refused, a stop, and a return.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { hostsToTest, installHost, type InstalledHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf } from '../launch/processes.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench, type Workbench } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};
const scratch = scratchFolder('new-user');

let host: InstalledHost;
let browser: Browser;
let server: ServerHost;
let workbench: Workbench;
let roost: RoostWindow;
let folder: string;
let dataFolder: string;

/** Command lines of the agents that run below the server now. */
function agents(): string[] {
  return descendantsOf(server.pid)
    .map(({ command }) => command)
    .filter((command) => command.includes('workspaceAgent.cjs'));
}

beforeAll(async () => {
  browser = await launchBrowser(say);
});

afterAll(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await roost.picture(`failed-${host.name}-${task.name.slice(0, 20)}`);
});

describe.each(hostsToTest(['oldest', 'newest']))('a new user of the %s VS Code', (name) => {
  beforeAll(async () => {
    folder = join(scratch, name, 'workspace');
    dataFolder = join(scratch, name, 'server');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    host = await installHost(name, say);
    server = await startServerHost({ host, dataFolder, vsix: await freshVsix(say) });
    workbench = await openWorkbench(browser, server, folder);
    roost = new RoostWindow(workbench.page);
  });

  afterAll(async () => {
    await workbench.close();
    await server.dispose();
  });

  it('is welcomed, and starts a session with one click', async () => {
    await roost.openSideBar();
    const start = roost.page.locator('.sidebar .monaco-button', { hasText: /^New Session$/ });
    await start.waitFor();
    await roost.picture(`${name}-1-welcome`);
    await start.click();
    await roost.row('Ready').waitFor();
    await roost.panel.locator('.composer-input').waitFor();
    expect(agents()).toHaveLength(1);
  });

  it('finds text in the workspace', async () => {
    await roost.send('/find roost');
    await roost.panel.locator('.entry.agent').first().waitFor();
    await roost.row('/find roost').waitFor();
    await roost.picture(`${name}-2-find`);
  });

  it('allows one command and refuses another', async () => {
    await roost.send('/run echo it-$((20+1))-ran');
    const card = roost.panel.locator('.card.permission');
    await card.waitFor();
    await roost.row('Needs You').waitFor();
    await roost.picture(`${name}-3-permission`);
    await card
      .getByRole('button', { name: /^Allow/ })
      .first()
      .click();
    await roost.panel.getByText('it-21-ran').first().waitFor();
    await roost.send('/run echo not-$((20+2))-this');
    await card.waitFor();
    await card
      .getByRole('button', { name: /^Reject/ })
      .first()
      .click();
    await card.waitFor({ state: 'detached' });
    await roost.row('Ready').waitFor();
    expect(await roost.panel.getByText('not-22-this').count()).toBe(0);
    await roost.picture(`${name}-4-answered`);
  });

  it('stops the session, and nothing of it runs on', async () => {
    await roost.command('Roost: Stop Session');
    await roost.row('Dormant').waitFor();
    expect(agents()).toEqual([]);
    await roost.picture(`${name}-5-stopped`);
  });

  it('finds row, panel and conversation again after everything was ended and started', async () => {
    const { port } = server;
    await workbench.page.goto('about:blank');
    await server.dispose();
    server = await startServerHost({ host, dataFolder, port });
    await workbench.page.goto(server.urlOf(folder));
    await roost.openSideBar();
    await roost.row('/find roost').waitFor();
    await roost.panel.getByText('it-21-ran').first().waitFor();
    expect(agents()).toEqual([]);
    await roost.picture(`${name}-6-back`);
    await roost.send('/help');
    await roost.row('Ready').waitFor();
    expect(agents()).toHaveLength(1);
    await roost.panel.locator('.entry.agent').last().getByText('/find').first().waitFor();
    await roost.picture(`${name}-7-continued`);
  });
});
