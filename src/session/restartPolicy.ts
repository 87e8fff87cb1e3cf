// When an agent that ended unexpectedly is started again: an immutable value, asked once per crash.

/** How often and how soon. Times in milliseconds. */
export interface RestartLimits {
  /** At most this many restarts within the window; 0 turns restarting off. */
  readonly maxRestarts: number;
  readonly withinMs: number;
  /** Delay before the first restart; doubles with each further one inside the window. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** The answer to one crash: the delay before the restart that `attempt` counts, or no restart. */
export type RestartDecision =
  | {
      readonly restart: true;
      readonly attempt: number;
      readonly delayMs: number;
      readonly next: RestartPolicy;
    }
  | { readonly restart: false };

/**
 * A sliding window of restarts, as a supervisor's intensity and period: crashes that lie further
 * back than the window do not count, so five crashes in a month are not a crash loop.
 */
export class RestartPolicy {
  readonly #at: readonly number[];

  /** @param at monotonic times of the restarts already decided */
  constructor(at: readonly number[] = []) {
    this.#at = at;
  }

  /**
   * Decides about a crash at `now`.
   * @param chance a number from 0 (inclusive) to 1: the delay is spread over the upper half of its length
   */
  decide(limits: RestartLimits, now: number, chance: number): RestartDecision {
    const recent = this.#at.filter((at) => now - at < limits.withinMs);
    if (recent.length >= limits.maxRestarts) return { restart: false };
    const full = Math.min(limits.maxDelayMs, limits.firstDelayMs * 2 ** recent.length);
    return {
      restart: true,
      attempt: recent.length + 1,
      delayMs: Math.round(full * (0.5 + 0.5 * chance)),
      next: new RestartPolicy([...recent, now]),
    };
  }
}
