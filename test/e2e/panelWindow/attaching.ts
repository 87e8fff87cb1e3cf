// What is pasted and dropped into the panel of a real window: pictures, files and folders.
import { join } from 'node:path';
import { it } from 'vitest';
import { root } from '../../launch/paths.ts';
import { dropFiles } from '../support/dropFiles.ts';
import { pastePicture } from '../support/pastePicture.ts';
import type { SuiteWindow } from '../support/windowSuite.ts';

/** Tests in the window that is open, in front of a session whose agent takes images. `host` is its name, for pictures. */
export function attaching(suite: () => SuiteWindow, host: string): void {
  it('sends an image that is pasted', async () => {
    const { roost } = suite();
    const { panel } = roost;
    await pastePicture(panel.locator('.composer-input'));
    await panel.locator('.attached .chip').waitFor();
    await roost.send('blocks');
    await panel.getByRole('log').getByText('"type":"image"').waitFor();
    await panel.locator('.entry.user .chip').last().waitFor();
  });

  it('attaches what is dropped: a picture from outside, and a file and a folder of the explorer', async () => {
    const { roost, folder } = suite();
    const { panel, page } = roost;
    const chips = panel.locator('.attached .chip');
    const picture = join(root, 'media', 'icon.png');
    await dropFiles(panel.locator('.transcript'), [picture]);
    await chips.filter({ hasText: 'icon.png' }).waitFor();
    await dropFiles(panel.locator('.transcript'), [join(folder, 'README.md')]);
    await panel.locator('.composer-note', { hasText: 'neither a picture nor a file' }).waitFor();
    await page.locator('.activitybar a[aria-label^="Explorer"]').click();
    // The editor leaves a drop to the panel while Shift is held.
    await roost.drag(
      page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'README.md' }),
      panel.locator('.transcript'),
      'Shift',
    );
    await chips.filter({ hasText: 'README.md' }).waitFor();
    await roost.drag(
      page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'docs' }),
      panel.locator('.transcript'),
      'Shift',
    );
    await chips.filter({ hasText: 'docs' }).locator('.codicon-folder').waitFor();
    await roost.picture(`${host}-panel-7b-dropped`);
    await roost.openSideBar();
    await roost.send('blocks');
    await panel.getByRole('log').getByText('"type":"resource_link"').waitFor();
  });
}
