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

// 1,280 by 800 at twice the size, beside a side bar; and a column beside an editor.
it.each([
  ['at 200 % zoom', 430, 400],
  ['in a narrow column', 320, 700],
])(
  '%s what answers, what writes and what leads on is in view, whatever there is to read',
  async (_, width, height) => {
    const stage = await PanelStage.set(browser, { width, height });
    await stage.show();
    await playConversation(stage);
    const { page } = stage;
    await page.click('.card .button.primary');
    await page.waitForSelector('.card', { state: 'detached' });
    const title = `rm -rf ${'x'.repeat(10_000)}`;
    const command = 'y'.repeat(8000);
    const options = ['Allow', 'Always allow', 'Reject'].map((name, at) => ({
      optionId: name,
      name: `${name} ${'and so on '.repeat(at * 5)}`,
      kind: 'allow_once',
    }));
    void stage.agent.events.requestPermission(
      {
        agentSessionId: 'fake-1',
        toolCall: { toolCallId: 'h', title, kind: 'execute', rawInput: { command } },
        options,
      },
      new AbortController().signal,
    );
    await page.waitForSelector('.card.permission');
    for (let count = 0; count < 12; count += 1) {
      await page.fill('.composer-input', `message ${count} that waits`);
      await page.press('.composer-input', 'Enter');
    }
    await page.waitForSelector('.queued >> nth=12');
    await page.fill('.composer-input', 'a line\n'.repeat(40));
    await page.screenshot({ path: join(pictures, `panel-small-${width}.png`) });
    /** Those that are not where a click would meet them. */
    const covered = await page.evaluate(() => {
      const wanted =
        '.title, .header-buttons button, .card-buttons button, .composer-input, .composer-bar button:enabled';
      return [...document.querySelectorAll(wanted)]
        .filter((one) => {
          const { left, top, width: wide, height: high } = one.getBoundingClientRect();
          const [x, y] = [left + wide / 2, top + high / 2];
          const whole =
            left >= 0 && top >= 0 && left + wide <= innerWidth && top + high <= innerHeight;
          return !whole || wide < 10 || !one.contains(document.elementFromPoint(x, y));
        })
        .map((one) => `${one.className} ${one.textContent.slice(0, 20)}`);
    });
    expect(covered).toEqual([]);
    expect(await findings(page)).toEqual([]);
    expect(stage.trouble).toEqual([]);
    await stage.dispose();
  },
);
