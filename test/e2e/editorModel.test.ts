// A language model of the editor behind the agent Workspace, in a window: the editor asks its user first, who refuses, and then allows it.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { bundleExtension } from '../launch/fixtureExtension.ts';
import { installHost } from '../launch/hosts.ts';
import { root, scratchFolder } from '../launch/paths.ts';
import { startServerHost, type ServerHost } from '../launch/serverHost.ts';
import { freshVsix } from '../launch/vsix.ts';
import { workbenchReady } from '../launch/workbench.ts';
import { RoostWindow } from './support/roostWindow.ts';

const say = (line: string): void => {
  console.log(line);
};

// The oldest editor takes no models from other extensions.
describe('a language model of the newest editor', () => {
  const scratch = scratchFolder('editor-model');
  const folder = join(scratch, 'workspace');
  let browser: Browser;
  let server: ServerHost;
  let roost: RoostWindow;

  beforeAll(async () => {
    cpSync(join(root, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    const models = join(scratch, 'models');
    await bundleExtension('models', models);
    browser = await launchBrowser(say);
    server = await startServerHost({
      host: await installHost('newest', say),
      dataFolder: join(scratch, 'server'),
      vsix: await freshVsix(say),
      env: { ROOST_TESTS_MODEL_ASKS: '1' },
    });
    roost = new RoostWindow(await browser.newPage({ viewport: { width: 1280, height: 800 } }));
    const payload = ['extensionDevelopmentPath', server.uriOf(models)] as const;
    await roost.page.goto(server.urlOf(folder, [payload]));
    await workbenchReady(roost.page);
    await roost.openSideBar();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await roost.picture(`failed-editor-model-${task.name.slice(0, 20)}`);
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
    await roost.picture('editor-model-1-asked');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await said(/You have not allowed Roost to use the model/).waitFor();
    await said(/Send your message again to be asked/).waitFor();
    await roost.row('Ready').waitFor();
    await roost.picture('editor-model-2-refused');
  });

  it('is asked for again by the next message, and answers once it is allowed', async () => {
    await roost.send('say the second time');
    const dialog = await question();
    await dialog.getByRole('button', { name: 'Allow' }).click();
    await said(/^the second time\s*$/).waitFor();
    await roost.picture('editor-model-3-allowed');
  });

  it('is not asked for once more', async () => {
    await roost.send('say the third time');
    await said(/^the third time\s*$/).waitFor();
  });
});
