// Brings saved sessions into the list as rows at rest; twice is once, and no process starts here.
import { stamp } from './clock.ts';
import { fromPlain } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { SavedSessionInfo } from './info.ts';
import { savedInfoOf, type StoredSession } from './storePort.ts';
import { recoveredState } from './recovery.ts';
import type { SessionState } from './state.ts';
import type { SessionSupervisor } from './supervisor.ts';
import type { DomainDeps } from './supervisorDeps.ts';
import { TakeOver } from './takeOver.ts';

/** What a restorer works with. */
export interface RestorerDeps extends DomainDeps {
  /** The folder of a session whose own is not known any more. */
  defaultCwd(): string;
}

/** Restores sessions. */
export class SessionRestorer {
  readonly #deps: RestorerDeps;
  readonly #held: HeldSessions;
  /** Restores under way. */
  readonly #restoring = new Map<string, Promise<void>>();
  readonly #takeOver: TakeOver;
  #damaged: readonly SavedSessionInfo[] = [];

  constructor(deps: RestorerDeps, held: HeldSessions) {
    this.#deps = deps;
    this.#held = held;
    this.#takeOver = new TakeOver(deps, held, (sessionId, state) => this.#taken(sessionId, state));
  }

  /** No more looks at what other windows have open. */
  dispose(): void {
    this.#takeOver.dispose();
  }

  /** The user looks at a session: what other windows make of it is seen here now, or soon. */
  lookAt(sessionId: string): void {
    const held = this.#held.find(sessionId);
    if (held === undefined) return;
    if (held.readOnly === 'ownedElsewhere') this.#takeOver.watch();
    if (held.readOnly !== undefined) return;
    held.supervisor.look().catch((error: unknown) => {
      // That it is open or gone elsewhere shows on its row.
      this.#deps.logger.debug(`${sessionId}: ${toSessionError(error).message}`);
    });
  }

  /** The sessions that the last look at all of them found damaged. */
  get damaged(): readonly SavedSessionInfo[] {
    return this.#damaged;
  }

