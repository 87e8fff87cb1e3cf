// Choosing an agent in a window: what is there first, then what can be had.
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

beforeAll(async () => {
  cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  mkdirSync(bin);
  program('goose', join(fixtures, 'scripted.mjs'));
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
});
