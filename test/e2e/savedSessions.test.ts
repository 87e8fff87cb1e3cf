// Sessions on disk in a real window: back in place after everything has ended, damaged, deleted for good, moved elsewhere, and a disk that is full.
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { panelWords } from '../../src/chatProtocol/words.ts';
import { smallDisk } from '../fixtures/storage/smallDisk.ts';
import { hostsToTest } from '../launch/hosts.ts';
import { startServerHost } from '../launch/serverHost.ts';
import { headIn } from './support/keptHeads.ts';
import { keptLayout } from './support/keptLayout.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { agentsBelow, inWindow, scriptedAgents, type SuiteWindow } from './support/windowSuite.ts';

const { scripted } = scriptedAgents['roost.agents'];
const disk = smallDisk();

let suite: SuiteWindow;
let roost: RoostWindow;
let settings: Readonly<Record<string, unknown>>;

// Said before the window is: what is said first is done last.
afterAll(() => {
  disk[Symbol.dispose]();
});

inWindow(
  'on-disk',
  hostsToTest()[0] ?? 'newest',
  async (window) => {
    suite = window;
    ({ roost } = window);
    await roost.openSideBar();
  },
  (scratch) => {
    const args = [...scripted.args, '--store', join(scratch, 'agent')];
    settings = {
      'roost.agents': { scripted: { ...scripted, args } },
      'roost.defaultAgent': 'scripted',
    };
    return settings;
  },
);

/** A panel by what was said in it, and how far to the left it is. */
interface ShownPanel {
  readonly document: FrameLocator;
  readonly left: number;
}

/** Waits for the panel in which something was said. */
async function panelSaying(text: string): Promise<ShownPanel> {
  const frames = roost.page.locator('iframe.webview.ready:visible');
  let found: ShownPanel | undefined;
  const look = async (): Promise<ShownPanel | undefined> => {
    for (const frame of await frames.all()) {
      const document = frame.contentFrame().frameLocator('iframe#active-frame');
      if ((await document.getByRole('log').getByText(text, { exact: true }).count()) === 0)
        continue;
      const box = await frame.boundingBox();
      if (box !== null) return { document, left: box.x };
    }
    return undefined;
  };
  await expect.poll(async () => (found = await look()), { timeout: 120_000 }).toBeDefined();
  if (found === undefined) throw new Error(`no panel says ${text}`);
  return found;
}

async function send({ document }: ShownPanel, prompt: string): Promise<void> {
  const composer = document.locator('.composer-input');
  await composer.click();
  await composer.fill(prompt);
  await composer.press('Enter');
}

/** A new session in which one word was said. */
async function talked(word: string): Promise<void> {
  await roost.command('Roost: New Session');
  await roost.panel.locator('.composer-input').waitFor();
  await roost.send(`say ${word}`);
  await roost.row(new RegExp(`^say ${word}`)).waitFor();
  await panelSaying(word);
  await roost.closePanels();
}

/** The head of the session with this title, wherever it is kept now. */
function headOf(title: string): string {
  const places = [join(suite.dataFolder, 'data', 'User', 'workspaceStorage'), disk.path];
  return headIn(places, title);
}

/** How many groups of editors the browser has noted for the next window. */
async function groupsKept(): Promise<number> {
  return (await keptLayout(roost.page)).split('"type":"leaf"').length - 1;
}

/** Checks sessions in the list of a question, and confirms. */
async function choose(...titles: string[]): Promise<void> {
  for (const title of titles) {
    await roost.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).click();
  }
  await roost.picture('saved-3-which');
  await roost.page.locator('.quick-input-widget .monaco-button', { hasText: /^OK$/ }).click();
}