  /**
   * Brings one session into the list, if it is not there. One whose head cannot be read gets a new
   * one, made of what can; the damaged file is kept.
   * @throws SessionError `savedSessionUnknown`, `storageNewer`, `storageDamaged` when nothing of it can be read
   */
  async restore(sessionId: string): Promise<void> {
    if (this.#held.find(sessionId) !== undefined) return;
    const underWay = this.#restoring.get(sessionId);
    if (underWay !== undefined) return underWay;
    const restoring = this.#deps.store
      .load(sessionId)
      .then(async (stored) =>
        stored.state === undefined ? this.#recover(stored) : this.#take(stored, stored.state),
      )
      .finally(() => this.#restoring.delete(sessionId));
    this.#restoring.set(sessionId, restoring);
    return restoring;
  }

  /**
   * Brings all into the list; one whose head cannot be read is logged and left as it is, until it is
   * asked for by name. The ids that are new.
   */
  async restoreAll(): Promise<readonly string[]> {
    const added: string[] = [];
    // Each is waited for while the other works.
    const [all] = await Promise.all([this.#deps.store.list(), this.#held.loadAdder()]);
    this.#damaged = all.filter(({ kind }) => kind === 'damaged').map(savedInfoOf);
    for (const stored of all) {
      const { sessionId } = stored.info;
      if (this.#held.find(sessionId) !== undefined || this.#restoring.has(sessionId)) continue;
      if (stored.state === undefined) {
        this.#deps.logger.warn(`${sessionId} was not restored: ${stored.info.damaged ?? ''}`);
        continue;
      }
      try {
        await this.#take(stored, stored.state);
        added.push(sessionId);
      } catch (error) {
        this.#deps.logger.warn(`${sessionId} was not restored: ${toSessionError(error).message}`);
      }
    }
    return added;
  }

  /** Starts the agents that ran when the last window closed, two at a time; failures show on their rows. */
  async resumeInterrupted(): Promise<void> {
    const waiting = this.#interrupted();
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await next.start().catch(() => undefined);
      }
    };
    await Promise.all([worker(), worker()]);
  }

  /** Starts none of them: what does not run in this window did not run in the last one when the next is opened. */
  async leaveInterrupted(): Promise<void> {
    for (const supervisor of this.#interrupted()) await this.#leave(supervisor);
  }

  /** The sessions whose agents ran when the last window closed. */
  #interrupted(): SessionSupervisor[] {
    return this.#held
      .all()
      .filter(({ supervisor, readOnly }) => {
        return readOnly === undefined && supervisor.entry.state.aliveAtShutdown === true;
      })
      .map(({ supervisor }) => supervisor);
  }

  async #leave(supervisor: SessionSupervisor): Promise<void> {
    try {
      await supervisor.clear('aliveAtShutdown');
    } catch (error) {
      // The row says that it cannot be saved.
      this.#deps.logger.warn(`${supervisor.sessionId}: ${toSessionError(error).message}`);
    }
  }

  async #recover(stored: StoredSession): Promise<void> {
    const { catalog, clock, logger, store } = this.#deps;
    const { sessionId, damaged = 'The saved session is damaged.' } = stored.info;
    const state = recoveredState(stored.info, await store.readTranscript(sessionId), {
      agentId: catalog.defaultAgentId,
      cwd: this.#deps.defaultCwd(),
      at: stamp(clock),
    });
    if (state === undefined) {
      throw new SessionError('storageDamaged', damaged, {
        sessionId,
        hint: 'Nothing of it can be read. Its files are kept as they are.',
      });
    }
    await store.save(sessionId, state);
    logger.warn(`${sessionId} has a new head, made of what could be read: ${damaged}`);
    await this.#take(stored, state);
    const supervisor = this.#held.find(sessionId)?.supervisor;
    if (supervisor !== undefined) await this.#note(supervisor, 'recovered', recoveredNote(damaged));
  }

  async #take(stored: StoredSession, state: SessionState): Promise<void> {
    const { registry, clock, telemetry } = this.#deps;
    const { sessionId, agentId } = stored.info;
    const startedAt = clock.monotonic();
    const add = this.#held.adder ?? (await this.#held.loadAdder());
    // A session that was being created by another start of this window came first.
    if (this.#held.find(sessionId) !== undefined) return;
    const readOnly = stored.kind === 'whole' ? stored.readOnly : undefined;
    registry.add(fromPlain({ session_id: sessionId, state }, clock.monotonic()));
    const supervisor = add(sessionId, readOnly, true);
    this.#held.fireChanged(sessionId);
    if (readOnly === 'ownedElsewhere') this.#takeOver.watch();
    if (state.turnRunning && readOnly === undefined) await this.#markInterrupted(supervisor);
    // To know how large ten thousand sessions are takes longer than to list them.
    if (!telemetry.isHeard('roost.session.restored')) return;
    telemetry.publish(
      'roost.session.restored',
      { sessionId, agentId },
      { bytes: stored.bytes(), durationMs: clock.monotonic() - startedAt, how: 'readonly' },
    );
  }

  /** Another window has let go of a session, well or not. */
  async #taken(sessionId: string, { turnRunning }: SessionState): Promise<void> {
    const supervisor = this.#held.find(sessionId)?.supervisor;
    if (supervisor === undefined) return;
    if (turnRunning) await this.#markInterrupted(supervisor);
    if (supervisor.entry.state.aliveAtShutdown !== true) return;
    if (this.#deps.settings()['restore.policy'] !== 'eager') return this.#leave(supervisor);
    // How the start went shows on the row.
    supervisor.start().catch(() => undefined);
  }

  /** A turn ran when the host that wrote this died: said in the transcript, once. */
  async #markInterrupted(supervisor: SessionSupervisor): Promise<void> {
    const noted = await this.#note(
      supervisor,
      'interrupted',
      'This turn was cut short: the window it ran in ended. It is not sent again by itself.',
    );
    if (noted) await supervisor.change({ turnRunning: false, interrupted: true });
  }

  /** Writes a notice of a session at rest; whether that went well. A failure is only logged. */
  async #note(
    { sessionId, context }: SessionSupervisor,
    code: string,
    text: string,
  ): Promise<boolean> {
    const { logger, store } = this.#deps;
    try {
      context.attach(await store.open(sessionId));
      context.notice(code, text);
      await context.close();
      return true;
    } catch (error) {
      const { message } = toSessionError(error);
      logger.warn(`${sessionId}: "${code}" could not be noted: ${message}`);
      return false;
    }
  }
}

function recoveredNote(damaged: string): string {
  return `${damaged} The session was brought back with what can still be read; the damaged file is kept.`;
}
