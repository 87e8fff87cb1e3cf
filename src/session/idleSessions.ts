// Stops sessions that have been idle long enough: saved first, and never one that could not be saved.
import { isActive } from './entry.ts';
import { toSessionError } from './errors.ts';
import type { Disposable } from './event.ts';
import type { HeldSession, HeldSessions } from './heldSessions.ts';
import { idleCheckMs, IdleWatch, type IdleFacts } from './idleWatch.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** Ends idle sessions by themselves or on request. */
export class IdleSessions implements Disposable {
  readonly #deps: DomainDeps;
  readonly #held: HeldSessions;
  readonly #watch: IdleWatch;
  readonly #visible = new Set<string>();
  /**
   * The sessions whose clock runs, and since when: whatever kept a session from being idle, its clock
   * starts anew when that ends. Sessions at rest are not in here, so that ten thousand of them cost nothing.
   */
  readonly #counting = new Map<string, number>();
  /** Sessions that are being stopped for being idle. */
  readonly #ending = new Map<string, Promise<boolean>>();
  readonly #subscription: Disposable;

  constructor(deps: DomainDeps, held: HeldSessions) {
    this.#deps = deps;
    this.#held = held;
    this.#watch = new IdleWatch({
      clock: deps.clock,
      // Those that are being ended are due still, but nobody waits for their time any more.
      facts: () =>
        [...this.#counting.keys()]
          .filter((sessionId) => !this.#ending.has(sessionId))
          .flatMap((sessionId) => this.#factsOf(sessionId)),
      noticeMs: () => deps.settings()['idle.noticeMinutes'] * 60_000,
      onDue: () => {
        void this.terminateIdle();
      },
      onCountdown: (sessionIds) => {
        for (const sessionId of sessionIds) held.fireChanged(sessionId);
      },
    });
    this.#subscription = held.changed.event(({ sessionId, status }) => {
      if (status === 'deleted') this.#visible.delete(sessionId);
      this.#look(sessionId);
      this.#watch.update();
    });
  }

  /** Settings have changed. */
  update(): void {
    for (const { supervisor } of this.#held.all()) this.#look(supervisor.sessionId);
    this.#watch.update();
  }

  /** Whether the user is looking at a session. Looking away starts its clock anew. */
  setVisible(sessionId: string, visible: boolean): void {
    if (visible) this.#visible.add(sessionId);
    else this.#visible.delete(sessionId);
    this.touch(sessionId);
    this.#look(sessionId);
    this.#watch.update();
  }

  /** The user did something with a session; a countdown that was shown is over. */
  touch(sessionId: string): void {
    const held = this.#held.find(sessionId);
    if (held === undefined) return;
    const ending = this.#factsOf(sessionId).some((facts) => this.#watch.isEnding(facts));
    held.supervisor.touch();
    if (ending) this.#held.fireChanged(sessionId);
  }

  /** Whether the user is looking at a session. */
  isVisible(sessionId: string): boolean {
    return this.#visible.has(sessionId);
  }

  /** ISO 8601 time at which a session will be stopped; `undefined` while its clock does not run. */
  deadlineAt({ supervisor }: HeldSession): string | undefined {
    // Most sessions rest, and this is asked for every one of a long list.
    if (!isActive(supervisor.entry)) return undefined;
    const [facts] = this.#factsOf(supervisor.sessionId);
    const deadline = facts === undefined ? undefined : this.#watch.deadline(facts);
    if (deadline === undefined) return undefined;
    const { clock } = this.#deps;
    const at = clock.now() + deadline - clock.monotonic();
    // Past what a date can hold it is never.
    return at < 8.64e15 ? new Date(at).toISOString() : undefined;
  }

  /** Stops those that are due now, each on its own; the ids of those that ended. Never rejects. */
  async terminateIdle(): Promise<readonly string[]> {
    const due = [...this.#ending.keys(), ...this.#watch.due()];
    const ended = await Promise.all(due.map((sessionId) => this.#end(sessionId)));
    this.#watch.update();
    return due.filter((_, index) => ended[index]);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#watch.dispose();
    this.#counting.clear();
  }

  /** Starts or ends a session's idle clock. */
  #look(sessionId: string): void {
    const [facts] = this.#factsOf(sessionId);
    if (facts?.counting !== true) this.#counting.delete(sessionId);
    else if (!this.#counting.has(sessionId)) {
      this.#counting.set(sessionId, this.#deps.clock.monotonic());
    }
  }

  /** Whether it was ended. Asked for twice it is one end. */
  async #end(sessionId: string): Promise<boolean> {
    const underWay = this.#ending.get(sessionId);
    if (underWay !== undefined) return underWay;
    const ending = this.#saveAndStop(sessionId);
    this.#ending.set(sessionId, ending);
    try {
      return await ending;
    } finally {
      this.#ending.delete(sessionId);
    }
  }

  async #saveAndStop(sessionId: string): Promise<boolean> {
    const held = this.#held.find(sessionId);
    if (held === undefined) return false;
    const { supervisor } = held;
    try {
      // Behind whatever else of it is being written.
      await supervisor.save();
      // The save took a moment: somebody may have come back to the session meanwhile.
      if (!this.#factsOf(sessionId).some((facts) => this.#watch.isDue(facts))) return false;
      await supervisor.stop('idle', false);
      return true;
    } catch (error) {
      // Not safely on disk, so it goes on living; the failure shows on its row already.
      this.#deps.logger.warn(
        `${sessionId} was not stopped for being idle: ${toSessionError(error).message}`,
      );
      // Tried again soon, not at once: a full disk stays full for a while.
      const { clock } = this.#deps;
      const waited = supervisor.config.timeoutMinutes * 60_000 - idleCheckMs;
      this.#counting.set(sessionId, clock.monotonic() - Math.max(0, waited));
      return false;
    }
  }

  /** One element, or none for a session that is not ready or whose facts cannot be had. */
  #factsOf(sessionId: string): IdleFacts[] {
    const held = this.#held.find(sessionId);
    if (held === undefined) return [];
    try {
      return this.#facts(held);
    } catch (error) {
      // One session's trouble is not the others'.
      this.#deps.logger.warn(`${sessionId}: ${toSessionError(error).message}`);
      return [];
    }
  }

  #facts({ supervisor, readOnly }: HeldSession): IdleFacts[] {
    const { entry } = supervisor;
    if (!isActive(entry) || entry.state.status !== 'ready' || readOnly !== undefined) return [];
    const { sessionId, lastActivity, state } = entry;
    const counting =
      !state.keepAwake &&
      supervisor.runningTerminals === 0 &&
      supervisor.queuedPrompts.length === 0 &&
      !supervisor.context.failing &&
      (!this.#visible.has(sessionId) || this.#deps.settings()['idle.includeVisible']);
    const begun = this.#counting.get(sessionId) ?? this.#deps.clock.monotonic();
    return [
      {
        sessionId,
        counting,
        since: Math.max(lastActivity, begun),
        timeoutMs: supervisor.config.timeoutMinutes * 60_000,
      },
    ];
  }
}
