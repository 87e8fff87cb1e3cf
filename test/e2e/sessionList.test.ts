// Arranging the list of sessions in a real window: groups, filter, order, pins, archive, several rows at once, forks, and what was answered for ever.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import type { ServerHost } from '../launch/serverHost.ts';
import { headIn } from './support/keptHeads.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { agentsBelow, inWindow, scriptedAgents } from './support/windowSuite.ts';

let server: ServerHost;
let roost: RoostWindow;
let dataFolder: string;
let scratch: string;

const { scripted } = scriptedAgents['roost.agents'];
const settings = (folder: string): Record<string, unknown> => ({
  'roost.agents': {
    scripted,
    forking: {
      name: 'Forking',
      command: scripted.command,
      // What is forked is loaded by a process of its own.
      args: [
        ...[...scripted.args, '--name', 'Forking', '--caps', 'load,resume,list,close,fork'],
        ...['--store', join(folder, 'conversations')],
      ],
    },
  },
  'roost.defaultAgent': 'scripted',
});

/** Starts a session and has its agent call it so. */
async function start(title: string, agent = 'Scripted'): Promise<void> {
  await roost.commandWith('Roost: New Session With…', agent);
  await roost.panel.locator('.title', { hasText: agent }).waitFor();
  await roost.send(`title ${title}`);
  await roost.row(title).waitFor();
}

function row(title: string): Locator {
  return roost.row(new RegExp(`^${title}`));
}

/** Text of the conversation; what a screen reader is told of it stands elsewhere. */
function said(text: string): Locator {
  return roost.panel.getByRole('log').getByText(text);
}

/** The labels of the rows, from top to bottom. */
function order(): Promise<string[]> {
  return roost.rowLabels();
}

/** Selects several rows and chooses what is done with all of them. */
async function withAll(titles: readonly string[], action: string): Promise<void> {
  const [first = '', ...others] = titles;
  // What the editor says about the row below the mouse covers others.
  await roost.page.mouse.move(640, 400);
  await row(first).click();
  // The row of what is in front is selected once it is there.
  await roost.panel.locator('.title', { hasText: first }).waitFor();
  for (const title of others) await row(title).click({ modifiers: ['ControlOrMeta'] });
  await roost.chooseFromMenu(row(titles.at(-1) ?? ''), action);
}

