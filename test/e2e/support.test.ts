// What says how Roost is doing, as a person sees it: the status bar, a row's tooltip, idle notices, the doctor and the metrics.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};
const scratch = scratchFolder('support');
const folder = join(scratch, 'workspace');
const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');
const settings = {
  'roost.agents': {
    scripted: { name: 'Scripted', command: process.execPath, args: [agent] },
    missing: { command: 'roost-no-such-command' },
  },
  'roost.defaultAgent': 'scripted',
  'roost.idle.timeoutMinutes': 0,
};

let browser: Browser;
let server: ServerHost;
let roost: RoostWindow;

/** Settings of the folder, which count at once. */
function set(more: Readonly<Record<string, unknown>>): void {
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(more));
}

async function closeAll(): Promise<void> {
  await roost.command('View: Close All Editors');
  await roost.page.locator('iframe.webview').waitFor({ state: 'detached' });
}

beforeAll(async () => {
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  browser = await launchBrowser(say);
  const host = await installHost('newest', say);
  server = await startServerHost({ host, vsix: await freshVsix(say), settings });
  roost = new RoostWindow((await openWorkbench(browser, server, folder)).page);
  await roost.openSideBar();
});

afterAll(async () => {
  await browser.close();
  await server.dispose();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await roost.picture(`failed-${task.name.slice(0, 20)}`);
});

describe('Roost says', () => {
  it('what happens, in charts, while it happens', async () => {
    await roost.command('Roost: Show Metrics');
    const page = roost.panel;
    await page.locator('svg.chart').first().waitFor();
    await roost.command('Roost: New Session');
    await roost.panel.locator('.composer-input').waitFor();
    await roost.send('stream 400 2000 10');
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.page.locator('.tab', { hasText: 'Roost Metrics' }).click();
    await page.locator('.wire').first().waitFor();
    await page.locator('.tile', { hasText: 'started' }).getByText('1', { exact: true }).waitFor();
    await roost.picture('support-1-metrics');
    await closeAll();
  });

  it('what a session costs, on its row and in the status bar', async () => {
    await roost.row('Scripted').hover();
    const tip = roost.page.locator('.monaco-hover', { hasText: 'Memory' });
    await tip.waitFor();
    await tip.getByText(/On disk: \d/).waitFor();
    await tip.getByText(/Processor: /).waitFor();
    await roost.picture('support-2-row');
    await roost.page.mouse.move(600, 400);
    const item = roost.page.locator('.statusbar-item[id="roost.roost.roost.status"]');
    await item.hover();
    await roost.page.locator('.monaco-hover', { hasText: /Agents now: \d+ MB in/ }).waitFor();
    await roost.picture('support-3-status');
  });

  it('how it is, in a report that can be copied', async () => {
    await roost.command('Roost: Doctor');
    await roost.panel.getByText('Nothing is wrong.').waitFor();
    await roost.panel.getByRole('cell', { name: 'ready', exact: true }).waitFor();
    await roost.picture('support-4-doctor');
    await closeAll();
  });

  it('that an idle session is about to be stopped, and afterwards why it rests', async () => {
    set({ 'roost.idle.timeoutMinutes': 0.3 });
    await roost.row(/stops in 1 min/).waitFor();
    const bell = roost.page.locator('[id="status.notifications"] a');
    await bell.click();
    const notice = roost.page
      .locator('.notifications-center.visible .notification-list-item')
      .filter({ hasText: 'Idle, will be saved and stopped in' });
    await notice.waitFor();
    await notice.getByRole('button', { name: 'Keep' }).waitFor();
    await roost.picture('support-5-notice');
    await roost.row(/saved, stopped after 0\.3 min idle/).waitFor();
    await roost.picture('support-6-idle');
    set({ 'roost.idle.timeoutMinutes': 0 });
  });
});
