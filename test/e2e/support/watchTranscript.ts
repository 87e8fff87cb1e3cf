// What a reader of the transcript sees while something goes on in it, frame by frame.
import type { FrameLocator } from 'playwright-core';

/** The frames in which it was watched. */
export interface Watched {
  /** How long each took, in milliseconds. */
  readonly frames: readonly number[];
  /** How far the view was from the transcript's end in each, in CSS pixels. */
  readonly fromEnd: readonly number[];
  /** In how many the middle of the view showed no entry. */
  readonly empty: number;
}

/** Watches the transcript of a panel until what is done there is done. */
export async function watchTranscript(
  panel: FrameLocator,
  act: () => Promise<void>,
): Promise<Watched> {
  const body = panel.locator('body');
  await body.evaluate(() => {
    const watched = { frames: [] as number[], fromEnd: [] as number[], empty: 0 };
    const state = { watched, over: false };
    let last = performance.now();
    const look = (now: number): void => {
      const transcript = document.querySelector('.transcript');
      if (state.over || transcript === null) return;
      watched.frames.push(now - last);
      last = now;
      const { scrollHeight, scrollTop, clientHeight } = transcript;
      watched.fromEnd.push(scrollHeight - scrollTop - clientHeight);
      const { left, width, top, height } = transcript.getBoundingClientRect();
      // Between two entries is a gap: one of these is beside it.
      const shown = [0, 20].some((below) => {
        const at = document.elementFromPoint(left + width / 2, top + height / 2 + below);
        return (at?.closest('.entry') ?? null) !== null;
      });
      if (!shown) watched.empty += 1;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(window, { watching_: state });
  });
  await act();
  return body.evaluate(() => {
    const { watching_: state } = window as unknown as {
      readonly watching_: { readonly watched: Watched; over: boolean };
    };
    state.over = true;
    return state.watched;
  });
}

/** The frame that this part of all frames is not longer than, in milliseconds. */
export function frameAt({ frames }: Watched, part: number): number {
  const sorted = frames.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}

/** How smooth it was, in words. */
export function smoothness(watched: Watched): string {
  const ms = (part: number): string => `${frameAt(watched, part).toFixed(0)} ms`;
  const slow = watched.frames.filter((frame) => frame > 50).length;
  return `${watched.frames.length} frames, median ${ms(0.5)}, 99th of 100 ${ms(0.99)}, longest ${ms(1)}, ${slow} above 50 ms`;
}
