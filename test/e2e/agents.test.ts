// Agents in a window, as a person has them: chosen from the list, installed, a command of one's own, and every way to sign in.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { hostsToTest, installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf } from '../launch/processes.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { until } from '../process/support/tags.ts';
import { PackageServer, packageName } from '../process/support/packageServer.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};
describe.each(hostsToTest())('agents on the %s host', (hostName) => {
  const scratch = scratchFolder('agents');
  const folder = join(scratch, 'workspace');
  const bin = join(scratch, 'bin');
  const dataFolder = join(scratch, 'server');
  const installed = join(dataFolder, 'data', 'User', 'globalStorage', 'roost.roost', 'agents');
  const signedIn = join(scratch, 'signed-in');
  const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');
  const key = 'kept-from-every-file';

  let browser: Browser;
  let packages: PackageServer;
  let server: ServerHost;
  let roost: RoostWindow;

  /** A program on the PATH of the window. */
  function program(name: string): void {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${agent}' "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** An agent in the settings. */
  function scripted(name: string, ...args: string[]): object {
    return { name, command: process.execPath, args: [agent, '--name', name, ...args] };
  }

  /** A row of the list that is open. */
  function choice(text: string | RegExp): Locator {
    return roost.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: text })
      .first();
  }

  /** Text of the conversation; what a screen reader is told of it stands elsewhere. */
  function said(text: string | RegExp): Locator {
    return roost.panel.getByRole('log').getByText(text);
  }

  /** Chooses from the list of agents, found as a person finds it: the list is longer than what it shows. */
  async function newSession(name: string): Promise<void> {
    const list = roost.page.locator('.quick-input-widget').filter({
      has: roost.page.locator('.quick-input-title', { hasText: 'New Session With' }),
    });
    const label = roost.page.locator('.label-name', { hasText: new RegExp(`^\\s*${name}$`) });
    await roost.commandDoing('Roost: New Session With…', async (patience) => {
      await list.locator('input[type="text"]').fill(name, patience);
      await list.locator('.monaco-list-row', { has: label }).click(patience);
    });
  }

  /** Leaves the list without a choice, and waits for it to be gone: what opens next is the same widget. */
  async function leaveList(): Promise<void> {
    await roost.page.keyboard.press('Escape');
    await roost.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Whether npm runs below the server. */
  function npmRuns(): boolean {
    return descendantsOf(server.pid).some(({ command }) => /\bnpm\b.*\binstall\b/.test(command));
  }

  /** The files below a folder that hold a text. */
  function filesWith(text: string, below: string): string[] {
    return readdirSync(below, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  beforeAll(async () => {
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    mkdirSync(bin);
    program('goose');
    program('own-agent');
    packages = await PackageServer.start(join(scratch, 'packed'), ['1.0.0']);
    mkdirSync(installed, { recursive: true });
    const npx = { package: `${packageName}@1.0.0`, args: ['--name', 'Fixture'] };
    const offered = { id: 'fixture', name: 'Fixture', version: '1.0.0', distribution: { npx } };
    writeFileSync(join(installed, 'registry.json'), JSON.stringify({ agents: [offered] }));
    const host = await installHost(hostName, say);
    browser = await launchBrowser(say);
    server = await startServerHost({
      host,
      dataFolder,
      vsix: await freshVsix(say),
      settings: {
        'roost.agents': {
          later: scripted('Asks Late', '--needs-auth', '--auth-at-prompt'),
          shell: scripted('Asks In A Terminal', '--needs-auth', '--auth-file', signedIn),
          keyed: scripted('Wants A Key', '--auth-key', 'ROOST_TEST_KEY'),
        },
      },
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        // A shell that cannot be asked: the PATH above is the user's.
        SHELL: '/bin/true',
        npm_config_registry: packages.url,
        npm_config_cache: join(scratch, 'cache'),
      },
    });
    const workbench = await openWorkbench(browser, server, folder);
    roost = new RoostWindow(workbench.page);
    await roost.openSideBar();
  });

  afterAll(async () => {
    await browser.close();
    await server.dispose();
    await packages[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await roost.picture(`failed-agents-${hostName}-${task.name.slice(0, 20)}`);
  });

  describe('an agent in the list', () => {
    it('that can be started comes before those that can be installed', async () => {
      await roost.commandDoing('Roost: New Session With…', (patience) =>
        choice('Workspace').waitFor(patience),
      );
      await choice(/goose.*on your PATH/).waitFor();
      await choice('Gemini CLI').waitFor();
      await roost.picture('agents-1-list');
      const labels = await roost.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
      const at = (text: string): number => labels.findIndex((label) => label.includes(text));
      expect(at('Workspace')).toBeGreaterThanOrEqual(0);
      expect(at('Workspace')).toBeLessThan(at('goose'));
      expect(at('goose')).toBeLessThan(at('Claude Agent'));
      await leaveList();
    });

    it('is installed with progress, its log at hand, and nothing is left when it is cancelled', async () => {
      const letGo = packages.hold();
      await newSession('Fixture');
      const progress = await roost.notification(/Installing Fixture.*packages fetched: 1/);
      await roost.picture('agents-2-installing');
      expect(npmRuns()).toBe(true);
      await progress.getByRole('link', { name: 'Show Log' }).click();
      // The editor shows its spaces as hard ones.
      const line = /npm\shttp\sfetch\sGET\s200/;
      await roost.page.locator('.view-line').filter({ hasText: line }).first().waitFor();
      await roost.picture('agents-3-log');
      await progress.getByRole('button', { name: 'Cancel' }).click();
      // The editor takes the notice away at the click; npm and its folder go a moment later.
      await progress.waitFor({ state: 'detached' });
      await until('npm has ended', () => !npmRuns(), 20_000);
      await until('its folder is gone', () => readdirSync(installed).length === 1, 20_000);
      expect(readdirSync(installed)).toEqual(['registry.json']);
      letGo();
    });

    it('is installed to its end with one click, and its session starts', async () => {
      await newSession('Fixture');
      await roost.row('Fixture').waitFor();
      await roost.send('say from the package');
      await said('from the package').last().waitFor();
      await roost.picture('agents-4-installed');
      await roost.commandDoing('Roost: New Session With…', (patience) =>
        choice(/^\s*Fixture.*1\.0\.0/).waitFor(patience),
      );
      await roost.picture('agents-5-installed-list');
      await leaveList();
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

  describe('an agent that wants a sign-in', () => {
    it('is signed in to from its prompt, which goes on', async () => {
      await newSession('Asks Late');
      await roost.send('say after the sign-in');
      await choice('Log in in a terminal').waitFor();
      await roost.picture('agents-8-sign-in');
      await choice('Just says yes').click();
      await said(/^after the sign-in$/).waitFor();
      // The prompt stands there once, though the agent was given it twice.
      expect(await said('say after the sign-in').count()).toBe(1);
      await roost.picture('agents-9-signed-in');
    });

    it('is signed in to in a terminal, and its session starts when that closes', async () => {
      await newSession('Asks In A Terminal');
      await choice('Log in in a terminal').click();
      if (hostName === 'oldest') {
        // This host's server cannot start a terminal's program: what it would have done.
        await roost.notification(/Sign in in the terminal/);
        writeFileSync(signedIn, 'signed in');
        await roost.page.getByRole('button', { name: /^Kill Terminal/ }).click();
      }
      await roost.panel.getByText('Ready', { exact: true }).first().waitFor();
      await roost.send('say out of the terminal');
      await said(/^out of the terminal$/).waitFor();
      await roost.picture('agents-10-terminal');
      expect(readFileSync(signedIn, 'utf8')).toBe('signed in');
    });

    it('takes a key, which reaches that agent and no file', async () => {
      await newSession('Wants A Key');
      await choice('Use ROOST_TEST_KEY').click();
      const question = 'Key for Wants A Key';
      await roost.page.locator('.quick-input-title', { hasText: question }).waitFor();
      await roost.picture('agents-11-key');
      await roost.answer(question, key);
      await roost.send('say with the key');
      await said(/^with the key$/).waitFor();
      await newSession('goose');
      await roost.send('env ROOST_TEST_KEY');
      await said(/^ROOST_TEST_KEY=$/).waitFor();
      expect(filesWith(key, scratch)).toEqual([]);
    });
  });
});
