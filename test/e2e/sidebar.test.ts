// The side bar as a person uses it: who needs me, answers from the row and from a notification, names, stops, the trash, and trust.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
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
const scratch = scratchFolder('sidebar');
const folder = join(scratch, 'workspace');
const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');
const settings = {
  'roost.agents': {
    scripted: { name: 'Scripted', command: process.execPath, args: [agent] },
    missing: { command: 'roost-no-such-command' },
  },
  'roost.defaultAgent': 'scripted',
};

let host: InstalledHost;
let browser: Browser;
let server: ServerHost;
let workbench: Workbench;
let roost: RoostWindow;

/** How many scripted agents run below a server. */
function agents(of: ServerHost): number {
  return descendantsOf(of.pid).filter(({ command }) => command.includes('scripted.mjs')).length;
}

/** An action that a row shows when the mouse is over it. */
async function act(row: Locator, action: string): Promise<void> {
  await row.hover();
  await row.locator(`.actions .action-label[aria-label="${action}"]`).click();
}

/** A prompt that asks for permission as soon as `go` is called, and not before. */
function whenTold(title: string): { readonly prompt: string; readonly go: () => void } {
  const flag = join(scratch, title);
  const wait = ['sh', '-c', `until [ -e '${flag}' ]; do sleep 0.1; done`];
  return {
    prompt: `terminal-args ${JSON.stringify(wait)}\npermit ${title}`,
    go: () => {
      writeFileSync(flag, '');
    },
  };
}

/** Text of the conversation; what a screen reader is told of it stands elsewhere. */
function said(text: string): Locator {
  return roost.panel.getByRole('log').getByText(text);
}

async function closePanels(): Promise<void> {
  await roost.command('View: Close All Editors');
  await roost.page.locator('iframe.webview').waitFor({ state: 'detached' });
}

