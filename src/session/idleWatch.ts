// Finds sessions that have been idle long enough: one timer for all, set for the next moment that matters.
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';

/** What decides about one session's idleness. */
export interface IdleFacts {
  readonly sessionId: string;
  /** Whether the idle clock runs: ready, nothing running or unsaved, not kept awake, not looked at. */
  readonly counting: boolean;
  /** Monotonic milliseconds from which on it counts: the last activity, or what began the idleness later. */
  readonly since: number;
  /** 0 = never. */
  readonly timeoutMs: number;
}

/** What the watch works with. */
export interface IdleWatchDeps {
  readonly clock: Clock;
  /** The sessions whose clock may run; the fewer, the cheaper each look. */
  facts(): readonly IdleFacts[];
  /** The setting: how long before a stop the user is told, in milliseconds. */
  noticeMs(): number;
  /** Sessions whose time is up. */
  onDue(): void;
  /** Sessions in their last minutes: their countdown has changed. */
  onCountdown(sessionIds: readonly string[]): void;
}

/** Looked at least this often while any idle clock runs. */
export const idleCheckMs = 60_000;
/** Later than this, and the computer slept: that time was not idle time. */
const sleepMs = 30_000;

/** How long before its stop a session says so: the setting, but never for more than half of its idle time. */
export function noticeOf(timeoutMs: number, settingMs: number): number {
  return Math.min(settingMs, timeoutMs / 2);
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

  /** When a session is due, in monotonic milliseconds; `undefined` while its clock does not run. */
  deadline({ counting, since, timeoutMs }: IdleFacts): number | undefined {
    if (!counting || timeoutMs <= 0) return undefined;
    return Math.max(since, this.#awakeSince) + timeoutMs;
  }

  /** Whether a session's time is up. */
  isDue(facts: IdleFacts): boolean {
    return (this.deadline(facts) ?? Infinity) <= this.#deps.clock.monotonic();
  }

  /** Whether a session is in its last minutes. */
  isEnding(facts: IdleFacts): boolean {
    const deadline = this.deadline(facts);
    if (deadline === undefined) return false;
    const left = deadline - this.#deps.clock.monotonic();
    return left > 0 && left <= noticeOf(facts.timeoutMs, this.#deps.noticeMs());
  }

  /** Call when anything that {@link IdleFacts} holds has changed, except mere activity. */
  update(): void {
    this.#noticeSleep();
    const { clock } = this.#deps;
    const noticeMs = this.#deps.noticeMs();
    const now = clock.monotonic();
    let next = Infinity;
    for (const facts of this.#deps.facts()) {
      const deadline = this.deadline(facts);
      if (deadline === undefined) continue;
      const notice = deadline - noticeOf(facts.timeoutMs, noticeMs);
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
    this.#noticeSleep();
    return this.#deps
      .facts()
      .filter((facts) => this.isDue(facts))
      .map(({ sessionId }) => sessionId);
  }

  dispose(): void {
    this.#disarm();
  }

  #fired(): void {
    this.#noticeSleep();
    this.#timer = undefined;
    this.#timerAt = Infinity;
    if (this.due().length > 0) this.#deps.onDue();
    const ending = this.#deps.facts().filter((facts) => this.isEnding(facts));
    if (ending.length > 0) this.#deps.onCountdown(ending.map(({ sessionId }) => sessionId));
    this.update();
  }

  /**
   * A timer that should have fired long ago, or a wall clock that ran ahead: the computer slept. Looked
   * for wherever deadlines are read, because a question may come before the late timer does.
   */
  #noticeSleep(): void {
    const now = this.#deps.clock.monotonic();
    const drift = this.#deps.clock.now() - now;
    const overdue = now - this.#timerAt > sleepMs;
    // What the computer slept while nobody's clock ran is nobody's concern.
    const slept = this.#timer !== undefined && drift - this.#drift > sleepMs;
    this.#drift = drift;
    if (!overdue && !slept) return;
    this.#awakeSince = now;
    // An overdue timer tells of one sleep, once.
    if (overdue) this.#timerAt = now;
  }

  #disarm(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }
}
