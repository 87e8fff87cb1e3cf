// Finds sessions that have been idle long enough: one timer for all, set for the next moment that matters.
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';

/** What decides about one session's idleness. */
export interface IdleFacts {
  readonly sessionId: string;
  /** Whether the idle clock runs: ready, nothing running or unsaved, not kept awake, not looked at. */
  readonly counting: boolean;
  /** Monotonic milliseconds of the last activity. */
  readonly lastActivity: number;
  /** 0 = never. */
  readonly timeoutMs: number;
}

/** What the watch works with. */
export interface IdleWatchDeps {
  readonly clock: Clock;
  /** The sessions with a process. */
  facts(): readonly IdleFacts[];
  /** How long before a stop the user is told, in milliseconds. */
  noticeMs(): number;
  /** Sessions whose time is up. */
  onDue(sessionIds: readonly string[]): void;
  /** Sessions in their last minutes: their countdown has changed. */
  onCountdown(sessionIds: readonly string[]): void;
}

/** Looked at least this often while any idle clock runs. */
export const idleCheckMs = 60_000;
/** Later than this, and the computer slept: that time was not idle time. */
const sleepMs = 30_000;

/** When a session is due, in monotonic milliseconds; `undefined` while its clock does not run. */
export function idleDeadline(facts: IdleFacts, awakeSince: number): number | undefined {
  if (!facts.counting || facts.timeoutMs <= 0) return undefined;
  return Math.max(facts.lastActivity, awakeSince) + facts.timeoutMs;
}

/** Watches all sessions. */
export class IdleWatch implements Disposable {
  readonly #deps: IdleWatchDeps;
  #timer: Disposable | undefined;
  /** Monotonic time the timer is set for. */
  #timerAt = Infinity;
  /** Idle time counts from here on: after a sleep everybody gets a fresh start. */
  #awakeSince = 0;
  /** Wall time minus monotonic time, to notice a sleep that the monotonic clock did not count. */
  #drift: number;

  constructor(deps: IdleWatchDeps) {
    this.#deps = deps;
    this.#drift = deps.clock.now() - deps.clock.monotonic();
  }

  /** When a session is due, in monotonic milliseconds. */
  deadline(facts: IdleFacts): number | undefined {
    return idleDeadline(facts, this.#awakeSince);
  }

  /** Call when anything that {@link IdleFacts} holds has changed, except mere activity. */
  update(): void {
    const { clock } = this.#deps;
    const noticeMs = this.#deps.noticeMs();
    const now = clock.monotonic();
    let next = Infinity;
    for (const facts of this.#deps.facts()) {
      const deadline = this.deadline(facts);
      if (deadline === undefined) continue;
      const notice = deadline - noticeMs;
      next = Math.min(next, notice > now ? notice : deadline);
    }
    if (next === Infinity) {
      this.#disarm();
      return;
    }
    const at = Math.max(now + 1, Math.min(next, now + idleCheckMs));
    // Activity only moves deadlines away: a timer that fires too early finds nothing and is set again.
    if (this.#timer !== undefined && this.#timerAt <= at) return;
    this.#disarm();
    this.#timerAt = at;
    this.#timer = clock.after(at - now, () => {
      this.#fired();
    });
  }

  /** The sessions that are due now. */
  due(): readonly string[] {
    const now = this.#deps.clock.monotonic();
    return this.#deps
      .facts()
      .filter((facts) => (this.deadline(facts) ?? Infinity) <= now)
      .map(({ sessionId }) => sessionId);
  }

  dispose(): void {
    this.#disarm();
  }

  #fired(): void {
    const { clock } = this.#deps;
    const now = clock.monotonic();
    const late = now - this.#timerAt;
    const drift = clock.now() - now;
    this.#timer = undefined;
    this.#timerAt = Infinity;
    if (late > sleepMs || drift - this.#drift > sleepMs) this.#awakeSince = now;
    this.#drift = drift;
    const due = this.due();
    if (due.length > 0) this.#deps.onDue(due);
    const counting = this.#deps.facts().filter((facts) => {
      const deadline = this.deadline(facts);
      return deadline !== undefined && deadline > now && deadline - now <= this.#deps.noticeMs();
    });
    if (counting.length > 0) this.#deps.onCountdown(counting.map(({ sessionId }) => sessionId));
    this.update();
  }

  #disarm(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }
}
