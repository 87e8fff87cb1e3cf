// How long an extension of a window took to activate, as the editor itself measures and shows it.
import type { Page } from 'playwright-core';
import { RoostWindow } from '../e2e/support/roostWindow.ts';

/** How long an extension of a window may take to be active. */
const activationDeadlineMs = 120_000;

/** So high that the whole list is in view: its rows are drawn only there, and the fastest extensions stand at its end. */
const wholeList = { width: 1280, height: 3000 };

/** Opens the editor's own list of running extensions and returns the activation times of some, in milliseconds. */
export async function activationTimes<Name extends string>(
  page: Page,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  await page.setViewportSize(wholeList);
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
    const text = (await time.textContent({ timeout: activationDeadlineMs })) ?? '';
    times.push([name, Number(/(\d+)\s*ms/.exec(text)?.[1])]);
  }
  // One entry for each name that was given.
  return Object.fromEntries(times) as Record<Name, number>;
}
