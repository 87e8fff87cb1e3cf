// The extension host is killed in the middle of work: nothing of ten agents and their tools is left, and the window that comes back says what happened.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { hostNames, installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { descendantsOf, signal, waitForEnd, type RunningProcess } from '../launch/processes.ts';
import { startServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { workbenchReady } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};
const count = 10;
/** Each agent, and the two tools below it: one in a group of its own, one beside the agent. */
const processesEach = 3;
const scratch = scratchFolder('host-killed');
const agent = join(root, 'test', 'fixtures', 'agents', 'scripted.mjs');
const settings = {
  'roost.agents': {
    scripted: { name: 'Scripted', command: process.execPath, args: [agent, '--ignore-eof'] },
  },
  'roost.defaultAgent': 'scripted',
};

/** Another extension that uses Roost's API: brings the sessions to work when it is told to. */
const driver = {
  manifest: {
    name: 'driver',
    publisher: 'test',
    version: '0.0.1',
    engines: { vscode: '^1.103.0' },
    activationEvents: ['onCommand:driver.work'],
    main: './main.cjs',
    contributes: { commands: [{ command: 'driver.work', title: 'Driver: Work' }] },
  },
  main: `
    const vscode = require('vscode');
    exports.activate = (context) => {
      context.subscriptions.push(
        vscode.commands.registerCommand('driver.work', async () => {
          const roost = await vscode.extensions.getExtension('roost.roost').activate();
          for (let i = 0; i < ${count}; i += 1) {
            const { sessionId } = await roost.createSession();
            const prompt = 'say job ' + i + '\\nchildren 1\\nchildren 1 attached\\nhang';
            roost.sendPrompt(sessionId, prompt).catch(() => undefined);
          }
        }),
      );
    };
  `,
};

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser(say);
});

afterAll(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

/** Everything that runs with Roost's marker and is no shell of this test: agents and what is below them, wherever their parents are. */
function marked(below: number): RunningProcess[] {
  return descendantsOf(below).filter(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('ROOST_OWNER=');
    } catch {
      return false;
    }
  });
}

describe.each(hostNames)('signal 9 to the extension host, %s', (name) => {
  it(`ends ${count} agents at work with all below them; the rows say what happened`, async () => {
    const folder = join(scratch, name, 'workspace');
    const extension = join(scratch, name, 'driver');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    mkdirSync(extension, { recursive: true });
    writeFileSync(join(extension, 'package.json'), JSON.stringify(driver.manifest));
    writeFileSync(join(extension, 'main.cjs'), driver.main);
    const host = await installHost(name, say);
    const server = await startServerHost({ host, vsix: await freshVsix(say), settings });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const roost = new RoostWindow(page);
    try {
      await page.goto(
        server.urlOf(folder, [['extensionDevelopmentPath', server.uriOf(extension)]]),
      );
      await workbenchReady(page);
      await roost.openSideBar();
      await roost.command('Driver: Work');
      await roost.row(new RegExp(`^Working\\s*${count}$`)).waitFor();
      let all: RunningProcess[] = [];
      await expect
        .poll(() => (all = marked(server.pid)).length, { timeout: 60_000 })
        .toBeGreaterThanOrEqual(count * processesEach);
      await roost.picture(`host-killed-${name}-1-before`);
      const began = performance.now();
      for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
      expect(await waitForEnd(all, 20_000)).toEqual([]);
      say(
        `${all.length} processes gone ${Math.round(performance.now() - began)} ms after signal 9`,
      );
      await page.reload();
      await workbenchReady(page);
      await roost.openSideBar();
      await roost.row(new RegExp(`^Dormant\\s*${count}$`)).waitFor();
      expect(await roost.row(/interrupted/).count()).toBe(count);
      expect(await roost.row(/^Working/).count()).toBe(0);
      await roost.picture(`host-killed-${name}-2-after`);
      expect(marked(server.pid)).toEqual([]);
    } finally {
      await page.close();
      await server.dispose();
    }
  });
});
