// A turn that has been silent too long: the panel says so and offers, from mild to strong, what can be done.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../launch/browser.ts';
import { PanelStage } from './support/panelStage.ts';

/** `roost.supervision.stallMinutes`, as it is when nobody sets it, and a second. */
const silenceMs = 5 * 60_000 + 1000;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser((line) => {
    console.log(line);
  });
});

afterAll(async () => {
  await browser.close();
});

it('a silent turn has a banner with Cancel, Restart and Kill, until the agent speaks or is killed', async () => {
  const stage = await PanelStage.set(browser);
  try {
    await stage.show();
    await stage.startTurn('go');
    const banner = stage.page.locator('.banner-warning');
    expect(await banner.count()).toBe(0);
    await stage.domain.clock.advance(silenceMs);
    await banner.waitFor();
    expect(await banner.locator('.banner-text').textContent()).toContain('silent since');
    const actions = banner.locator('.banner-actions button');
    expect(await actions.allTextContents()).toEqual(['Cancel Turn', 'Restart', 'Kill']);

    stage.write('a sign of life');
    await banner.waitFor({ state: 'detached' });
    await stage.domain.clock.advance(silenceMs);
    await actions.filter({ hasText: 'Kill' }).click();
    await stage.page.waitForSelector('.status-dormant');
    expect(stage.agent.stops).toMatchObject([{ force: true }]);
    expect(stage.trouble).toEqual([]);
  } finally {
    await stage.dispose();
  }
});
