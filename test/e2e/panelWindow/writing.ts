// Writing in the panel of a real window: several lines, what was sent before, and what waits its turn.
import { expect, it } from 'vitest';
import type { RoostWindow } from '../support/roostWindow.ts';

/** Tests in the window that is open, in front of a session with the scripted agent. `host` is its name, for pictures. */
export function writing(window: () => RoostWindow, host: string): void {
  it('writes several lines, and walks through what was sent before', async () => {
    const { panel, page } = window();
    const input = panel.locator('.composer-input');
    await input.click();
    await page.keyboard.type('say first');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('say second');
    const low = (await input.boundingBox())?.height ?? 0;
    expect(low).toBeGreaterThan(30);
    await page.keyboard.press('Enter');
    await panel.locator('.entry.agent', { hasText: 'firstsecond' }).waitFor();
    expect(await input.inputValue()).toBe('');
    await window().send('say third');
    await panel.locator('.entry.agent', { hasText: 'third' }).waitFor();
    await page.keyboard.press('ArrowUp');
    expect(await input.inputValue()).toBe('say third');
    // Within a text of several lines the arrows move the cursor first: here the walk goes on.
    await page.keyboard.press('ArrowUp');
    expect(await input.inputValue()).toBe('say first\nsay second');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await input.inputValue()).toBe('');
  });

  it('takes 200 kB that are pasted, and sends them whole', async () => {
    const { panel, page } = window();
    const input = panel.locator('.composer-input');
    const text = `say ${'A log to be explained. '.repeat(9000)}`;
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await input.click();
    await page.keyboard.press('Control+v');
    await expect.poll(() => input.inputValue()).toBe(text);
    await page.keyboard.press('Enter');
    // What is said back is as long, and shown in part; what was sent has been pushed out of the page by it.
    await panel.locator('.entry.agent .more').last().waitFor();
    await window()
      .row(/^Working/)
      .waitFor({ state: 'detached' });
    await panel.locator('.previousTurn').click();
    await panel.locator('.entry.user .more').last().waitFor();
    // What is walked to next is shorter.
    await window().send('say short');
    await panel.locator('.entry.agent', { hasText: 'short' }).last().waitFor();
  });

  it('completes the commands that the agent offers, and says what they take', async () => {
    const { panel, page } = window();
    await window().send('commands');
    const input = panel.locator('.composer-input');
    const offered = panel.locator('.completion', { hasText: 'Finds text' });
    // They come with the turn, a moment after the prompt was sent.
    const type = async (): Promise<boolean> => {
      await input.fill('');
      await input.pressSequentially('/fi');
      return offered.isVisible();
    };
    await expect.poll(type).toBe(true);
    await page.keyboard.press('Tab');
    expect(await input.inputValue()).toBe('/find ');
    await panel.locator('.composer-hint', { hasText: 'text to find' }).waitFor();
    await input.fill('');
  });

  it('keeps prompts in a queue that can be edited, ordered and emptied', async () => {
    const roost = window();
    const { panel } = roost;
    await roost.send('silent');
    for (const text of ['say one', 'say two', 'say three']) await roost.send(text);
    const queued = panel.locator('.queued-text');
    await panel.locator('.queued', { hasText: 'say three' }).locator('.sendSooner').click();
    await expect.poll(() => queued.allTextContents()).toEqual(['say one', 'say three', 'say two']);
    await roost.picture(`${host}-panel-8-queue`);
    await panel.locator('.queued', { hasText: 'say one' }).locator('.removeQueued').click();
    await panel.locator('.queued', { hasText: 'say two' }).locator('.editQueued').click();
    await expect.poll(() => panel.locator('.composer-input').inputValue()).toBe('say two');
    // By key: a notification of another extension may lie on it.
    await panel.locator('.stop').press('Enter');
    await panel.locator('.entry.agent', { hasText: 'three' }).waitFor();
    await roost.row(/^Ready/).waitFor();
    expect(await panel.locator('.entry.agent', { hasText: 'two' }).count()).toBe(0);
  });
}
