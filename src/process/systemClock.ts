// The real clock: the one place in Roost where timers of the system are set.
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';

/** Longest delay a timer of the system takes; anything above fires at once instead of late. */
const longest = 2 ** 31 - 1;

/** Real time. Waits of any length are exact: never early, also past what one timer can hold. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (ms, run) => afterRealTime(ms, run),
  };
}

/** Looks at the clock each time the timer fires, because timers round and are clamped. */
function afterRealTime(ms: number, run: () => void): Disposable {
  const due = performance.now() + (Number.isNaN(ms) ? 0 : Math.max(0, ms));
  let timer: NodeJS.Timeout | undefined;
  const fire = (): void => {
    const left = due - performance.now();
    if (left > 0) arm(left);
    else run();
  };
  const arm = (left: number): void => {
    timer = setTimeout(fire, Math.min(Math.ceil(left), longest));
  };
  arm(due - performance.now());
  return {
    dispose: () => {
      clearTimeout(timer);
    },
  };
}
