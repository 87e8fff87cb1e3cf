// The conversation panel in a real window: what is attached, coloured, compared and decided there goes through the editor itself.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import { attaching } from './panelWindow/attaching.ts';
import { hostile } from './panelWindow/hostile.ts';
import { places } from './panelWindow/places.ts';
import { reading } from './panelWindow/reading.ts';
import { writing } from './panelWindow/writing.ts';
import { keptLayout } from './support/keptLayout.ts';
import { pastePicture } from './support/pastePicture.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { inWindow, scriptedAgents, type SuiteWindow } from './support/windowSuite.ts';

let suite: SuiteWindow;
let roost: RoostWindow;
let folder: string;

const { scripted } = scriptedAgents['roost.agents'];
/** The shipped agent, and one that can be set, takes images and does what it is told. */
const settings = {
  'roost.agents': {
    setting: {
      name: 'Setting',
      command: scripted.command,
      args: [...scripted.args, '--modes'],
    },
  },
};

/** Types behind an `@` and takes what begins so; typed again while the editor does not know it yet. */
async function mention(typed: string, wanted: RegExp, chip: string): Promise<void> {
  const input = roost.panel.locator('.composer-input');
  const offered = roost.panel.locator('.completion').filter({ hasText: wanted }).first();
  const type = async (): Promise<boolean> => {
    await input.fill('');
    await input.pressSequentially(`@${typed}`);
    return offered.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(type, { timeout: 60_000 }).toBe(true);
  await offered.click();
  await roost.panel.locator('.attached .chip').filter({ hasText: chip }).first().waitFor();
}

describe.each(hostsToTest(['oldest', 'newest']))('the panel in the %s VS Code', (name) => {
  inWindow(
    // The oldest host has no language that knows symbols of the whole workspace.
    name === 'oldest' ? { name: 'panel-window', extension: 'symbols' } : 'panel-window',
    name,
    async (window) => {
      suite = window;
      ({ roost, folder } = window);
      await roost.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await roost.openSideBar();
      await roost.page.locator('.sidebar .monaco-button', { hasText: /^New Session$/ }).click();
      await roost.row('Ready').waitFor();
    },
    settings,
  );

  it('attaches a file of the workspace by its name', async () => {
    const composer = roost.panel.locator('.composer-input');
    await composer.click();
    // Nothing is open yet: what stands at the top of the folder is offered first.
    await composer.pressSequentially('@');
    const offered = roost.panel.locator('.completion-name');
    await offered.filter({ hasText: 'README.md' }).waitFor();
    expect((await offered.allTextContents()).slice(0, 2)).toEqual(['README.md', 'package.json']);
    await composer.fill('');
    await composer.pressSequentially('/help @main');
    await roost.panel.locator('.completion', { hasText: 'src/main.ts' }).waitFor();
    await composer.press('Enter');
    await roost.panel.locator('.attached .chip', { hasText: 'main.ts' }).waitFor();
    await roost.picture(`${name}-panel-1-attached`);
    await composer.press('Enter');
    await roost.panel.locator('.entry.user .chip', { hasText: 'main.ts' }).waitFor();
  });

  it('loads the colours of code when there is code', async () => {
    await roost.send('/read src/list.ts');
    await roost.panel.locator('.code .hljs-keyword').first().waitFor();
    await roost.picture(`${name}-panel-2-code`);
  });

  it('opens the place that a tool call names, and puts code at the cursor of an editor', async () => {
    const { panel, page } = roost;
    const target = join(folder, 'src', 'target.ts');
    writeFileSync(target, '');
    await panel.locator('.link-button.file', { hasText: 'list.ts' }).first().click();
    await page.locator('.tab.active', { hasText: 'list.ts' }).waitFor();
    await roost.openFile(target);
    await roost.command('View: Move Editor into Right Group');
    await roost.row('/help').first().click();
    await panel.locator('.code .insert').first().click();
    const written = page.locator('.monaco-editor .view-line', { hasText: 'export' });
    await written.first().click();
    await roost.picture(`${name}-panel-3c-inserted`);
    await roost.command('File: Save');
    await roost.command('View: Close Editor');
    expect(readFileSync(target, 'utf8')).toContain('export');
  });

  it('compares a proposed edit in the editor, which accepts it there', async () => {
    await roost.send('/write src/main.ts\nconsole.log(1);');
    await roost.panel.locator('.card .open-diff').click();
    const tab = roost.page.locator('.tab', { hasText: 'main.ts (proposed edit)' });
    await tab.waitFor();
    await roost.page
      .locator('.editor.modified .view-line', { hasText: 'console.log(1);' })
      .waitFor();
    await roost.picture(`${name}-panel-3-compare`);
    // What is decided on is what would become of the file as it is by now.
    const now = `${readFileSync(join(folder, 'src', 'main.ts'), 'utf8')}// by somebody else\n`;
    writeFileSync(join(folder, 'src', 'main.ts'), now);
    await roost.page
      .locator('.editor.original .view-line', { hasText: 'by somebody else' })
      .waitFor({ timeout: 30_000 });
    await roost.picture(`${name}-panel-3d-changed-meanwhile`);
    await roost.page.locator('.editor-actions a[aria-label^="Allow"]').first().click();
    await tab.waitFor({ state: 'detached' });
    await roost.panel.locator('.entry.agent', { hasText: 'Wrote' }).waitFor();
    expect(readFileSync(join(folder, 'src', 'main.ts'), 'utf8')).toBe('console.log(1);\n');
  });

  it('lists what the session has changed, compares it, and takes it back when asked', async () => {
    const { panel, page } = roost;
    const fold = panel.getByRole('button', { name: '1 file changed' });
    await fold.click();
    const row = panel.locator('.change', { hasText: 'main.ts' });
    await roost.picture(`${name}-panel-3b-changes`);
    await row.locator('.change-name').click();
    await page.locator('.tab.active', { hasText: 'main.ts (before' }).waitFor();
    await roost.row('/help').first().click();
    // A page that was hidden is a new one, in which the list is open as it was.
    await row.locator('.revert-change').click();
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Revert File' }).click();
    await panel.locator('.changes').waitFor({ state: 'hidden' });
    // What is in the editor counts, and that is what it was a moment before it is saved.
    const saved = (): string => readFileSync(join(folder, 'src', 'main.ts'), 'utf8');
    await expect.poll(saved).not.toBe('console.log(1);\n');
  });

  it('refuses a proposed edit in the editor, too', async () => {
    await roost.send('/write src/other.ts\nconsole.log(2);');
    await roost.panel.locator('.card .open-diff').click();
    const tab = roost.page.locator('.tab', { hasText: 'other.ts (proposed edit)' });
    await tab.waitFor();
    await roost.page.locator('.editor-actions a[aria-label^="Reject"]').first().click();
    await tab.waitFor({ state: 'detached' });
    await roost.panel.locator('.card').waitFor({ state: 'detached' });
    expect(existsSync(join(folder, 'src', 'other.ts'))).toBe(false);
  });

  it('finds with the editor’s own key', async () => {
    await roost.panel.locator('.transcript').focus();
    await roost.page.keyboard.press('Control+f');
    await roost.panel.locator('.find-input').fill('apples');
    await roost.panel.locator('.find-count', { hasText: '1 of 1' }).waitFor();
    await roost.picture(`${name}-panel-4-find`);
  });

  it('says when something was said, and copies it and its code', async () => {
    const { panel, page } = roost;
    await page.keyboard.press('Escape');
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await panel.locator('.code .copy').first().click();
    await expect.poll(copied).toMatch(/^\s*export /m);
    const message = panel.locator('.entry.user', { hasText: '/read src/list.ts' });
    const time = message.locator('.entry-actions');
    await page.locator('.activitybar').hover();
    await expect.poll(() => time.evaluate((one) => getComputedStyle(one).opacity)).toBe('0');
    await message.hover();
    await expect.poll(() => time.evaluate((one) => getComputedStyle(one).opacity)).toBe('1');
    expect(await time.locator('time').innerText()).toMatch(/\d\d:\d\d/);
    await roost.picture(`${name}-panel-4b-time`);
    await time.locator('.copy').click();
    await expect.poll(copied).toBe('/read src/list.ts');
  });

  it('goes from message to message of the user, and copies the conversation as Markdown', async () => {
    const { panel } = roost;
    /** How far below the top of the view the user's message stands; not a number while it is not in the page. */
    const below = (text: string): Promise<number> =>
      panel.locator('.transcript').evaluate((view, wanted) => {
        const said = [...view.querySelectorAll('.entry.user')].findLast((one) =>
          one.textContent.includes(wanted),
        );
        const top = said?.getBoundingClientRect().top ?? Number.NaN;
        return Math.round(top - view.getBoundingClientRect().top);
      }, text);
    const first = async (): Promise<number> => {
      await panel.locator('.previousTurn').click();
      return below('/help');
    };
    await expect.poll(first).toBe(12);
    await panel.locator('.nextTurn').click();
    await expect.poll(() => below('/read src/list.ts')).toBe(12);
    await panel.locator('.to-end').waitFor();
    // After the last of them comes the end.
    const next = async (): Promise<boolean> => {
      await panel.locator('.nextTurn').click();
      return panel.locator('.to-end').isVisible();
    };
    await expect.poll(next).toBe(false);
    await roost.panel.locator('.copyConversation').click();
    const copied = (): Promise<string> => roost.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toContain('## User\n\n/read src/list.ts');
  });

  it('shows the output of a command while it runs', async () => {
    await roost.send('/run echo early; until [ -e src/go ]; do sleep 0.1; done; echo late');
    await roost.panel
      .getByRole('button', { name: /^Allow/ })
      .first()
      .click();
    const output = roost.panel.locator('.terminal-output').last();
    await output.filter({ hasText: 'early' }).waitFor();
    expect(await output.textContent()).not.toContain('late');
    await roost.picture(`${name}-panel-5-terminal`);
    writeFileSync(join(folder, 'src', 'go'), '');
    await output.filter({ hasText: 'late' }).waitFor();
    await roost.panel.locator('.terminal-exit', { hasText: 'Exit code 0' }).last().waitFor();
  });

  it('attaches a folder, a symbol, what is selected and what is wrong in the editor', async () => {
    writeFileSync(join(folder, 'docs', 'broken.json'), '{ "a": }');
    await roost.openFile(join(folder, 'docs', 'broken.json'));
    // What the editor itself finds wrong, as it says in its status bar.
    await roost.page.locator('[id="status.problems"]').filter({ hasText: /[1-9]/ }).waitFor();
    // Its headings are symbols.
    await roost.openFile(join(folder, 'README.md'));
    await roost.openFile(join(folder, 'src', 'list.ts'));
    // An editor that has just been opened may not hear the first key.
    const selection = roost.page.locator('[id="status.editor.selection"]');
    const select = async (): Promise<string> => {
      await roost.page.keyboard.press('Control+a');
      return selection.innerText();
    };
    await expect.poll(select, { timeout: 60_000 }).toContain('selected');
    await roost.row('/help').first().click();
    await mention('docs', /^docs/, 'docs');
    await mention('Sel', /^Selection/, 'list.ts:1');
    await mention('Pro', /^Problems/, 'Problems');
    await mention('Sample', /^# Sample workspace/, 'Sample workspace');
    await roost.picture(`${name}-panel-6-mentions`);
    const input = roost.panel.locator('.composer-input');
    await input.fill('');
  });

  it('sets mode and model as the agent offers them, and shows how full its context is', async () => {
    await roost.commandWith('Roost: New Session With…', 'Setting');
    const { panel } = roost;
    await panel.locator('.title', { hasText: 'Setting' }).waitFor();
    await panel.getByRole('combobox', { name: 'Model' }).selectOption('Large');
    await panel.getByRole('checkbox').check();
    await panel.getByRole('combobox', { name: 'Mode', exact: true }).selectOption('Plan');
    await roost.send('usage 42000 100000');
    await panel.locator('.usage', { hasText: '42 %' }).waitFor();
    await expect
      .poll(() => panel.getByRole('combobox', { name: 'Model' }).inputValue())
      .toBe('large');
    await roost.picture(`${name}-panel-7-pickers`);
  });

  writing(() => roost, name);
  places(() => suite, name);

  attaching(() => suite, name);

  reading(() => roost, name);
  hostile(() => suite, name);

  it('has its draft again after the window was loaded anew', async () => {
    const input = roost.panel.locator('.composer-input');
    await pastePicture(input);
    await input.fill('half a thought');
    await expect
      .poll(() => keptLayout(roost.page), { timeout: 60_000 })
      .toContain('half a thought');
    await roost.page.reload();
    await expect.poll(() => input.inputValue(), { timeout: 60_000 }).toBe('half a thought');
    // With what it takes with it.
    await roost.panel.locator('.attached .chip', { hasText: 'shot.png' }).waitFor();
  });
});
