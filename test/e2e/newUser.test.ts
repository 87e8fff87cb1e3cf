// What somebody does who has just installed Roost: a first session, a search, commands allowed, refused and cut short, a plan, a name, a stop, and a return.
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import { startServerHost } from '../launch/serverHost.ts';
import { keptLayout, panelNotes } from './support/keptLayout.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { agentsBelow, inWindow, type SuiteWindow } from './support/windowSuite.ts';

/** For what a program on a busy machine takes. */
const patient = { timeout: 60_000 };

let suite: SuiteWindow;
let roost: RoostWindow;

/** How many agents run below the server now. */
function agents(): number {
  return agentsBelow(suite.server, 'workspaceAgent.cjs');
}

describe.each(hostsToTest(['oldest', 'newest']))('a new user of the %s VS Code', (name) => {
  inWindow('new-user', name, (window) => {
    suite = window;
    ({ roost } = window);
  });

  it('is welcomed, and starts a session with one click', async () => {
    await roost.openSideBar();
    const start = roost.page.locator('.sidebar .monaco-button', { hasText: /^New Session$/ });
    await start.waitFor();
    await roost.picture(`${name}-1-welcome`);
    await start.click();
    await roost.row('Ready').waitFor();
    await roost.panel.locator('.composer-input').waitFor();
    expect(agents()).toBe(1);
  });

  it('is shown how to begin, with pictures', async () => {
    // The editor leaves the pictures out where it has little room.
    await roost.command('View: Close Primary Side Bar');
    await roost.commandWith('Welcome: Open Walkthrough...', 'Get started with Roost');
    const steps = roost.page.locator('.getting-started-step');
    const titles = ['Begin a session', 'Ask, and show', 'Decide yourself', 'Let it rest'];
    for (const [at, title] of titles.entries()) {
      await steps.filter({ hasText: title }).click();
      // Drawn by the editor in a page of its own.
      const shown = roost.panel.locator('svg');
      await expect
        .poll(async () => (await shown.boundingBox())?.width ?? 0, patient)
        .toBeGreaterThan(200);
      await roost.picture(`${name}-1b-walkthrough-${at}`);
    }
    await roost.page.locator('.tab.active .tab-actions .action-label').click();
    await roost.openSideBar();
    await roost.panel.locator('.composer-input').waitFor();
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
    const badge = roost.page.locator('.activitybar .badge-content', { hasText: /^1$/ });
    await badge.waitFor();
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
    await badge.waitFor({ state: 'detached' });
    await roost.picture(`${name}-4-answered`);
  });

  it('completes a command, and sees the plan that it ticks, with what was thought folded', async () => {
    const composer = roost.panel.locator('.composer-input');
    await composer.click();
    await composer.pressSequentially('/pl');
    await roost.panel.locator('.completion', { hasText: 'plan' }).waitFor();
    await composer.press('Tab');
    await composer.press('Enter');
    const plan = roost.panel.locator('.entry.plan');
    await expect.poll(() => plan.locator('.plan-step.done').count(), patient).toBe(4);
    const thought = roost.panel.locator('.thought .disclosure-button').first();
    expect(await thought.getAttribute('aria-expanded')).toBe('false');
    await roost.row('Ready').waitFor();
    await roost.picture(`${name}-4b-plan`);
  });

  it('cuts a turn short with the stop button', async () => {
    await roost.send('/run sleep 60');
    const card = roost.panel.locator('.card.permission');
    await card
      .getByRole('button', { name: /^Allow/ })
      .first()
      .click();
    await card.waitFor({ state: 'detached' });
    await roost.row('Working').waitFor();
    await expect.poll(() => agentsBelow(suite.server, 'sleep 60'), patient).toBeGreaterThan(0);
    await roost.panel.locator('.composer-buttons .stop').click();
    await roost.row('Ready').waitFor();
    await expect.poll(() => agentsBelow(suite.server, 'sleep 60'), patient).toBe(0);
    expect(agents()).toBe(1);
  });

  it('gives the session a name, and stops it on its row: nothing of it runs on', async () => {
    await roost.chooseFromMenu(roost.row('/find roost'), 'Rename Session…');
    await roost.answer('Rename Session', 'First steps');
    const row = roost.row('First steps');
    await row.waitFor();
    await roost.act(row, 'Stop Session');
    await roost.row('Dormant').waitFor();
    expect(agents()).toBe(0);
    await roost.picture(`${name}-5-stopped`);
  });

  it('finds row, panel and conversation again after everything was ended and started', async () => {
    const { host, dataFolder, folder } = suite;
    const { port } = suite.server;
    await expect.poll(() => keptLayout(roost.page), patient).toContain('sessionId');
    const notes = await panelNotes(roost.page);
    // One more, which is left before its page has told the editor anything.
    const silent = await roost.page.addInitScript(() => {
      Object.defineProperty(window, 'acquireVsCodeApi', { set: () => undefined });
    });
    await roost.command('Roost: New Session');
    const tabs = roost.page.locator('.tabs-container .tab');
    await tabs.nth(1).waitFor();
    await roost.row('Ready').waitFor();
    await expect.poll(() => panelNotes(roost.page), patient).toBe(2 * notes);
    await silent.dispose();
    await roost.page.goto('about:blank');
    await suite.server.dispose();
    suite.server = await startServerHost({ host, dataFolder, port });
    await roost.page.goto(suite.server.urlOf(folder));
    await roost.openSideBar();
    const silentRow = roost.row('Workspace').filter({ hasNotText: 'First steps' });
    await roost.panel.locator('.composer-input').waitFor();
    await silentRow.click();
    expect(await tabs.count()).toBe(2);
    // Nobody has looked at its tab yet.
    await roost.row('First steps').click();
    await roost.panel.getByText('it-21-ran').first().waitFor();
    expect(await tabs.count()).toBe(2);
    expect(agents()).toBe(0);
    await roost.picture(`${name}-6-back`);
    await roost.send('/help');
    await roost.row('Ready').waitFor();
    expect(agents()).toBe(1);
    await roost.panel.locator('.entry.agent').last().getByText('/find').first().waitFor();
    await roost.picture(`${name}-7-continued`);
  });
});
