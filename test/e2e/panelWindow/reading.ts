// Reading in the panel of a real window: what is copied, when it was said, very long conversations, and an agent that writes fast.
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RoostWindow } from '../support/roostWindow.ts';
import { frameAt, smoothness, watchTranscript } from '../support/watchTranscript.ts';

/** Tests in the window that is open, in front of any session. `host` is its name, for pictures. */
export function reading(window: () => RoostWindow, host: string): void {
  const transcript = (): Locator => window().panel.locator('.transcript');

  it('holds ten thousand entries: opens at the newest, scrolls without a gap, and finds one', async () => {
    const { panel, page } = window();
    await window().commandWith('Roost: New Session With…', 'Setting');
    await panel.locator('.title', { hasText: 'Setting' }).waitFor();
    await window().send('calls 10000');
    const row = window().row(/^calls 10000/);
    await panel.getByText('Call number 9999', { exact: true }).waitFor();
    await window()
      .row(/^Working/)
      .waitFor({ state: 'detached' });
    await window()
      .row(/^\/help/)
      .first()
      .click();
    await panel.locator('.title', { hasText: '/help' }).waitFor();
    const began = performance.now();
    await row.click();
    await panel.getByText('Call number 9999', { exact: true }).waitFor();
    const took = performance.now() - began;
    await transcript().hover();
    const scrolled = await watchTranscript(panel, async () => {
      for (let turn = 0; turn < 80; turn += 1) await page.mouse.wheel(0, -400);
      // Pages of older entries have come meanwhile.
      await panel.locator('.to-end').waitFor();
    });
    console.log(`opened in ${took.toFixed(0)} ms; scrolled: ${smoothness(scrolled)}`);
    expect(scrolled.empty).toBe(0);
    expect(Math.max(...scrolled.fromEnd)).toBeGreaterThan(5000);
    expect(frameAt(scrolled, 0.5)).toBeLessThan(50);
    expect(await panel.locator('.entry').count()).toBeLessThan(300);
    await page.keyboard.press('Control+f');
    await panel.locator('.find-input').fill('number 1234');
    await panel.locator('.find-count', { hasText: '1 of 1' }).waitFor();
    await panel.getByText('Call number 1234', { exact: true }).waitFor();
    await window().picture(`${host}-panel-9-ten-thousand`);
    expect(await panel.locator('.entry').count()).toBeLessThan(300);
    await page.keyboard.press('Escape');
    await panel.locator('.to-end').click();
    await panel.getByText('Call number 9999', { exact: true }).waitFor();
  });

  it('follows an agent that writes 2,000 chunks a second, and stays where the reader is', async () => {
    const { panel, page } = window();
    await window().commandWith('Roost: New Session With…', 'Setting');
    await panel.locator('.title', { hasText: 'Setting' }).waitFor();
    const ends = panel.getByRole('log').getByText('The end.', { exact: true });
    const followed = await watchTranscript(panel, async () => {
      await window().send('pace 2000 3');
      await ends.waitFor();
    });
    console.log(`at the end: ${smoothness(followed)}`);
    expect(Math.max(...followed.fromEnd)).toBeLessThan(32);
    expect(frameAt(followed, 0.5)).toBeLessThan(50);
    await window().send('pace 2000 3');
    const height = (): Promise<number> => transcript().evaluate((one) => one.scrollHeight);
    const before = await height();
    await expect.poll(height).toBeGreaterThan(before + 200);
    await transcript().hover();
    await page.mouse.wheel(0, -300);
    await panel.locator('.to-end').waitFor();
    const place = (): Promise<number> => transcript().evaluate((one) => one.scrollTop);
    const [top, tall] = [await place(), await height()];
    const stayed = await watchTranscript(panel, async () => {
      await window()
        .row(/^Working/)
        .waitFor({ state: 'detached' });
    });
    console.log(`scrolled up: ${smoothness(stayed)}`);
    expect(await height()).toBeGreaterThan(tall);
    expect(await place()).toBe(top);
    await panel.locator('.to-end').click();
    await ends.last().waitFor();
  });
}
