// Who is told what: a request on row, badge, card and notification at once, turns that end unseen, what the settings say to both, and all of it in German.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import { root } from '../launch/paths.ts';
import { descendantsOf, signal } from '../launch/processes.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';
import { inWindow, scriptedAgents, type SuiteWindow } from './support/windowSuite.ts';

const { scripted } = scriptedAgents['roost.agents'];
const settings = {
  'roost.agents': { scripted, careful: { ...scripted, name: 'Careful' } },
  'roost.defaultAgent': 'scripted',
  'roost.notifications.turns': 'never',
};

/** What is gone "at once" is gone within this time, on a machine with more to do than this. */
const atOnce = { state: 'detached', timeout: 5000 } as const;

let suite: SuiteWindow;
let roost: RoostWindow;
let changes = 0;

/** Changes settings while the window is open. It has them when its title is the new one, and so has Roost what comes after. */
async function set(changed: Readonly<Record<string, unknown>>): Promise<void> {
  const file = join(suite.dataFolder, 'data', 'Machine', 'settings.json');
  const before: unknown = JSON.parse(readFileSync(file, 'utf8'));
  changes += 1;
  const title = `changed ${changes} times`;
  writeFileSync(file, JSON.stringify({ ...Object(before), ...changed, 'window.title': title }));
  await roost.page.waitForFunction((wanted) => document.title.includes(wanted), title);
}

/**
 * Gives the focus to the window, or takes it away. A browser without a screen has no say in that, so it is made
 * to say so; the editor asks for it whenever the page is shown or hidden.
 */
async function focused(focus: boolean): Promise<void> {
  await roost.page.evaluate((has) => {
    document.hasFocus = () => has;
    document.dispatchEvent(new Event('visibilitychange'));
  }, focus);
}

/** A prompt that goes on with another one as soon as `go` is called, and not before. */
function whenTold(
  name: string,
  then: string,
): { readonly prompt: string; readonly go: () => void } {
  const flag = join(suite.scratch, name);
  const wait = ['sh', '-c', `until [ -e '${flag}' ]; do sleep 0.1; done`];
  return {
    prompt: `terminal-args ${JSON.stringify(wait)}\n${then}`,
    go: () => {
      writeFileSync(flag, '');
    },
  };
}

/** Lets something happen in the session in front after its panel has been closed. */
async function outOfSight(name: string, then: string): Promise<void> {
  const { prompt, go } = whenTold(name, then);
  await roost.send(prompt);
  await roost.row(/^Working\s*1$/).waitFor();
  await roost.closePanels();
  go();
}

const row = (): Locator => roost.row(/^Ada/);

/** Text of the conversation; what a screen reader is told of it stands elsewhere. */
function said(text: string | RegExp): Locator {
  return roost.panel.getByRole('log').getByText(text);
}

/** Everything that says that a request is open: its group, its row, the badge, the card and the notification. */
function placesOf(title: string): readonly Locator[] {
  return [
    roost.row(/^Needs you/),
    roost.row(new RegExp(`^Ada\\s*${title}`)),
    roost.page.locator('.activitybar .badge-content', { hasText: /^1$/ }),
    roost.panel.locator('.card.permission', { hasText: title }),
    roost.page.locator('.notification-list-item', { hasText: `Ada asks: ${title}` }),
  ];
}

/** Has the agent ask in a window without the focus, whose panel is open: so it is said in all places. */
async function askEverywhere(title: string): Promise<Locator> {
  await focused(false);
  await roost.send(`permit ${title}`);
  const told = await roost.notification(`Ada asks: ${title}`);
  await Promise.all(placesOf(title).map((place) => place.waitFor()));
  return told;
}

async function goneEverywhere(title: string): Promise<void> {
  await Promise.all(placesOf(title).map((place) => place.waitFor(atOnce)));
}