beforeAll(async () => {
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  // The newest, or the one that is named: this suite runs on one host at a time.
  host = await installHost(hostsToTest()[0] ?? 'newest', say);
  browser = await launchBrowser(say);
  server = await startServerHost({ host, vsix: await freshVsix(say), settings });
  workbench = await openWorkbench(browser, server, folder);
  roost = new RoostWindow(workbench.page);
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

describe('the side bar', () => {
  it('shows a session below the group that says what it needs', async () => {
    await roost.command('Roost: New Session');
    await roost.panel.locator('.composer-input').waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.row('Scripted').waitFor();
    expect(agents(server)).toBe(1);
  });

  it('names who is needed and for what, and takes the answer on the row', async () => {
    await roost.send('permit Delete everything');
    await roost.row(/^Needs you\s*1$/).waitFor();
    const asking = roost.row(/^permit Delete everything\s*Delete everything/);
    await asking.waitFor();
    const badge = roost.page.locator('.activitybar .badge-content', { hasText: /^1$/ });
    await badge.waitFor();
    await roost.page.locator('.statusbar-item[id="roost.roost.roost.status"]').waitFor();
    await roost.picture('sidebar-1-needs-you');
    await act(asking, 'Allow');
    await said('permission: yes').waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await asking.waitFor({ state: 'detached' });
    await badge.waitFor({ state: 'detached' });
  });

  it('notifies about a session out of sight, and takes the answer there', async () => {
    const { prompt, go } = whenTold('Out of sight');
    await roost.send(prompt);
    await roost.row(/^Working\s*1$/).waitFor();
    await closePanels();
    go();
    const toast = await roost.notification('permit Delete everything asks: Out of sight');
    await roost.picture('sidebar-2-notification');
    await toast.getByRole('link', { name: 'Reject' }).click();
    await roost.row(/^Ready\s*1$/).waitFor();
    await toast.waitFor({ state: 'detached' });
    // Its turn ended while nobody looked: the row says so until somebody does.
    await roost.row(/^permit Delete everything\s*finished/).waitFor();
    await roost.picture('sidebar-2b-unread');
    await roost.row(/^permit Delete everything/).click();
    await said('permission: no').waitFor();
    await roost.row(/^permit Delete everything\s*scripted/).waitFor();
  });

  it('shows nothing of a request any more once it is answered elsewhere', async () => {
    const { prompt, go } = whenTold('Only once');
    await roost.send(prompt);
    await roost.row(/^Working\s*1$/).waitFor();
    await closePanels();
    go();
    const toast = await roost.notification('asks: Only once');
    await roost
      .row(/^permit Delete everything/)
      .locator('.monaco-tl-twistie')
      .click();
    await act(roost.row(/^Only once/), 'Allow');
    await roost.row(/^Ready\s*1$/).waitFor();
    await toast.waitFor({ state: 'detached' });
    await roost.row(/^Only once/).waitFor({ state: 'detached' });
    await roost.row(/^permit Delete everything/).click();
    await said('permission: yes').nth(1).waitFor();
  });

  it('asks before it allows everything, shows so on the row, and asks again when told to', async () => {
    const row = roost.row(/^permit Delete everything/);
    const pick = async (label: string): Promise<void> => {
      await roost.chooseFromMenu(row, 'Set Permissions…');
      await roost.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).click();
    };
    await pick('Allow everything');
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    await roost.picture('sidebar-3-allow-all');
    await dialog.getByRole('button', { name: 'Allow Everything' }).click();
    await roost.row(/^permit Delete everything\s*allows everything/).waitFor();
    await roost.send('permit No question');
    await said('permission: yes').nth(2).waitFor();
    await roost.picture('sidebar-3b-allows-all');
    await pick('Follow the settings');
    await roost.row(/^permit Delete everything\s*scripted/).waitFor();
  });

  it('shows the files of a session with their lines, and takes a change back when asked', async () => {
    const file = join(folder, 'written.txt');
    await roost.send(`write ${file} hello`);
    await said('written').last().waitFor();
    const session = roost.row(/^permit Delete everything/);
    const row = roost.row(/^written\.txt/);
    await session.locator('.monaco-tl-twistie.collapsible').waitFor();
    // Asked of the row itself: one that was open before opens again by itself when it has children.
    if ((await session.getAttribute('aria-expanded')) !== 'true') {
      await session.locator('.monaco-tl-twistie').click();
    }
    await roost.row(/^written\.txt\s*\+1 −0 · new/).waitFor();
    for (const theme of ['Dark Modern', 'Dark High Contrast', 'Light Modern']) {
      await roost.command('Preferences: Color Theme');
      const input = roost.page.locator('.quick-input-widget input[type="text"]');
      await input.fill(theme);
      await input.press('Enter');
      await roost.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await roost.picture(`sidebar-6-changes-${theme.toLowerCase().replaceAll(' ', '-')}`);
    }
    await act(row, 'Revert File…');
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Revert File' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => existsSync(file)).toBe(false);
  });

  it('finds what was said', async () => {
    await roost.command('Roost: Search Sessions…');
    const input = roost.page.locator('.quick-input-widget input[type="text"]');
    await input.fill('permission: yes');
    const hit = roost.page.locator('.quick-input-list .monaco-list-row', {
      hasText: 'permission: yes',
    });
    await hit.first().waitFor();
    await roost.picture('sidebar-7-search');
    await roost.page.keyboard.press('Escape');
  });

  it('renames, stops with one click, and starts again only when asked', async () => {
    // The panel in front says which session is meant.
    await roost.command('Roost: Rename Session…');
    await roost.answer('Rename Session', 'Renamed');
    const renamed = roost.row(/^Renamed/);
    await renamed.waitFor();
    await act(renamed, 'Stop Session');
    await roost.row(/^Dormant\s*1$/).waitFor();
    expect(agents(server)).toBe(0);
    await renamed.click();
    await said('permission: yes').first().waitFor();
    expect(agents(server)).toBe(0);
    await roost.picture('sidebar-3-dormant');
    await act(renamed, 'Start Session');
    await roost.row(/^Ready\s*1$/).waitFor();
    expect(agents(server)).toBe(1);
    await act(renamed, 'Stop Session');
    await roost.row(/^Dormant\s*1$/).waitFor();
  });

  it('moves to the trash and back', async () => {
    await roost.chooseFromMenu(roost.row(/^Renamed/), 'Delete Session');
    await roost.row(/^Renamed/).waitFor({ state: 'detached' });
    const moved = await roost.notification('Moved to the trash: Renamed');
    await moved.getByRole('button', { name: 'Undo' }).click();
    await roost.row(/^Renamed/).waitFor();
  });

  it('says why a session cannot start, on its row and once in a message that helps', async () => {
    await roost.command('Roost: New Session With…');
    await roost.page.locator('.quick-input-list .monaco-list-row', { hasText: 'missing' }).click();
    const toast = await roost.notification('command not found: roost-no-such-command');
    expect(await toast.count()).toBe(1);
    await toast.getByRole('button', { name: 'Open Settings' }).waitFor();
    await roost.row(/^Failed\s*1$/).waitFor();
    await roost.tooltip(roost.row(/^missing/), 'What to do');
    await roost.picture('sidebar-4-failed');
  });
});

describe('a workspace that is not trusted', () => {
  it('starts nothing, and its settings do not count', async () => {
    const untrusted = join(scratch, 'untrusted');
    mkdirSync(join(untrusted, '.vscode'), { recursive: true });
    writeFileSync(
      join(untrusted, '.vscode', 'settings.json'),
      JSON.stringify({
        'roost.agents': { evil: { command: 'evil' } },
        'roost.idle.timeoutMinutes': 7,
      }),
    );
    const other = await startServerHost({
      host,
      vsix: await freshVsix(say),
      workspaceTrust: true,
      settings: { ...settings, 'security.workspace.trust.startupPrompt': 'never' },
    });
    const window = await openWorkbench(browser, other, untrusted);
    try {
      roost = new RoostWindow(window.page);
      await roost.openSideBar();
      await roost.notification('Roost ignores roost.agents of this workspace');
      await roost.page
        .locator('.sidebar .monaco-button', { hasText: 'Manage Workspace Trust' })
        .waitFor();
      await roost.picture('sidebar-5-untrusted');
      await roost.command('Roost: New Session');
      const refused = await roost.notification('No agent is started in a workspace');
      await refused.getByRole('button', { name: 'Manage Trust' }).click();
      await roost.page.locator('.workspace-trust-editor:visible').waitFor();
      expect(agents(other)).toBe(0);
    } finally {
      await window.close();
      await other.dispose();
    }
  });
});
