// Choosing an agent in a window: the list, an installation that is cancelled, a command of one's own, and signing in.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf } from '../launch/processes.ts';
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
const fixtures = join(root, 'test', 'fixtures', 'agents');

let browser: Browser;
let server: ServerHost;
let roost: RoostWindow;

/** A program on the PATH of the window. */
function program(name: string, script: string): void {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** A row of the list that is open. */
function choice(text: string | RegExp): Locator {
  return roost.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
}

function input(): Locator {
  return roost.page.locator('.quick-input-widget input:visible').first();
}

/** How many processes below the server have this in their command line. */
function running(text: string): number {
  return descendantsOf(server.pid).filter(({ command }) => command.includes(text)).length;
}

beforeAll(async () => {
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  mkdirSync(bin);
  program('npm', join(fixtures, 'npm.mjs'));
  program('goose', join(fixtures, 'scripted.mjs'));
  program('node', join(scratch, 'version.mjs'));
  writeFileSync(join(scratch, 'version.mjs'), "process.stdout.write('v24.0.0\\n')");
  const host = await installHost('newest', say);
  browser = await launchBrowser(say);
  server = await startServerHost({
    host,
    vsix: await freshVsix(say),
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      // A shell that cannot be asked: the PATH above is the user's.
      SHELL: '/bin/true',
      NPM_FIXTURE: 'hang',
      NPM_FIXTURE_LOG: join(scratch, 'pids'),
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

describe('the list of agents', () => {
  it('shows what can be started first, then what can be installed', async () => {
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
  });

  it('installs with progress, and leaves nothing when that is cancelled', async () => {
    await input().fill('Gemini CLI');
    await choice('Gemini CLI').click();
    const progress = roost.page.locator('.notification-toast').filter({ hasText: 'Installing' });
    await progress.filter({ hasText: '2 packages fetched' }).waitFor();
    expect(running('npm.mjs')).toBe(1);
    await roost.picture('agents-2-installing');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    expect(running('npm.mjs')).toBe(0);
  });

  it('takes a command of one’s own that is an agent, and leads through its sign-in', async () => {
    await roost.command('Roost: New Session With…');
    await choice('Add Your Own Command').waitFor();
    await input().fill('Add Your Own');
    await choice('Add Your Own Command').click();
    const script = join(fixtures, 'scripted.mjs');
    await input().fill(`"${process.execPath}" ${script} --name "Own Agent" --needs-auth`);
    await roost.picture('agents-3-own');
    await input().press('Enter');
    await choice('Log in in a terminal').waitFor();
    await roost.picture('agents-4-sign-in');
    await choice(/Log in(?! in)/).click();
    await roost.row('Ready').waitFor();
    await roost.send('say signed in at last');
    await roost.panel.getByText('signed in at last').first().waitFor();
    await roost.picture('agents-5-signed-in');
  });

  it('shows a session that waits for a sign-in, with the way to do it', async () => {
    await roost.command('Roost: New Session With…');
    await choice('Own Agent').click();
    await choice('Log in in a terminal').waitFor();
    await roost.page.keyboard.press('Escape');
    const button = roost.panel.getByRole('button', { name: 'Sign In' }).first();
    await button.waitFor();
    await roost.picture('agents-6-signed-out');
    await button.click();
    await choice(/Log in(?! in)/).click();
    await button.waitFor({ state: 'detached' });
    await roost.send('say back again');
    await roost.panel.getByText('back again').first().waitFor();
  });
});
