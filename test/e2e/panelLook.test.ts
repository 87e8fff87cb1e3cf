// How the panel looks and reads: a conversation with everything in it, in each theme, judged by axe and kept as pictures.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../launch/browser.ts';
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

/** What axe finds wrong, as `rule: element`. */
async function findings(stage: PanelStage): Promise<string[]> {
  // As a debugger would: the page's own policy allows no script but its own.
  await stage.page.evaluate(axe.source);
  return stage.page.evaluate(async () => {
    const { violations } = await (
      window as unknown as {
        axe: {
          run: (options: unknown) => Promise<{
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
          }>;
        };
      }
    ).axe.run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
  });
}

describe.each(Object.keys(themes) as ThemeName[])('in the %s theme', (theme) => {
  it('a conversation with everything in it has nothing that axe objects to', async () => {
    const stage = await PanelStage.set(browser, { theme, width: 860, height: 1300 });
    await stage.show();
    await playConversation(stage);
    const { page } = stage;
    await page.click('.changes .disclosure-button');
    await page.screenshot({ path: join(pictures, `panel-${theme}-end.png`) });
    expect(await findings(stage)).toEqual([]);
    await page.evaluate(() => {
      const transcript = document.querySelector('.transcript');
      if (transcript !== null) transcript.scrollTop = 0;
    });
    await page.hover('.entry.agent >> nth=0');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('sort');
    await page.waitForSelector('.find-count:has-text("of")');
    await page.screenshot({ path: join(pictures, `panel-${theme}-start.png`) });
    expect(await findings(stage)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.click('.composer-input');
    await page.keyboard.type('See @');
    await page.waitForSelector('.completion');
    await page.screenshot({ path: join(pictures, `panel-${theme}-mention.png`) });
    expect(await findings(stage)).toEqual([]);
    expect(stage.trouble).toEqual([]);
    await stage.dispose();
  });
});
