// Files dragged into a window from outside it, as the system does that: through the browser's own protocol.
import type { Locator } from 'playwright-core';

/** The Shift key, by which the editor leaves a drop to what is shown in an editor's place. */
const shift = 8;
/** That what is dragged is copied. */
const copy = 1;

/** Drags files from outside over something in the window, with Shift held, and drops them there. */
export async function dropFiles(onto: Locator, files: readonly string[]): Promise<void> {
  const box = await onto.boundingBox();
  if (box === null) throw new Error('what is dropped onto cannot be seen');
  const page = onto.page();
  const session = await page.context().newCDPSession(page);
  const drag = {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    modifiers: shift,
    data: { items: [], files: [...files], dragOperationsMask: copy },
  };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...drag });
  }
  await session.detach();
}
