// What the user has made of a session and it has to keep: seen or not, put away, and answers given once and for all.
import { stamp } from './clock.ts';
import type { Disposable } from './event.ts';
import type { HeldSessions } from './heldSessions.ts';
import { withAnswer } from './permissionPolicy.ts';
import type { PermissionAsk } from './agentPort.ts';
import type { TurnOutcome } from './sessions.ts';
import type { SessionSupervisor } from './supervisor.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** The marks of all sessions. */
export class SessionMarks implements Disposable {
  readonly #deps: DomainDeps;
  readonly #held: HeldSessions;
  readonly #isVisible: (sessionId: string) => boolean;
  readonly #subscription: Disposable;

  /** @param isVisible whether the user is looking at a session */
  constructor(deps: DomainDeps, held: HeldSessions, isVisible: (sessionId: string) => boolean) {
    this.#deps = deps;
    this.#held = held;
    this.#isVisible = isVisible;
    this.#subscription = held.turnEnded.event(({ sessionId, outcome }) => {
      this.#turnEnded(sessionId, outcome);
    });
  }

  /** The user looks at a session. */
  seen(sessionId: string): void {
    this.#keep(sessionId, (supervisor) => supervisor.clear('unread'));
  }

  /** Puts a session away, saved and stopped, or takes it out. @throws SessionError */
  async setArchived(sessionId: string, archived: boolean): Promise<void> {
    const supervisor = this.#held.writable(sessionId);
    if (!archived) {
      await supervisor.clear('archived');
      return;
    }
    await supervisor.stop('user', false);
    await supervisor.change({ archived: true });
  }

  /** Pins at a place, or takes the pin away. @throws SessionError */
  async setPinned(sessionId: string, place: number | undefined): Promise<void> {
    const supervisor = this.#held.writable(sessionId);
    await (place === undefined ? supervisor.clear('pinned') : supervisor.change({ pinned: place }));
  }

  /** Takes one remembered answer back. @throws SessionError */
  async forgetAnswer(sessionId: string, answerId: string): Promise<void> {
    const supervisor = this.#held.writable(sessionId);
    await supervisor.look();
    const { remembered = [] } = supervisor.entry.state;
    const kept = remembered.filter((one) => one.answerId !== answerId);
    if (kept.length === 0) await supervisor.clear('remembered');
    else await supervisor.change({ remembered: kept });
  }

  /** Keeps an answer for the same request in this session, if the option chosen is one for ever. */
  remember(sessionId: string, ask: PermissionAsk, optionId: string): void {
    const { clock, ids } = this.#deps;
    this.#keep(sessionId, async (supervisor) => {
      const { remembered = [] } = supervisor.entry.state;
      const chosen = { optionId, answerId: ids.entryId(), at: stamp(clock) };
      const kept = withAnswer(remembered, ask, chosen);
      if (kept !== remembered) await supervisor.change({ remembered: [...kept] });
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #turnEnded(sessionId: string, outcome: TurnOutcome): void {
    if (outcome === 'cancelled' || this.#isVisible(sessionId)) return;
    this.#keep(sessionId, (supervisor) => supervisor.change({ unread: outcome }));
  }

  /** A mark counts at once. That it could not be written shows on the row, and ends nothing. */
  #keep(sessionId: string, change: (supervisor: SessionSupervisor) => Promise<void>): void {
    const held = this.#held.find(sessionId);
    if (held === undefined || held.readOnly !== undefined) return;
    change(held.supervisor).catch((error: unknown) => {
      this.#deps.logger.warn(`${sessionId}: a mark could not be saved: ${String(error)}`);
    });
  }
}
