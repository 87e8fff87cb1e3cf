// What somebody does who has just installed Roost: a first session, a search, a command allowed and one refused, a stop, and a return.
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import { startServerHost } from '../launch/serverHost.ts';
import { keptLayout } from './support/keptLayout.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { agentsBelow, inWindow, type SuiteWindow } from './support/windowSuite.ts';

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
    expect(agents()).toBe(0);
    await roost.picture(`${name}-5-stopped`);
  });

  it('finds row, panel and conversation again after everything was ended and started', async () => {
    const { host, dataFolder, folder } = suite;
    const { port } = suite.server;
    // With the session's id, which the page itself gives to the editor: without it nobody knows whose panel it was.
    await expect.poll(() => keptLayout(roost.page), { timeout: 60_000 }).toContain('sessionId');
    await roost.page.goto('about:blank');
    await suite.server.dispose();
    suite.server = await startServerHost({ host, dataFolder, port });
    await roost.page.goto(suite.server.urlOf(folder));
    await roost.openSideBar();
    await roost.row('/find roost').waitFor();
    await roost.panel.getByText('it-21-ran').first().waitFor();
    expect(agents()).toBe(0);
    await roost.picture(`${name}-6-back`);
    await roost.send('/help');
    await roost.row('Ready').waitFor();
    expect(agents()).toBe(1);
    await roost.panel.locator('.entry.agent').last().getByText('/find').first().waitFor();
    await roost.picture(`${name}-7-continued`);
  });
});
