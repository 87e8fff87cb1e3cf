// Pictures pasted into the composer: what a script has to do in the page for that.
import type { Locator } from 'playwright-core';

/** Pastes a small PNG called shot.png into a composer's input. */
export async function pastePicture(input: Locator): Promise<void> {
  await input.evaluate(async (element) => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d')?.fillRect(0, 0, 8, 8);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve);
    });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([blob ?? ''], 'shot.png', { type: 'image/png' }));
    // Chromium has no data of its own for a paste that a script makes.
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  });
}

/** Pastes what passes for a picture of so many bytes, called large.png. */
export async function pasteLargePicture(input: Locator, bytes: number): Promise<void> {
  await input.evaluate((element, size) => {
    const clipboardData = new DataTransfer();
    const file = new File([new Uint8Array(size)], 'large.png', { type: 'image/png' });
    clipboardData.items.add(file);
    const paste = { clipboardData, bubbles: true, cancelable: true };
    element.dispatchEvent(new ClipboardEvent('paste', paste));
  }, bytes);
}