describe('sessions on disk', () => {
  it('are back after page and server have ended, panels in place, and go on where they were', async () => {
    for (const word of ['alpha', 'beta', 'gamma', 'delta', 'epsilon']) await talked(word);
    await roost.row(/^say alpha/).click();
    await panelSaying('alpha');
    await roost.row(/^say beta/).click();
    await panelSaying('beta');
    await roost.command('View: Move Editor into Right Group');
    await expect
      .poll(async () => (await panelSaying('alpha')).left < (await panelSaying('beta')).left)
      .toBe(true);
    await roost.picture('saved-1-before');
    await expect.poll(groupsKept, { timeout: 60_000 }).toBe(2);
    const { host, dataFolder, folder } = suite;
    const { port } = suite.server;
    await roost.page.goto('about:blank');
    await suite.server.dispose();
    // What the next test is about: two heads that nobody can read, and one that has a good copy.
    for (const title of ['say gamma', 'say delta']) {
      const head = headOf(title);
      writeFileSync(
        head,
        readFileSync(head, 'utf8').replace('"keepAwake": false', '"keepAwake": 7'),
      );
      rmSync(`${head}.bak`);
    }
    writeFileSync(headOf('say epsilon'), '');
    suite.server = await startServerHost({ host, dataFolder, port, settings });
    await roost.page.goto(suite.server.urlOf(folder));
    await roost.openSideBar();
    const [alpha, beta] = [await panelSaying('alpha'), await panelSaying('beta')];
    expect(alpha.left).toBeLessThan(beta.left);
    await roost.row(/^say alpha/).waitFor();
    await roost.row(/^say beta/).waitFor();
    expect(agentsBelow(suite.server)).toBe(0);
    await roost.picture('saved-2-back');
    await send(alpha, 'history');
    // The agent itself knows what was said before.
    await alpha.document.getByRole('log').getByText('say alpha').nth(1).waitFor();
    expect(agentsBelow(suite.server)).toBe(1);
  });

  it('that are damaged are told of, and come back as far as they can be read', async () => {
    const copied = await roost.notification('is back from its last good copy');
    await copied.getByRole('button', { name: 'Open Session' }).click();
    await panelSaying('epsilon');
    const lost = await roost.notification('2 saved sessions are damaged');
    await roost.picture('saved-3-damaged');
    await lost.getByRole('button', { name: 'Choose…' }).click();
    const items = roost.page.locator('.quick-input-list .monaco-list-row');
    await items.filter({ hasText: /say gamma.*Scripted · .*B/ }).waitFor();
    await choose('say gamma', 'say delta');
    await roost.row(/^say delta/).waitFor();
    await roost.row(/^say gamma/).click();
    await panelSaying('gamma');
    await roost.picture('saved-4-recovered');
  });

  it('are deleted for good only after a question', async () => {
    await roost.chooseFromMenu(roost.row(/^say gamma/), 'Delete Session');
    await roost.row(/^say gamma/).waitFor({ state: 'detached' });
    const trash = join(dirname(dirname(headOf('say delta'))), 'trash');
    const dialog = roost.page.locator('.monaco-dialog-box');
    for (const answer of ['Cancel', 'Delete for Good']) {
      await roost.command('Roost: Empty Trash…');
      await dialog.waitFor();
      expect(globSync('*/*.json', { cwd: trash })).toHaveLength(1);
      await roost.picture('saved-5-trash');
      await dialog.getByRole('button', { name: answer }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    await expect.poll(() => globSync('*/*', { cwd: trash })).toEqual([]);
    // The window is left next; its panel would be back, in front of another, if that was not noted.
    await expect.poll(() => keptLayout(roost.page), { timeout: 60_000 }).not.toContain('say gamma');
  });

  it('are found without a folder, in a workspace of several, and when its file was renamed', async () => {
    const { folder, scratch, server } = suite;
    const several = join(scratch, 'several.code-workspace');
    const renamed = join(scratch, 'renamed.code-workspace');
    writeFileSync(several, JSON.stringify({ folders: [{ path: folder }, { path: scratch }] }));
    const noFolder = new URL(server.urlOf(folder));
    noFolder.searchParams.delete('folder');
    noFolder.searchParams.set('ew', 'true');
    const windows: readonly (readonly [url: string, from: string, picture: string])[] = [
      [noFolder.href, folder, 'none'],
      [server.urlOf(several), 'Windows without a folder', 'several'],
      [server.urlOf(renamed), folder, 'renamed'],
    ];
    for (const [url, from, name] of windows) {
      if (name === 'renamed') renameSync(several, renamed);
      await roost.page.goto(url);
      await roost.openSideBar();
      const separator = roost.page.locator('.quick-input-list .quick-input-list-separator', {
        hasText: from,
      });
      await roost.command('Roost: Find Sessions of Other Folders…');
      await separator.first().waitFor();
      await roost.picture(`saved-5-from-${name}`);
      await choose('say delta');
      await roost.row(/^say delta/).click();
      await panelSaying('delta');
    }
    const delta = await panelSaying('delta');
    await send(delta, 'say at home');
    // Nothing is left of its agent's own id: a new conversation is told the old one, and answers to both.
    await delta.document.locator('.entry.agent', { hasText: 'at home' }).waitFor();
    await roost.page.goto(server.urlOf(folder));
    await roost.openSideBar();
    await panelSaying('beta');
    expect(await roost.row(/^say delta/).count()).toBe(0);
  });

  it('move when they are to be kept in another folder', async () => {
    const before = dirname(headOf('say alpha'));
    const file = join(suite.dataFolder, 'data', 'Machine', 'settings.json');
    const machine = JSON.parse(readFileSync(file, 'utf8')) as object;
    const directory = join(disk.path, 'kept');
    writeFileSync(file, JSON.stringify({ ...machine, 'roost.persistence.directory': directory }));
    const reload = await roost.notification(`Roost keeps sessions in ${directory}`);
    await roost.picture('saved-6-directory');
    await reload.getByRole('button', { name: 'Reload Window' }).click();
    const offer = await roost.notification(
      '3 sessions of this workspace are kept in another folder',
    );
    await roost.picture('saved-7-offer');
    await offer.getByRole('button', { name: 'Move Here' }).click();
    for (const word of ['alpha', 'beta', 'epsilon']) {
      await roost.row(new RegExp(`^say ${word}`)).waitFor();
    }
    await panelSaying('beta');
    expect(dirname(headOf('say alpha'))).toBe(join(directory, 'sessions'));
    expect(globSync('*.json', { cwd: before })).toEqual([]);
  });

  it('go on while the disk is full, which is said, and are saved when it is not', async () => {
    const beta = await panelSaying('beta');
    const head = headOf('say beta');
    // Where no disk can be made: a folder in place of the head refuses every save as well.
    const fill = (): void => {
      if (disk.real) {
        disk.fill();
        return;
      }
      renameSync(head, `${head}~`);
      mkdirSync(head);
    };
    const empty = (): void => {
      if (disk.real) {
        disk.empty();
        return;
      }
      rmdirSync(head);
      renameSync(`${head}~`, head);
    };
    await send(beta, 'say before');
    await beta.document.getByRole('log').getByText('before', { exact: true }).waitFor();
    await roost.row(/^Ready/).waitFor();
    fill();
    await send(beta, 'say still here');
    await beta.document.getByRole('log').getByText('still here', { exact: true }).waitFor();
    const full = await roost.notification(disk.real ? 'the disk is full' : 'Cannot save');
    await full.getByRole('button', { name: 'Open Settings' }).waitFor();
    const banner = beta.document.locator('.banner', { hasText: panelWords.storageFailing });
    await banner.waitFor();
    await roost.picture('saved-8-full');
    await roost.hideNotifications();
    await roost.picture('saved-8-banner');
    empty();
    await banner.waitFor({ state: 'detached' });
    await expect
      .poll(() => readFileSync(head.replace(/json$/, 'jsonl'), 'utf8'), { timeout: 60_000 })
      .toContain('still here');
    await expect.poll(() => existsSync(head)).toBe(true);
    await roost.picture('saved-9-saved');
  });
});
