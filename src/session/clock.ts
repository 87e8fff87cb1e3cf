// Time as the domain sees it: a port, and waits that always have a deadline and a cancel.
import type { Disposable } from './event.ts';

/** Where time comes from; tests inject one that they move by hand. */
export interface Clock {
  /** Milliseconds since 1970 by the wall clock; for stamps people read, never for deadlines. */
  now(): number;
  /** Milliseconds by a clock that is never set back; for deadlines and durations. */
  monotonic(): number;
  /** Runs `run` once, not before `ms` milliseconds; any finite length works, also past 2^31. */
  after(ms: number, run: () => void): Disposable;
}

/** The stamp made last: thousands of updates come within one millisecond, and making it took a tenth of handling them. */
let latest = { ms: Number.NaN, text: '' };

/** ISO 8601 stamp of the clock's wall time. */
export function stamp(clock: Clock): string {
  const ms = clock.now();
  if (ms !== latest.ms) latest = { ms, text: new Date(ms).toISOString() };
  return latest.text;
}

/**
 * Waits for `work`, at most `ms` milliseconds; the timer never outlives the wait.
 * @throws what `onTimeout` makes when time runs out, else what `work` rejects with
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.after(ms, () => {
    reject(onTimeout());
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.dispose();
  }
}
