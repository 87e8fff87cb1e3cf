// How long an extension of a window took to activate, as the editor itself measures and shows it.
import type { Locator, Page } from 'playwright-core';
import { RoostWindow } from '../e2e/support/roostWindow.ts';

/** How long an extension of a window may take to be active. */
const activationDeadlineMs = 120_000;

/** Rows are drawn only where they are in view: the list is gone through in steps of so many pixels, so many from its top to its end. */
const stepPixels = 400;
const stepsThrough = 12;

/** Opens the editor's own list of running extensions and returns the activation times of some, in milliseconds. */
export async function activationTimes<Name extends string>(
  page: Page,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  // Once it is open it follows what goes on; and a window that shows it does not hear the key of the palette.
  if ((await page.locator('.runtime-extensions-editor').count()) === 0) {
    await new RoostWindow(page).command('Developer: Show Running Extensions');
  }
  const times: [string, number][] = [];
  for (const name of names) {
    const row = page.locator('.runtime-extensions-editor .extension', {
      has: page.getByText(name, { exact: true }),
    });
    // Until it has been activated there is another word in this place.
    const time = row.first().locator('.activation-time', { hasText: /\d+\s*ms/ });
    const text = await findText(page, time);
    times.push([name, Number(/(\d+)\s*ms/.exec(text)?.[1])]);
  }
  // One entry for each name that was given.
  return Object.fromEntries(times) as Record<Name, number>;
}

/** What a row of the list says, wherever in the list it stands by then: the quicker an extension was, the lower. */
async function findText(page: Page, wanted: Locator): Promise<string> {
  const deadline = Date.now() + activationDeadlineMs;
  for (let step = 0; ; step = (step + 1) % stepsThrough) {
    await page.locator('.runtime-extensions-editor .monaco-list').first().hover();
    await page.mouse.wheel(0, step === 0 ? -1_000_000 : stepPixels);
    try {
      return (await wanted.textContent({ timeout: 300 })) ?? '';
    } catch (error) {
      if (Date.now() <= deadline) continue;
      const shown = await page.locator('.runtime-extensions-editor .extension').allInnerTexts();
      throw new Error(`It is not in the list, whose rows in view are: ${shown.join(' | ')}`, {
        cause: error,
      });
    }
  }
}
