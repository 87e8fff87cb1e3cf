// Where the panel of a real window leads, and where it does not: places in files, folders, links out of the workspace; and a command that floods.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SuiteWindow } from '../support/windowSuite.ts';

/** Tests in the window that is open, in front of a session with the scripted agent. `host` is its name, for pictures. */
export function places(suite: () => SuiteWindow, host: string): void {
  it('asks before it leaves the editor for a link', async () => {
    const { roost } = suite();
    await roost.send('say See [the docs](https://example.invalid/docs).');
    await roost.panel.locator('a', { hasText: 'the docs' }).click();
    const dialog = roost.page.locator('.monaco-dialog-box');
    await dialog.getByText('https://example.invalid/docs').waitFor();
    await roost.picture(`${host}-panel-7a-link`);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('leads to the line and the column that a link names, to a folder, and through no link out of the workspace', async () => {
    const { roost, folder } = suite();
    const { panel, page } = roost;
    symlinkSync('/etc/passwd', join(folder, 'src', 'users.txt'));
    await roost.send(
      'say [a place](src/list.ts:3:5), [a folder](docs), [nothing](src/none.ts), [a way out](src/users.txt)',
    );
    await panel.locator('a.link', { hasText: 'a place' }).click();
    await page.locator('.tab.active', { hasText: 'list.ts' }).waitFor();
    await page
      .locator('[id="status.editor.selection"]')
      .filter({ hasText: 'Ln 3, Col 5' })
      .waitFor();
    const back = async (): Promise<void> => {
      // When the turn is over its row goes to another group: a click might fall on what takes its place.
      await roost.row(/^Working/).waitFor({ state: 'detached' });
      await roost.openSideBar();
      await roost
        .row(/^usage/)
        .first()
        .click();
      await panel.locator('.title', { hasText: 'usage' }).waitFor();
    };
    await back();
    await panel.locator('a.link', { hasText: 'a folder' }).click();
    await page
      .locator('.explorer-viewlet .monaco-list-row.selected', { hasText: 'docs' })
      .waitFor();
    await back();
    const refused = panel.locator('.banner-error');
    for (const [name, why] of [
      ['nothing', 'There is no such file'],
      ['a way out', 'Outside the workspace'],
    ] as const) {
      await panel.locator('a.link', { hasText: name }).click();
      await refused.filter({ hasText: why }).waitFor();
      await refused.getByRole('button', { name: 'Dismiss' }).click();
      await refused.waitFor({ state: 'detached' });
    }
  });

  it('shows the colours of a command, and of a flood its end, and can be used meanwhile', async () => {
    const { roost } = suite();
    const { panel } = roost;
    const run = (script: string): string =>
      `terminal-args ${JSON.stringify({ command: 'sh', args: ['-c', script], outputByteLimit: 1000 })}`;
    const colours = String.raw`printf '\033[31mred\033[0m \033[38;2;0;128;255mblue\033[0m\n10 %%\r90 %%\n'`;
    await roost.send(run(colours));
    const output = panel.locator('.terminal-output');
    await output.last().filter({ hasText: '90 %' }).waitFor();
    expect(await output.last().textContent()).toBe('red blue\n90 %\n');
    const coloured = output.last().locator('.text-line span');
    expect(await coloured.allTextContents()).toEqual(['red', 'blue']);
    await roost.send(run(`yes flooded | head -c 10000000; echo; echo The flood is over.`));
    await output.last().filter({ hasText: 'The flood is over.' }).waitFor();
    await panel.locator('.terminal-exit', { hasText: 'Exit code 0' }).last().waitFor();
    await panel.getByText('The start of this output is not kept.').last().waitFor();
    expect((await output.last().innerText()).length).toBeLessThan(50_000);
    await roost.picture(`${host}-panel-7c-flood`);
    await roost.row(/^Working/).waitFor({ state: 'detached' });
  });
}
