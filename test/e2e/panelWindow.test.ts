// The conversation panel in a real window: what is attached, coloured, compared and decided there goes through the editor itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostsToTest } from '../launch/hosts.ts';
import type { RoostWindow } from './support/roostWindow.ts';
import { inWindow } from './support/windowSuite.ts';

let roost: RoostWindow;
let folder: string;

describe.each(hostsToTest(['oldest', 'newest']))('the panel in the %s VS Code', (name) => {
  inWindow('panel-window', name, async (window) => {
    ({ roost, folder } = window);
    await roost.openSideBar();
    await roost.page.locator('.sidebar .monaco-button', { hasText: /^New Session$/ }).click();
    await roost.row('Ready').waitFor();
  });

  it('attaches a file of the workspace by its name', async () => {
    const composer = roost.panel.locator('.composer-input');
    await composer.click();
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

  it('compares a proposed edit in the editor, which accepts it there', async () => {
    await roost.send('/write src/main.ts\nconsole.log(1);');
    await roost.panel.locator('.card .open-diff').click();
    const tab = roost.page.locator('.tab', { hasText: 'main.ts (proposed edit)' });
    await tab.waitFor();
    await roost.page
      .locator('.editor.modified .view-line', { hasText: 'console.log(1);' })
      .waitFor();
    await roost.picture(`${name}-panel-3-compare`);
    await roost.page.locator('.editor-actions a[aria-label^="Allow"]').first().click();
    await tab.waitFor({ state: 'detached' });
    await roost.panel.locator('.entry.agent', { hasText: 'Wrote' }).waitFor();
    expect(readFileSync(join(folder, 'src', 'main.ts'), 'utf8')).toBe('console.log(1);\n');
  });

  it('finds with the editor’s own key', async () => {
    await roost.panel.locator('.transcript').focus();
    await roost.page.keyboard.press('Control+f');
    await roost.panel.locator('.find-input').fill('apples');
    await roost.panel.locator('.find-count', { hasText: '1 of 1' }).waitFor();
    await roost.picture(`${name}-panel-4-find`);
  });
});
