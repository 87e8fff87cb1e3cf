// The side bar as a person uses it: who needs me, answers from the row and from a notification, names, stops, the trash, and trust.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { findings } from './support/axe.ts';
import { inEachTheme } from './support/editorThemes.ts';
import { RoostWindow } from './support/roostWindow.ts';
import {
  agentsBelow,
  inWindow,
  say,
  scriptedAgents,
  type SuiteWindow,
} from './support/windowSuite.ts';

let suite: SuiteWindow;
let server: ServerHost;
let roost: RoostWindow;
let folder: string;

/** A prompt that asks for permission as soon as `go` is called, and not before. */
function whenTold(title: string): { readonly prompt: string; readonly go: () => void } {
  const flag = join(suite.scratch, title);
  const wait = ['sh', '-c', `until [ -e '${flag}' ]; do sleep 0.1; done`];
  return {
    prompt: `terminal-args ${JSON.stringify(wait)}\npermit ${title}`,
    go: () => {
      writeFileSync(flag, '');
    },
  };
}

/**
 * The rows of Roost. The editor puts label and description of a row side by side without a space, so that what is seen of it
 * is never found in what is said of it; that begins with the label.
 */
const tree = {
  within: '.sidebar .tree-explorer-viewlet-tree-view',
  except: ['label-content-name-mismatch'],
};

/** Text of the conversation; what a screen reader is told of it stands elsewhere. */
function said(text: string | RegExp): Locator {
  return roost.panel.getByRole('log').getByText(text);
}

