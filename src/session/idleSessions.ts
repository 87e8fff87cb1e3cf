// Stops sessions that have been idle long enough: saved first, and never one that could not be saved.
import { isActive } from './entry.ts';
import { toSessionError } from './errors.ts';
import type { Disposable } from './event.ts';
import type { HeldSession, HeldSessions } from './heldSessions.ts';
import { IdleWatch, type IdleFacts } from './idleWatch.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** Ends idle sessions by themselves or on request. */
export class IdleSessions implements Disposable {
  readonly #deps: DomainDeps;
  readonly #held: HeldSessions;
  readonly #watch: IdleWatch;
  readonly #visible = new Set<string>();
  readonly #subscription: Disposable;

  constructor(deps: DomainDeps, held: HeldSessions) {
    this.#deps = deps;
    this.#held = held;
    this.#watch = new IdleWatch({
      clock: deps.clock,
      facts: () => held.all().flatMap((one) => this.#facts(one)),
      noticeMs: () => deps.settings()['idle.noticeMinutes'] * 60_000,
      onDue: () => {
        void this.terminateIdle();
      },
      onCountdown: (sessionIds) => {
        for (const sessionId of sessionIds) held.fireChanged(sessionId);
      },
    });
    this.#subscription = held.changed.event(() => {
      this.#watch.update();
    });
  }

  /** Settings have changed. */
  update(): void {
    this.#watch.update();
  }

  /** Whether the user is looking at a session. Looking away starts its clock anew. */
  setVisible(sessionId: string, visible: boolean): void {
    if (visible) this.#visible.add(sessionId);
    else this.#visible.delete(sessionId);
    this.#held.find(sessionId)?.supervisor.touch();
    this.#watch.update();
  }

  /** ISO 8601 time at which a session will be stopped; `undefined` while its clock does not run. */
  deadlineAt(held: HeldSession): string | undefined {
    const [facts] = this.#facts(held);
    const deadline = facts === undefined ? undefined : this.#watch.deadline(facts);
    if (deadline === undefined) return undefined;
    const { clock } = this.#deps;
    const at = clock.now() + deadline - clock.monotonic();
    // Past what a date can hold it is never.
    return at < 8.64e15 ? new Date(at).toISOString() : undefined;
  }

  /** Stops those that are due now, each on its own; the ids of those it ended. Never rejects. */
  async terminateIdle(): Promise<readonly string[]> {
    const due = this.#watch.due();
    const ended = await Promise.all(due.map((sessionId) => this.#terminate(sessionId)));
    this.#watch.update();
    return due.filter((_, index) => ended[index]);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#watch.dispose();
  }

  /** Whether it was ended. */
  async #terminate(sessionId: string): Promise<boolean> {
    const held = this.#held.find(sessionId);
    if (held === undefined) return false;
    const { supervisor } = held;
    try {
      await supervisor.save();
      // The save took a moment: somebody may have come back to the session meanwhile.
      if (!this.#watch.due().includes(sessionId)) return false;
      await supervisor.stop('idle', false);
      return true;
    } catch (error) {
      // Not safely on disk, so it goes on living; the failure shows on its row already.
      this.#deps.logger.warn(
        `${sessionId} was not stopped for being idle: ${toSessionError(error).message}`,
      );
      supervisor.touch();
      return false;
    }
  }

  /** One element, or none for a session that has no process. */
  #facts({ supervisor, readOnly }: HeldSession): IdleFacts[] {
    const { entry } = supervisor;
    if (!isActive(entry) || entry.state.status !== 'ready' || readOnly !== undefined) return [];
    const visible = this.#visible.has(entry.sessionId);
    const counting =
      !entry.state.keepAwake &&
      supervisor.runningTerminals === 0 &&
      supervisor.queue.list().length === 0 &&
      (!visible || this.#deps.settings()['idle.includeVisible']);
    return [
      {
        sessionId: entry.sessionId,
        counting,
        lastActivity: entry.lastActivity,
        timeoutMs: supervisor.config.timeoutMinutes * 60_000,
      },
    ];
  }
}