/** Nothing is told of this. What is told of a session is told before its row is drawn anew, so this is asked after that. */
async function untold(text: string): Promise<void> {
  const center = roost.page.locator('.notifications-center.visible');
  if ((await center.count()) === 0) {
    await roost.page.locator('[id="status.notifications"] a').click();
  }
  await center.waitFor();
  expect(await roost.page.locator('.notification-list-item', { hasText: text }).count()).toBe(0);
  await roost.hideNotifications();
}

describe.each(hostsToTest(['oldest', 'newest']))('who is told in the %s VS Code', (name) => {
  inWindow(
    { name: 'requests', extension: 'answerer' },
    name,
    async (window) => {
      suite = window;
      ({ roost } = window);
      await roost.openSideBar();
      await roost.command('Roost: New Session');
      await roost.panel.locator('.composer-input').waitFor();
      await roost.send('title Ada');
      await row().waitFor();
      await focused(true);
    },
    settings,
  );

  it('allows in the notification, and the request is gone everywhere at once', async () => {
    const told = await askEverywhere('Delete it');
    await roost.picture(`${name}-requests-1-everywhere`);
    await told.getByRole('link', { name: 'Allow' }).click();
    await goneEverywhere('Delete it');
    await said('permission: yes').waitFor();
  });

  it('takes requests away everywhere when another extension answers them, two of one session, too', async () => {
    await askEverywhere('Ask the neighbour');
    await roost.command('Answerer: Allow What Is Asked');
    await goneEverywhere('Ask the neighbour');
    await roost.row(/^Ready\s*1$/).waitFor();
    // Two at a time: each has its notification, card and row, and what is left of them stays.
    await roost.send('permits One, Other');
    const notes = roost.page.locator('.notification-list-item', { hasText: 'Ada asks:' });
    await roost.notification('Ada asks: Other');
    await roost.row(/^Ada\s*One \(\+1 more\)/).waitFor();
    await row().locator('.monaco-tl-twistie').click();
    await roost.picture(`${name}-requests-1b-two`);
    await roost.act(roost.row(/^Other/), 'Reject');
    await roost.row(/^Other/).waitFor(atOnce);
    await roost.row(/^Ada\s*One\s*·/).waitFor();
    await expect.poll(() => notes.count()).toBe(1);
    await expect.poll(() => roost.panel.locator('.card.permission').count()).toBe(1);
    await roost.command('Answerer: Allow What Is Asked');
    await goneEverywhere('One');
    await roost.row(/^Ready\s*1$/).waitFor();
  });

  it('takes a request away everywhere when its turn is cancelled', async () => {
    await askEverywhere('Too late');
    await roost.chooseFromMenu(row(), 'Cancel Turn');
    await goneEverywhere('Too late');
    await said('permission: cancelled').waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
  });

  it('takes a request away everywhere when its agent is killed', async () => {
    await askEverywhere('Nobody left');
    const agents = descendantsOf(suite.server.pid).filter(({ command }) =>
      command.includes('scripted.mjs'),
    );
    expect(agents).toHaveLength(1);
    for (const { pid } of agents) signal(pid, 'SIGKILL');
    await goneEverywhere('Nobody left');
    await roost.picture(`${name}-requests-2-killed`);
    await roost.row(/^Ready\s*1$/).waitFor();
    await focused(true);
  });

  it('tells of a request when the settings want that, and then only', async () => {
    const card = (title: string): Locator =>
      roost.panel.locator('.card.permission', { hasText: title });
    // By default about what nobody sees: this one is in view.
    await roost.send('permit Before my eyes');
    await card('Before my eyes').waitFor();
    await roost.row(/^Needs you\s*1$/).waitFor();
    await untold('asks:');
    // By the keys that it names, out of the message box.
    await roost.panel.locator('.composer-input').click();
    await roost.page.keyboard.press('Control+Shift+A');
    const led = card('Before my eyes').locator('button:focus', { hasText: 'Allow' });
    await led.waitFor();
    // And where the keys are now can be seen.
    expect(await led.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
    await roost.picture(`${name}-requests-2b-led`);
    await roost.page.keyboard.press('3');
    await roost.row(/^Ready\s*1$/).waitFor();
    await set({ 'roost.notifications.requests': 'windowUnfocused' });
    await outOfSight('here', 'permit I am here');
    await roost.row(/^Needs you\s*1$/).waitFor();
    await untold('asks:');
    await focused(false);
    await roost.act(row(), 'Reject');
    await roost.row(/^Ready\s*1$/).waitFor();
    await row().click();
    await askEverywhere('I am away');
    await roost.act(row(), 'Reject');
    await goneEverywhere('I am away');
    await set({ 'roost.notifications.requests': 'never' });
    await outOfSight('never', 'permit Not a word');
    await roost.row(/^Needs you\s*1$/).waitFor();
    await untold('asks:');
    await roost.picture(`${name}-requests-3-never`);
    await roost.act(row(), 'Reject');
    await roost.row(/^Ready\s*1$/).waitFor();
    await focused(true);
  });

  it('leads from the notification of a question to its form', async () => {
    await set({ 'roost.notifications.requests': 'always' });
    await row().click();
    await outOfSight('question', 'ask form');
    const told = await roost.notification('Ada asks: Who are you?');
    await told.getByRole('button', { name: 'Answer' }).click();
    await roost.panel
      .locator('.card.question')
      .getByRole('button', { name: 'Decline', exact: true })
      .click();
    await said(/"action":"decline"/).waitFor();
    await roost.row(/^Needs you/).waitFor(atOnce);
    await told.waitFor(atOnce);
  });

  it('marks a session whose turn has ended unseen, and tells of it when that is wanted', async () => {
    await row().click();
    await set({ 'roost.notifications.turns': 'windowUnfocused' });
    await outOfSight('quietly', 'say quietly');
    await roost.row(/^Ada\s*finished/).waitFor();
    await untold('Ada');
    await row().click();
    await said(/}quietly/).waitFor();
    await roost.row(/^Ada\s*Scripted/).waitFor();
    await set({ 'roost.notifications.turns': 'always' });
    await outOfSight('done', 'say done');
    const done = await roost.notification('Ada has finished.');
    await roost.row(/^Ada\s*finished/).waitFor();
    await done.getByRole('button', { name: 'Open', exact: true }).click();
    await said(/}done/).waitFor();
    await roost.row(/^Ada\s*Scripted/).waitFor();
    await set({ 'roost.notifications.turns': 'windowUnfocused' });
    await focused(false);
    await outOfSight('broken', 'fail -32000 Out of tokens');
    await roost.notification('Ada: the turn failed.');
    await roost.row(/^Ada\s*failed/).waitFor();
    await roost.picture(`${name}-requests-4-failed`);
    await set({ 'roost.notifications.turns': 'never' });
    await row().click();
    await outOfSight('unsaid', 'say unsaid');
    await roost.row(/^Ada\s*finished/).waitFor();
    await untold('has finished');
    await focused(true);
  });

  it('lets an agent do without questions what the settings allow it, and no other', async () => {
    await row().click();
    await set({ 'roost.permissions.byAgent': { scripted: 'allowAll' } });
    await roost.row(/^Ada.*allows everything/).waitFor();
    await roost.send('permit Without a question');
    await said('permission: yes').last().waitFor();
    await roost.row(/^Ready\s*1$/).waitFor();
    await roost.commandWith('Roost: New Session With…', 'Careful');
    await roost.panel.locator('.title', { hasText: 'Careful' }).waitFor();
    await roost.send('permit With a question');
    const careful = roost.row(/^permit With a question/);
    await roost.row(/^Needs you\s*1$/).waitFor();
    await roost.picture(`${name}-requests-5-by-agent`);
    await roost.act(careful, 'Reject');
    await said('permission: no').waitFor();
    await set({ 'roost.permissions.byAgent': { careful: 'allowAll' } });
    await roost.send('permit Without one now');
    await said('permission: yes').waitFor();
    // Until both are at rest their rows change places, away from under the pointer.
    await roost.row(/^Ready\s*2$/).waitFor();
    await row().click();
    await roost.panel.locator('.title', { hasText: 'Ada' }).waitFor();
    await roost.send('permit Again with a question');
    await roost.row(/^Ada\s*Again with a question/).waitFor();
    await roost.act(row(), 'Reject');
    await roost.row(/^Ready\s*2$/).waitFor();
  });

  it('asks for what an MCP server needs as a question of the session that cannot start yet', async () => {
    const config = join(suite.folder, '.vscode', 'mcp.json');
    mkdirSync(join(suite.folder, '.vscode'), { recursive: true });
    const server = join(root, 'test', 'fixtures', 'agents', 'mcpServer.mjs');
    writeFileSync(
      config,
      JSON.stringify({
        inputs: [
          { id: 'token', type: 'promptString', description: 'A token of yours', password: true },
        ],
        servers: {
          fixture: { command: process.execPath, args: [server, 'look', '${input:token}'] },
        },
      }),
    );
    try {
      await roost.commandWith('Roost: New Session With…', 'Careful');
      const waiting = roost.row(/^Careful\s*A token of yours \(for the MCP server fixture\)/);
      await waiting.waitFor();
      await roost.row(/^Needs you\s*1$/).waitFor();
      const card = roost.panel.locator('.card.question', { hasText: 'A token of yours' });
      await card.getByText('The session needs this to start').waitFor();
      await card.getByText('The session starts once this is answered.').waitFor();
      await roost.picture(`${name}-requests-7-value`);
      // Put away, it is one click away again.
      await roost.closePanels();
      await waiting.click();
      await card.getByLabel('token').fill('not to be seen');
      expect(await card.locator('input').getAttribute('type')).toBe('password');
      await card.getByRole('button', { name: 'Submit' }).click();
      await roost.row(/^Needs you/).waitFor(atOnce);
      await roost.send('mcp');
      await said(/"not to be seen"/).waitFor();
      await roost.row(/^Working/).waitFor(atOnce);
    } finally {
      rmSync(config);
    }
  });

  it('speaks German in a window whose language that is', async () => {
    const { server, browser, scratch, dataFolder } = suite;
    const data = join(dataFolder, 'data');
    // As the editor notes an installed language pack and the choice of its language. This pack is empty: what
    // is German then is Roost.
    const pack = join(scratch, 'german.json');
    writeFileSync(pack, '{ "contents": {} }');
    const german = {
      hash: 'german',
      label: 'Deutsch',
      extensions: [{ extensionIdentifier: { id: 'roost-tests.german' }, version: '0.0.1' }],
      translations: { vscode: pack },
    };
    writeFileSync(join(data, 'languagepacks.json'), JSON.stringify({ de: german }));
    mkdirSync(join(data, 'User'), { recursive: true });
    writeFileSync(join(data, 'User', 'argv.json'), '{ "locale": "de" }');
    const folder = join(scratch, 'german');
    cpSync(suite.folder, folder, { recursive: true });
    const window = await openWorkbench(browser, server, folder);
    const shown = new RoostWindow(window.page);
    try {
      await shown.openSideBar();
      await shown.command('Roost: Neue Sitzung');
      await shown.panel.locator('.composer-input').waitFor();
      await shown.row(/^Bereit\s*1$/).waitFor();
      await shown.send('permit Löschen');
      await shown.row(/^Braucht dich\s*1$/).waitFor();
      await shown.panel.locator('.card.permission').waitFor();
      await shown.picture(`${name}-requests-6-german`);
      await shown.act(shown.row(/^permit Löschen/), 'Erlauben');
      await shown.panel.getByRole('log').getByText('permission: yes').waitFor();
      await shown.row(/^Bereit\s*1$/).waitFor();
      // What went wrong, and what was done about it, too.
      await shown.send('crash');
      const log = shown.panel.getByRole('log');
      await log.getByText('abgebrochen: Scripted ist zu Ende gegangen, mit Exit-Code 3').waitFor();
      await log.getByText('Scripted wurde neu gestartet.').waitFor();
      await shown.row(/^Bereit\s*1$/).waitFor();
      await shown.picture(`${name}-requests-8-german-failure`);
    } finally {
      await window.close();
    }
  });
});
