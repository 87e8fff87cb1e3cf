// A clock for code that waits between looks: every wait is over at once, and has taken its time.
import type { Clock } from '../../src/session/clock.ts';

/** Makes one. */
export function hurriedClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    after: (ms, run) => {
      now += ms;
      queueMicrotask(run);
      return { dispose: () => undefined };
    },
  };
}
