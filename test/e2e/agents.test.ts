// Agents in a window, as a person has them: chosen from the list, and a command of one's own.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
const scratch = scratchFolder('agents');
const folder = join(scratch, 'workspace');
const bin = join(scratch, 'bin');
const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');

let browser: Browser;
let server: ServerHost;
let roost: RoostWindow;

/** A program on the PATH of the window. */
function program(name: string): void {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${agent}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** A row of the list that is open. */
function choice(text: string | RegExp): Locator {
  return roost.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
}

/** Text of the conversation; what a screen reader is told of it stands elsewhere. */
function said(text: string | RegExp): Locator {
  return roost.panel.getByRole('log').getByText(text);
}

/** Chooses from the list of agents, found as a person finds it: the list is longer than what it shows. */
async function newSession(name: string): Promise<void> {
  await roost.command('Roost: New Session With…');
  const list = roost.page.locator('.quick-input-widget').filter({
    has: roost.page.locator('.quick-input-title', { hasText: 'New Session With' }),
  });
  await list.locator('input[type="text"]').fill(name);
  const label = roost.page.locator('.label-name', { hasText: new RegExp(`^\\s*${name}$`) });
  await list.locator('.monaco-list-row', { has: label }).click();
}

beforeAll(async () => {
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  mkdirSync(bin);
  program('goose');
  program('own-agent');
  const host = await installHost('newest', say);
  browser = await launchBrowser(say);
  server = await startServerHost({
    host,
    vsix: await freshVsix(say),
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      // A shell that cannot be asked: the PATH above is the user's.
      SHELL: '/bin/true',
    },
  });
  const workbench = await openWorkbench(browser, server, folder);
  roost = new RoostWindow(workbench.page);
  await roost.openSideBar();
});

afterAll(async () => {
  await browser.close();
  await server.dispose();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await roost.picture(`failed-agents-${task.name.slice(0, 20)}`);
});

describe('an agent in the list', () => {
  it('that can be started comes before those that can be installed', async () => {
    await roost.command('Roost: New Session With…');
    await choice('Workspace').waitFor();
    await choice(/goose.*on your PATH/).waitFor();
    await choice('Gemini CLI').waitFor();
    await roost.picture('agents-1-list');
    const labels = await roost.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
    const at = (text: string): number => labels.findIndex((label) => label.includes(text));
    expect(at('Workspace')).toBeGreaterThanOrEqual(0);
    expect(at('Workspace')).toBeLessThan(at('goose'));
    expect(at('goose')).toBeLessThan(at('Claude Agent'));
    await roost.page.keyboard.press('Escape');
  });
});

describe('a command of one’s own', () => {
  it('that is no agent is refused with the reason, and can be edited until it is one', async () => {
    await newSession('Add Your Own Command…');
    await roost.answer('Add Your Own Agent', 'roost-no-such-command --acp');
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog.getByText('roost-no-such-command').first().waitFor();
    await roost.picture('agents-6-no-agent');
    await dialog.getByRole('button', { name: 'Edit' }).click();
    await roost.answer('Add Your Own Agent', `own-agent --name "Mine Alone"`);
    await roost.row('Mine Alone').waitFor();
    await roost.send('say at your service');
    await said('at your service').last().waitFor();
    await roost.picture('agents-7-own');
  });
});
