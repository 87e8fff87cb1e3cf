// Brings saved sessions into the list as rows at rest; twice is once, and no process starts here.
import { fromPlain } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { StoredSession } from './ports.ts';
import type { SessionSupervisor } from './supervisor.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** Restores sessions. */
export class SessionRestorer {
  readonly #deps: DomainDeps;
  readonly #held: HeldSessions;
  /** Restores under way. */
  readonly #restoring = new Map<string, Promise<void>>();

  constructor(deps: DomainDeps, held: HeldSessions) {
    this.#deps = deps;
    this.#held = held;
  }

  /** Brings one session into the list, if it is not there. @throws SessionError `savedSessionUnknown`, `storageDamaged` */
  async restore(sessionId: string): Promise<void> {
    if (this.#held.find(sessionId) !== undefined) return;
    const underWay = this.#restoring.get(sessionId);
    if (underWay !== undefined) return underWay;
    const restoring = this.#deps.store
      .load(sessionId)
      .then((stored) => this.#take(stored))
      .finally(() => this.#restoring.delete(sessionId));
    this.#restoring.set(sessionId, restoring);
    return restoring;
  }

  /** Brings all into the list; one that cannot be read is logged and left where it is. The ids that are new. */
  async restoreAll(): Promise<readonly string[]> {
    const added: string[] = [];
    for (const stored of await this.#deps.store.list()) {
      const { sessionId } = stored.info;
      if (this.#held.find(sessionId) !== undefined || this.#restoring.has(sessionId)) continue;
      try {
        await this.#take(stored);
        added.push(sessionId);
      } catch (error) {
        this.#deps.logger.warn(`${sessionId} was not restored: ${toSessionError(error).message}`);
      }
    }
    return added;
  }

  /** Starts the agents that ran when the last window closed, two at a time; failures show on their rows. */
  async resumeInterrupted(): Promise<void> {
    const waiting = this.#held
      .all()
      .filter(({ supervisor, readOnly }) => {
        return readOnly === undefined && supervisor.entry.state.aliveAtShutdown === true;
      })
      .map(({ supervisor }) => supervisor);
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await next.start().catch(() => undefined);
      }
    };
    await Promise.all([worker(), worker()]);
  }

  async #take(stored: StoredSession): Promise<void> {
    const { registry, clock, telemetry } = this.#deps;
    const { sessionId, bytes, agentId } = stored.info;
    const startedAt = clock.monotonic();
    if (stored.state === undefined) {
      const what = stored.info.damaged ?? 'The saved session is damaged.';
      throw new SessionError('storageDamaged', what, {
        sessionId,
        hint: 'Its files are kept as they are. What can be read of its transcript still can.',
      });
    }
    // A session that was being created by another start of this window came first.
    if (this.#held.find(sessionId) !== undefined) return;
    const readOnly = stored.kind === 'whole' ? stored.readOnly : undefined;
    registry.add(fromPlain({ session_id: sessionId, state: stored.state }, clock.monotonic()));
    const supervisor = this.#held.add(sessionId, readOnly, true);
    this.#held.fireChanged(sessionId);
    if (stored.state.turnRunning && readOnly === undefined) await this.#markInterrupted(supervisor);
    telemetry.publish(
      'roost.session.restored',
      { sessionId, agentId },
      { bytes, durationMs: clock.monotonic() - startedAt, how: 'readonly' },
    );
  }

  /** A turn ran when the host that wrote this died: said in the transcript, once. */
  async #markInterrupted(supervisor: SessionSupervisor): Promise<void> {
    const { sessionId, context } = supervisor;
    const { logger, store } = this.#deps;
    try {
      context.attach(await store.open(sessionId));
      context.notice(
        'interrupted',
        'This turn was cut short: the window it ran in ended. It is not sent again by itself.',
      );
      await context.close();
      await supervisor.change({ turnRunning: false, interrupted: true });
    } catch (error) {
      const { message } = toSessionError(error);
      logger.warn(`${sessionId}: the interrupted turn could not be marked: ${message}`);
    }
  }
}
