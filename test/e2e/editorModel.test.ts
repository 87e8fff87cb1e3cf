// A language model of the editor behind the agent Workspace, in a window: the editor asks its user first, who refuses, and then allows it.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { packExtension } from '../launch/fixtureExtension.ts';
import { hostNames, hostsToTest, installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { installVsix, startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { openWorkbench } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};

describe.each(hostsToTest(hostNames))('a language model of the %s editor', (name) => {
  const scratch = scratchFolder('editor-model');
  const folder = join(scratch, 'workspace');
  let browser: Browser;
  let server: ServerHost;
  let roost: RoostWindow;

  beforeAll(async () => {
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    const host = await installHost(name, say);
    const dataFolder = join(scratch, 'server');
    await installVsix(host, dataFolder, await packExtension('models', scratch));
    browser = await launchBrowser(say);
    server = await startServerHost({
      host,
      dataFolder,
      vsix: await freshVsix(say),
      // The oldest one shows a test no dialog.
      testDriver: false,
      env: { ROOST_TESTS_MODEL_ASKS: '1' },
    });
    roost = new RoostWindow((await openWorkbench(browser, server, folder)).page);
    await roost.openSideBar();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await roost.picture(`failed-${name}-editor-model-${task.name.slice(0, 20)}`);
  });

  afterAll(async () => {
    await browser.close();
    await server.dispose();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  /** The editor's own question, which names who asks and whose models they are. */
  async function question(): Promise<Locator> {
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog
      .getByText(/'Roost' wants to access the language models provided by Fixture Models/)
      .waitFor();
    return dialog;
  }

  function said(text: string | RegExp): Locator {
    return roost.panel.getByRole('log').getByText(text);
  }

  it('that its user refuses is not used, which the conversation says with a way out', async () => {
    await roost.command('Roost: New Session');
    await roost.row('Ready').waitFor();
    await roost.send('say the first time');
    const dialog = await question();
    await roost.picture(`${name}-editor-model-1-asked`);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await said(/You have not allowed Roost to use the model/).waitFor();
    await said(/Send your message again to be asked/).waitFor();
    await roost.row('Ready').waitFor();
    await roost.picture(`${name}-editor-model-2-refused`);
  });

  it('is asked for again by the next message, and answers once it is allowed', async () => {
    await roost.send('say the second time');
    const dialog = await question();
    await dialog.getByRole('button', { name: 'Allow' }).click();
    await said(/^the second time\s*$/).waitFor();
    await roost.picture(`${name}-editor-model-3-allowed`);
  });

  it('is not asked for once more', async () => {
    await roost.send('say the third time');
    await said(/^the third time\s*$/).waitFor();
  });
});
