// The extension host ends in the middle of work, by signal 9, by a reload, and with its server: nothing of the agents and their tools is left, and the window that comes back says what happened.
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { HostDriver } from '../launch/hostDriver.ts';
import { hostNames, installHost } from '../launch/hosts.ts';
import { newRunMark, root, scratchFolder } from '../launch/paths.ts';
import { markedProcesses, signal, waitForEnd, type RunningProcess } from '../launch/processes.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { workbenchReady } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};
const count = 10;
/** For the gentler ends. */
const few = 3;
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

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser(say);
});

afterAll(async () => {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

describe.each(hostNames)('the end of the extension host, %s', (name) => {
  const mark = newRunMark();
  let driver: HostDriver;
  let server: ServerHost;
  let roost: RoostWindow;

  beforeAll(async () => {
    const folder = join(scratch, name, 'workspace');
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    driver = new HostDriver(join(scratch, name, 'driver'));
    server = await startServerHost({
      host: await installHost(name, say),
      vsix: await freshVsix(say),
      settings,
      env: mark.env,
    });
    roost = new RoostWindow(await browser.newPage({ viewport: { width: 1280, height: 800 } }));
    const payload = ['extensionDevelopmentPath', server.uriOf(driver.folder)] as const;
    await roost.page.goto(server.urlOf(folder, [payload]));
    await workbenchReady(roost.page);
    await roost.openSideBar();
  });

  afterAll(async () => {
    await roost.page.close();
    await server.dispose();
  });

  /** Agents of this host and what is below them, wherever their parents are. */
  function marked(): RunningProcess[] {
    return markedProcesses(mark.id).filter(({ pid }) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('ROOST_OWNER=');
      } catch {
        return false;
      }
    });
  }

  /** Brings sessions to work, tools and all; the processes of all of them. */
  async function work(sessions: number): Promise<RunningProcess[]> {
    for (let i = 0; i < sessions; i += 1) {
      const { sessionId } = await driver.call('createSession');
      const prompt = `say job ${i}\nchildren 1\nchildren 1 attached\nhang`;
      // Ends with its host.
      driver.call('sendPrompt', sessionId, prompt).catch(() => undefined);
    }
    let all: RunningProcess[] = [];
    await expect
      .poll(() => (all = marked()).length, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(sessions * processesEach);
    await roost.row(new RegExp(`^Working\\s*${sessions}$`)).waitFor();
    driver.forget();
    return all;
  }

  /** The window again, with so many rows at rest and none at work. */
  async function comeBack(rows: number): Promise<void> {
    await workbenchReady(roost.page);
    // The window has the side bar open again by itself; a click on its icon would close it.
    await roost.sideBar.waitFor();
    await roost.row(new RegExp(`^Dormant\\s*${rows}$`)).waitFor();
    expect(await roost.row(/^Working/).count()).toBe(0);
  }

  it(`by signal 9 ends ${count} agents at work with all below them; the rows say what happened`, async () => {
    const all = await work(count);
    await roost.picture(`host-killed-${name}-1-before`);
    const began = performance.now();
    for (const { pid } of server.extensionHosts()) signal(pid, 'SIGKILL');
    expect(await waitForEnd(all, 20_000)).toEqual([]);
    say(`${all.length} processes gone ${Math.round(performance.now() - began)} ms after signal 9`);
    await roost.page.reload();
    await comeBack(count);
    expect(await roost.row(/interrupted/).count()).toBe(count);
    await roost.picture(`host-killed-${name}-2-after`);
    expect(marked()).toEqual([]);
  });

  it('by a reload of the window ends them, too', async () => {
    const all = await work(few);
    await roost.page.reload();
    expect(await waitForEnd(all, 20_000)).toEqual([]);
    await comeBack(count + few);
    expect(await roost.row(/interrupted/).count()).toBe(count + few);
    expect(marked()).toEqual([]);
  });

  it('by the end of its server ends them, too', async () => {
    const all = await work(few);
    await server.dispose();
    expect(await waitForEnd(all, 20_000)).toEqual([]);
    expect(marked()).toEqual([]);
  });
});