describe.each(hostsToTest(['oldest', 'newest']))('the side bar of the %s VS Code', (name) => {
  inWindow(
    'sidebar',
    name,
    async (window) => {
      suite = window;
      ({ server, roost, folder } = window);
      await roost.openSideBar();
    },
    scriptedAgents,
  );

  it('shows a session below the group that says what it needs', async () => {
    await roost.command('Roost: New Session');
    await roost.panel.locator('.composer-input').waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.row('Scripted').waitFor();
    expect(agentsBelow(server)).toBe(1);
  });

  it('names who is needed and for what, and takes the answer on the row', async () => {
    await roost.send('permit Delete everything');
    await roost.row(/^Needs you\s*1$/).waitFor();
    const asking = roost.row(/^permit Delete everything\s*Delete everything/);
    await asking.waitFor();
    const badge = roost.page.locator('.activitybar .badge-content', { hasText: /^1$/ });
    await badge.waitFor();
    await roost.page.locator('.statusbar-item[id="roost.roost.roost.status"]').waitFor();
    await roost.picture(`${name}-sidebar-1-needs-you`);
    await roost.act(asking, 'Allow');
    await said('permission: yes').waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await asking.waitFor({ state: 'detached' });
    await badge.waitFor({ state: 'detached' });
  });

  it('notifies about a session out of sight, and takes the answer there', async () => {
    const led = whenTold('Lead me there');
    await roost.send(led.prompt);
    await roost.row(/^Working\s*1$/).waitFor();
    await roost.closePanels();
    led.go();
    const first = await roost.notification('asks: Lead me there');
    await first.getByRole('button', { name: 'Open', exact: true }).click();
    await roost.panel
      .locator('.card.permission')
      .getByRole('button', { name: /^Reject/ })
      .click();
    await first.waitFor({ state: 'detached' });
    const { prompt, go } = whenTold('Out of sight');
    await roost.send(prompt);
    await roost.row(/^Working\s*1$/).waitFor();
    await roost.closePanels();
    go();
    const toast = await roost.notification('permit Delete everything asks: Out of sight');
    await roost.picture(`${name}-sidebar-2-notification`);
    // One button, that opens the session; what answers at once are links before it.
    await toast.getByRole('button', { name: 'Open', exact: true }).waitFor();
    expect(await toast.getByRole('link').allTextContents()).toEqual([
      '✓\u00a0Allow',
      '✕\u00a0Reject',
    ]);
    await toast.getByRole('link', { name: 'Reject' }).press('Space');
    await roost.row(/^Ready\s*1$/).waitFor();
    await toast.waitFor({ state: 'detached' });
    // Its turn ended while nobody looked: the row says so until somebody does.
    await roost.row(/^permit Delete everything\s*finished/).waitFor();
    await roost.picture(`${name}-sidebar-2b-unread`);
    await roost.row(/^permit Delete everything/).click();
    await said('permission: no').nth(1).waitFor();
    await roost.row(/^permit Delete everything\s*Scripted/).waitFor();
  });

  it('shows nothing of a request any more once it is answered elsewhere', async () => {
    const { prompt, go } = whenTold('Only once');
    await roost.send(prompt);
    await roost.row(/^Working\s*1$/).waitFor();
    await roost.closePanels();
    go();
    const toast = await roost.notification('asks: Only once');
    await roost
      .row(/^permit Delete everything/)
      .locator('.monaco-tl-twistie')
      .click();
    await roost.act(roost.row(/^Only once/), 'Allow');
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
    await roost.picture(`${name}-sidebar-3-allow-all`);
    await dialog.getByRole('button', { name: 'Allow Everything' }).click();
    await roost.row(/^permit Delete everything\s*allows everything/).waitFor();
    const badge = roost.panel.locator('.policy-allowAll');
    await badge.getByText('Allows everything').waitFor();
    expect(await findings(await roost.panelFrame())).toEqual([]);
    await roost.send('permit No question');
    await said('permission: yes').nth(2).waitFor();
    await roost.picture(`${name}-sidebar-3b-allows-all`);
    // The panel says so too, and leads to the choice.
    await badge.click();
    await roost.page
      .locator('.quick-input-list .monaco-list-row', { hasText: 'Allow reads' })
      .click();
    await roost.row(/^permit Delete everything\s*allows reads/).waitFor();
    await roost.panel.locator('.policy-allowReads').waitFor();
    await pick('Follow the settings');
    await roost.row(/^permit Delete everything\s*Scripted/).waitFor();
    await roost.panel.locator('.policy').waitFor({ state: 'hidden' });
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
    await inEachTheme(roost, async (theme) => {
      await roost.picture(`${name}-sidebar-6-changes-${theme}`);
      // Roost's parts of the window; the others are the editor's.
      expect(await findings(roost.page, tree)).toEqual([]);
      expect(await findings(await roost.panelFrame())).toEqual([]);
    });
    await roost.act(row, 'Revert File…');
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog.getByText('It was not there then: it is deleted').waitFor();
    await dialog.getByRole('button', { name: 'Revert File' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => existsSync(file)).toBe(false);
  });

  it('finds what was said, and goes there, far up and in a panel that was closed', async () => {
    await roost.send(Array.from({ length: 150 }, (_, at) => `tool Step ${at}`).join('\n'));
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.closePanels();
    await roost.command('Roost: Search Sessions…');
    const input = roost.page.locator('.quick-input-widget input[type="text"]');
    await input.fill('permission: no');
    const hit = roost.page.locator('.quick-input-list .monaco-list-row', {
      hasText: 'permission: no',
    });
    // With its agent as the rows name it.
    await hit
      .filter({ hasText: /Scripted/ })
      .first()
      .waitFor();
    await roost.picture(`${name}-sidebar-7-search`);
    await hit.first().click();
    await roost.panel.locator('.entry.found-entry', { hasText: 'permission: no' }).waitFor();
    await roost.panel.locator('.find-count', { hasText: /^1 of \d/ }).waitFor();
    await roost.picture(`${name}-sidebar-7b-found`);
    await roost.panel.locator('.to-end').click();
    await said('Step 149').waitFor();
  });

  it('opens a session by its title, and a row that is dropped among the editors', async () => {
    await roost.send('say Here I am');
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.closePanels();
    // By its title it is found at once, while nothing is read yet.
    await roost.commandChoosing('Roost: Search Sessions…', /^permit Delete everything$/);
    await said(/^Here I am$/).waitFor();
    await roost.closePanels();
    const row = roost.row(/^permit Delete everything/);
    await roost.drag(row, roost.page.locator('.editor-group-container').first());
    await said(/^Here I am$/).waitFor();
    await roost.page.locator('.tab.active[aria-label^="permit Delete everything"]').waitFor();
    expect(await roost.page.locator('.tabs-container .tab').count()).toBe(1);
  });

  it('renames, stops with one click, and starts again only when asked', async () => {
    await roost.send('say Before the stop');
    await roost.row(/^Ready\s*1$/).waitFor();
    // The panel in front says which session is meant.
    await roost.command('Roost: Rename Session…');
    await roost.answer('Rename Session', 'Renamed');
    const renamed = roost.row(/^Renamed/);
    await renamed.waitFor();
    await roost.act(renamed, 'Stop Session');
    await roost.row(/^Dormant\s*1$/).waitFor();
    expect(agentsBelow(server)).toBe(0);
    await renamed.click();
    await said(/^Before the stop$/).waitFor();
    expect(agentsBelow(server)).toBe(0);
    await roost.picture(`${name}-sidebar-3-dormant`);
    await roost.act(renamed, 'Start Session');
    await roost.row(/^Ready\s*1$/).waitFor();
    expect(agentsBelow(server)).toBe(1);
    await roost.act(renamed, 'Stop Session');
    await roost.row(/^Dormant\s*1$/).waitFor();
  });

  it('is renamed and moved to the trash by keys, and comes back', async () => {
    const row = roost.row(/^Renamed/);
    await roost.command('View: Focus into Primary Side Bar');
    await roost.page.locator('.sidebar .monaco-list:focus').waitFor();
    await roost.page.keyboard.press('F2');
    await roost.answer('Rename Session', 'Renamed by key');
    await roost.row(/^Renamed by key/).waitFor();
    await roost.command('View: Focus into Primary Side Bar');
    await roost.page.locator('.sidebar .monaco-list:focus').waitFor();
    await roost.page.keyboard.press('Delete');
    await row.waitFor({ state: 'detached' });
    const moved = await roost.notification('Moved to the trash: Renamed');
    await moved.getByRole('button', { name: 'Undo' }).click();
    await roost.row(/^Renamed/).waitFor();
  });

  it('says why a session cannot start, on its row and once in a message that helps', async () => {
    await roost.commandWith('Roost: New Session With…', 'missing');
    const toast = await roost.notification('command not found: roost-no-such-command');
    expect(await toast.count()).toBe(1);
    await toast.getByRole('button', { name: 'Open Settings' }).waitFor();
    await roost.row(/^Failed\s*1$/).waitFor();
    await roost.tooltip(roost.row(/^missing/), 'What to do');
    await roost.picture(`${name}-sidebar-4-failed`);
  });

  it('starts nothing in a workspace that is not trusted, whose settings do not count', async () => {
    const untrusted = join(suite.scratch, 'untrusted');
    mkdirSync(join(untrusted, '.vscode'), { recursive: true });
    writeFileSync(
      join(untrusted, '.vscode', 'settings.json'),
      JSON.stringify({
        'roost.agents': { evil: { command: 'evil' } },
        'roost.idle.timeoutMinutes': 7,
      }),
    );
    const other = await startServerHost({
      host: suite.host,
      vsix: await freshVsix(say),
      workspaceTrust: true,
      settings: { ...scriptedAgents, 'security.workspace.trust.startupPrompt': 'never' },
    });
    const window = await openWorkbench(suite.browser, other, untrusted);
    try {
      roost = new RoostWindow(window.page);
      await roost.openSideBar();
      await roost.notification('Roost ignores roost.agents of this workspace');
      await roost.page
        .locator('.sidebar .monaco-button', { hasText: 'Manage Workspace Trust' })
        .waitFor();
      await roost.picture(`${name}-sidebar-5-untrusted`);
      await roost.command('Roost: New Session');
      const refused = await roost.notification('No agent is started in a workspace');
      await refused.getByRole('button', { name: 'Manage Trust' }).click();
      await roost.page.locator('.workspace-trust-editor:visible').waitFor();
      expect(agentsBelow(other)).toBe(0);
    } finally {
      await window.close();
      await other.dispose();
    }
  });
});
