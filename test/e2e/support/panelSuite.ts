// What every suite of the panel in a plain browser does around its tests: one browser, a fresh panel for each test, and no trouble in it.
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser } from '../../launch/browser.ts';
import { PanelStage } from './panelStage.ts';

/** The composer's input. */
export const composer = '.composer-input';

/** The answers of every request for permission that these suites make. */
export const options = [
  { optionId: 'once', name: 'Allow', kind: 'allow_once' },
  { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
];

/** Sets a panel on a stage before each test of the file, shows it, and hands it out. */
export function eachInPanel(set: (stage: PanelStage) => void): void {
  let browser: Browser;
  let stage: PanelStage;

  beforeAll(async () => {
    browser = await launchBrowser((line) => {
      console.log(line);
    });
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    stage = await PanelStage.set(browser);
    set(stage);
    await stage.show();
  });

  afterEach(async () => {
    expect(stage.trouble).toEqual([]);
    await stage.dispose();
  });
}
