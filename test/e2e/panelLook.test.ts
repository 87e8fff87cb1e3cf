// How the panel looks and reads: a conversation with everything in it, in each theme, judged by axe and kept as pictures.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
import { findings } from './support/axe.ts';
import { PanelStage } from './support/panelStage.ts';
import { pictures } from './support/roostWindow.ts';
import { playConversation } from './support/richConversation.ts';
import { themes } from './support/themes.ts';
import type { ThemeName } from './support/themes.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser((line) => {
    console.log(line);
  });
  mkdirSync(pictures, { recursive: true });
});

afterAll(async () => {
  await browser.close();
});

describe.each(Object.keys(themes) as ThemeName[])('in the %s theme', (theme) => {
  it('a conversation with everything in it has nothing that axe objects to', async () => {
    const stage = await PanelStage.set(browser, { theme, width: 860, height: 1300 });
    await stage.show();
    await playConversation(stage);
    const { page } = stage;
    await page.click('.changes .disclosure-button');
    await page.screenshot({ path: join(pictures, `panel-${theme}-end.png`) });
    expect(await findings(page)).toEqual([]);
    await page.evaluate(() => {
      const transcript = document.querySelector('.transcript');
      if (transcript !== null) transcript.scrollTop = 0;
    });
    await page.hover('.entry.agent >> nth=0');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('sort');
    await page.waitForSelector('.find-count:has-text("of")');
    await page.screenshot({ path: join(pictures, `panel-${theme}-start.png`) });
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.click('.composer-input');
    await page.keyboard.type('See @');
    await page.waitForSelector('.completion');
    await page.screenshot({ path: join(pictures, `panel-${theme}-mention.png`) });
    expect(await findings(page)).toEqual([]);
    expect(stage.trouble).toEqual([]);
    await stage.dispose();
  });
});