describe.each(hostsToTest(['oldest', 'newest']))(
  'the list of sessions in the %s VS Code',
  (name) => {
    inWindow(
      'session-list',
      name,
      async (window) => {
        ({ server, roost, dataFolder, scratch } = window);
        await roost.openSideBar();
        // A list to choose from closes when a window that is still being built moves the focus.
        await roost.page.locator('.sidebar .monaco-button', { hasText: /^New Session$/ }).waitFor();
        for (const title of ['Beta', 'Alpha', 'Gamma']) await start(title);
        await start('Delta', 'Forking');
      },
      settings,
    );

    it('is grouped by agent, folder, day and need', async () => {
      await roost.commandWith('Roost: Group Sessions By…', 'Agent');
      await roost.row(/^Forking\s*1$/).waitFor();
      await expect.poll(order).toEqual(['Forking', 'Delta', 'Scripted', 'Gamma', 'Alpha', 'Beta']);
      await roost.picture(`${name}-list-1-by-agent`);
      await roost.commandWith('Roost: Group Sessions By…', 'Folder');
      await roost.row(/^workspace\s*4$/).waitFor();
      await roost.commandWith('Roost: Group Sessions By…', 'Day');
      await roost.row(/^Today\s*4$/).waitFor();
      await roost.commandWith('Roost: Group Sessions By…', 'Need');
      await roost.row(/^Ready\s*4$/).waitFor();
    });

    it('is sorted by title', async () => {
      await roost.commandWith('Roost: Sort Sessions By…', 'Title');
      await expect.poll(order).toEqual(['Ready', 'Alpha', 'Beta', 'Delta', 'Gamma']);
    });

    it('shows only what the filter leaves, says so, and shows all again', async () => {
      await roost.commandChoosing('Roost: Filter Sessions…', 'Forking');
      await roost.page.locator('.quick-input-action .monaco-button', { hasText: 'OK' }).click();
      await roost.row(/^Ready\s*1$/).waitFor();
      await expect.poll(order).toEqual(['Ready', 'Delta']);
      await roost.sideBar.locator('.message', { hasText: 'Filtered: 1 of 4' }).waitFor();
      await roost.picture(`${name}-list-2-filtered`);
      await roost.command('Roost: Show All Sessions');
      await roost.row(/^Ready\s*4$/).waitFor();
    });

    it('has pinned rows on top, in the order they are dragged into', async () => {
      await withAll(['Beta', 'Gamma'], 'Pin');
      await roost.row(/^Pinned\s*2$/).waitFor();
      await expect.poll(order).toEqual(['Pinned', 'Beta', 'Gamma', 'Ready', 'Alpha', 'Delta']);
      // Whoever drags one of several that are selected drags them all.
      await row('Alpha').click();
      await roost.panel.locator('.title', { hasText: 'Alpha' }).waitFor();
      await roost.drag(row('Gamma'), row('Beta'));
      await expect.poll(order).toEqual(['Pinned', 'Gamma', 'Beta', 'Ready', 'Alpha', 'Delta']);
      await roost.drag(row('Delta'), row('Gamma'));
      await expect.poll(order).toEqual(['Pinned', 'Delta', 'Gamma', 'Beta', 'Ready', 'Alpha']);
      await roost.drag(row('Delta'), row('Gamma'));
      await expect.poll(order).toEqual(['Pinned', 'Gamma', 'Delta', 'Beta', 'Ready', 'Alpha']);
      await roost.picture(`${name}-list-3-pinned`);
      await withAll(['Gamma', 'Beta', 'Delta'], 'Unpin');
      await roost.row(/^Ready\s*4$/).waitFor();
    });

    it('forks a session where its agent can', async () => {
      // One alone: what several are offered is what all of them can do.
      await row('Delta').click();
      await roost.panel.locator('.title', { hasText: 'Delta' }).waitFor();
      await roost.chooseFromMenu(row('Delta'), 'Fork Session');
      await roost.row(/^Ready\s*5$/).waitFor();
      await row('Fork of Delta').waitFor();
      await row('Alpha').click({ button: 'right' });
      await roost.page.getByRole('menuitem', { name: 'Rename Session…' }).waitFor();
      expect(await roost.page.getByRole('menuitem', { name: 'Fork Session' }).count()).toBe(0);
      await roost.page.keyboard.press('Escape');
      await roost.picture(`${name}-list-4-forked`);
    });

    it('shows what was answered for ever, and forgets it when told to', async () => {
      await row('Alpha').click();
      await roost.panel.locator('.title', { hasText: 'Alpha' }).waitFor();
      await roost.send('permit Look around');
      await roost.panel.getByRole('button', { name: /Always allow/ }).click();
      await said('permission: always').waitFor();
      await roost.send('permit Look around');
      await said('permission: yes').waitFor();
      // When the turn is over its row goes to another group, and takes a menu or a list that is open with it.
      await roost.row(/^(Working|Needs you)/).waitFor({ state: 'detached' });
      await roost.chooseFromMenu(row('Alpha'), 'Remembered Answers…');
      const answer = roost.page.locator('.quick-input-list .monaco-list-row', {
        hasText: 'Look around',
      });
      await answer.filter({ hasText: 'always allowed' }).waitFor();
      await roost.picture(`${name}-list-5-remembered`);
      await answer.click();
      await roost.page.locator('.quick-input-action .monaco-button', { hasText: 'OK' }).click();
      await roost.notification('Forgotten.');
      await roost.hideNotifications();
      await roost.send('permit Look around');
      await roost.row(/^Needs you\s*1$/).waitFor();
      await roost.act(row('Alpha'), 'Reject');
      await roost.row(/^Ready\s*5$/).waitFor();
    });

    it('takes a question from the row to its form, and a page to visit to its address', async () => {
      await row('Alpha').click();
      await roost.panel.locator('.title', { hasText: 'Alpha' }).waitFor();
      await roost.send('ask form');
      await roost.row(/^Needs you\s*1$/).waitFor();
      await roost.closePanels();
      // Who waits is one click away.
      await roost.page.locator('[id="roost.roost.roost.status"] a').click();
      await roost.panel.locator('.card.question input').first().fill('Ada');
      await roost.picture(`${name}-list-6-question`);
      await roost.panel.locator('.card.question .primary').click();
      await said('"name":"Ada"').waitFor();
      await roost.send('ask url');
      await roost.row(/^Needs you\s*1$/).waitFor();
      await roost.panel
        .locator('.card-url', { hasText: 'https://example.invalid/login' })
        .waitFor();
      await roost.act(row('Alpha'), 'Reject');
      await said('"action":"decline"').waitFor();
    });

    it('stops, saves, archives and deletes several at once', async () => {
      const running = agentsBelow(server);
      const allReady = roost.row(new RegExp(`^Ready\\s*${String(running)}$`));
      await withAll(['Beta', 'Gamma'], 'Save Session Now');
      await withAll(['Beta', 'Gamma'], 'Stop Session');
      await roost.row(/^Dormant\s*2$/).waitFor();
      expect(agentsBelow(server)).toBe(running - 2);
      // What can be done with one only is not offered for several.
      await row('Gamma').click({ button: 'right' });
      await roost.page.getByRole('menuitem', { name: 'Start Session' }).waitFor();
      expect(await roost.page.getByRole('menuitem', { name: 'Rename Session…' }).count()).toBe(0);
      await roost.page.keyboard.press('Escape');
      await withAll(['Gamma', 'Beta'], 'Start Session');
      await allReady.waitFor();
      expect(agentsBelow(server)).toBe(running);
      // On one of several that are selected it is done with all of them.
      await roost.act(row('Beta'), 'Stop Session');
      await roost.row(/^Dormant\s*2$/).waitFor();
      // By key also those are selected that cannot be deleted: they stay, and that is said.
      await row('Alpha').click();
      await roost.panel.locator('.title', { hasText: 'Alpha' }).waitFor();
      await row('Beta').click({ modifiers: ['ControlOrMeta'] });
      await roost.page.keyboard.press('Delete');
      await roost.notification('"Alpha" stays: stop it before you delete it.');
      const alone = await roost.notification('Moved to the trash: Beta');
      await row('Beta').waitFor({ state: 'detached' });
      await alone.getByRole('button', { name: 'Undo' }).click();
      await row('Beta').waitFor();
      await roost.hideNotifications();
      await withAll(['Beta', 'Gamma'], 'Archive');
      const archive = roost.row(/^Archived\s*2$/);
      await archive.waitFor();
      if ((await archive.getAttribute('aria-expanded')) !== 'true') await archive.click();
      await roost.picture(`${name}-list-7-archived`);
      await roost.chooseFromMenu(row('Gamma'), 'Take out of the Archive');
      await roost.row(/^Dormant\s*1$/).waitFor();
      await withAll(['Gamma', 'Beta'], 'Delete Session');
      await row('Gamma').waitFor({ state: 'detached' });
      await row('Beta').waitFor({ state: 'detached' });
      const moved = await roost.notification('Moved to the trash');
      await moved.getByRole('button', { name: 'Undo' }).click();
      await row('Gamma').waitFor();
    });

    it('searches until it is stopped, and finds what was said in the archive', async () => {
      const places = [join(dataFolder, 'data', 'User', 'workspaceStorage')];
      const transcript = headIn(places, 'Gamma').replace(/json$/, 'jsonl');
      const input = roost.page.locator('.quick-input-widget input[type="text"]');
      const stop = roost.page.locator('.quick-input-widget [aria-label="Stop Searching"]');
      const progress = roost.page.locator('.quick-input-progress.active');
      const title = roost.page.locator('.quick-input-title');
      const hits = roost.page.locator('.quick-input-list .monaco-list-row', {
        hasText: 'title Beta',
      });
      // A file whose reading does not end by itself, as on a disk that does not answer.
      renameSync(transcript, `${transcript}.kept`);
      execFileSync('mkfifo', [transcript]);
      try {
        await roost.command('Roost: Search Sessions…');
        await input.fill('title');
        await title.filter({ hasText: 'Searched 4 of 5 sessions' }).waitFor();
        await progress.waitFor();
        await hits.waitFor();
        await roost.picture(`${name}-list-8-searching`);
        await stop.click();
        await stop.waitFor({ state: 'detached', timeout: 5000 });
        await progress.waitFor({ state: 'detached', timeout: 5000 });
        // What was found before that is still there to choose from.
        await hits.waitFor();
      } finally {
        // Who reads it is let go, and finds its end.
        closeSync(openSync(transcript, constants.O_RDWR | constants.O_NONBLOCK));
        renameSync(`${transcript}.kept`, transcript);
      }
      await hits.click();
      await roost.panel.locator('.entry.found-entry', { hasText: 'title Beta' }).waitFor();
      await row('Beta').waitFor();
      await roost.picture(`${name}-list-9-found-in-the-archive`);
    });

    it('opens what is clicked, also in the moment in which the row is being refreshed', async () => {
      const { page } = roost;
      // The rows are drawn anew four times a second, and the clicks fall on all moments in between.
      for (const title of ['One', 'Two']) {
        await start(title);
        const script = join(scratch, `${title}.txt`);
        const lines = Array.from({ length: 3000 }, (_, i) => `title ${title}-${i}\nsleep 20`);
        writeFileSync(script, lines.join('\n'));
        await roost.send(`file ${script}`);
        await roost.row(new RegExp(`^${title}-`)).waitFor();
      }
      for (let step = 0; step < 24; step++) {
        const title = new RegExp(`^${step % 2 === 0 ? 'One' : 'Two'}-`);
        const box = await roost.row(title).boundingBox();
        expect(box).not.toBeNull();
        if (box === null) return;
        await page.mouse.click(box.x + 60, box.y + box.height / 2);
        await page.locator('.tab.active', { hasText: title }).waitFor({ timeout: 5000 });
      }
      await roost.command('Roost: Cancel Turn');
    });
  },
);
