// The sessions in the list: each row's supervisor, who may write it, and the events about all of them.
import { isActive } from './entry.ts';
import { SessionError } from './errors.ts';
import { Emitter } from './event.ts';
import { OnDemand } from './onDemand.ts';
import type { TurnOutcome } from './sessions.ts';
import type { ReadOnlyReason } from './sessionView.ts';
import type { SessionStatus } from './status.ts';
import type { SessionSupervisor } from './supervisor.ts';
import type { DomainDeps, SupervisorDeps } from './supervisorDeps.ts';
import type { TranscriptChange } from './transcript.ts';

/** A session in the list. */
export interface HeldSession {
  readonly supervisor: SessionSupervisor;
  readonly readOnly: ReadOnlyReason;
  /** How often another window was found to have had it meanwhile: what was read of it before is old. */
  readonly changedElsewhere: number;
}

/** Makes the supervisor for a row that the registry has. */
export type AddSession = (
  sessionId: string,
  readOnly: ReadOnlyReason,
  everReady: boolean,
) => SessionSupervisor;

/** All of them, in the order they came. */
export class HeldSessions {
  readonly #deps: DomainDeps;
  readonly #held = new Map<string, HeldSession>();
  /** The status last reported: news of something else must not run ahead of a status being saved. */
  readonly #reported = new Map<string, SessionStatus>();
  readonly changed: Emitter<{
    sessionId: string;
    status: SessionStatus | 'deleted';
    statusChanged: boolean;
  }>;
  readonly transcriptChanged: Emitter<{ sessionId: string; change: TranscriptChange }>;
  readonly turnEnded: Emitter<{ sessionId: string; outcome: TurnOutcome }>;
  /** A session of the list was found to be open in another window. */
  readonly foundElsewhere: Emitter<string>;
  #disposed = false;

  constructor(deps: DomainDeps) {
    this.#deps = deps;
    const onListenerError = (error: unknown): void => {
      deps.logger.error('a listener of session changes failed', error);
    };
    this.changed = new Emitter(onListenerError);
    this.transcriptChanged = new Emitter(onListenerError);
    this.turnEnded = new Emitter(onListenerError);
    this.foundElsewhere = new Emitter(onListenerError);
  }

  /** What adds a session, once {@link loadAdder} has loaded it. */
  get adder(): AddSession | undefined {
    return this.#adder.built;
  }

  /** Loads what adds a session, and supervises it from then on: a window without sessions has no use for it. */
  loadAdder(): Promise<AddSession> {
    return this.#adder.get();
  }

  readonly #adder = new OnDemand<AddSession>(async () => {
    const { SessionSupervisor } = await import('./supervisor.ts');
    return (sessionId, readOnly, everReady) => {
      const supervisor = new SessionSupervisor(sessionId, this.#deps, this.#depsOf, everReady);
      this.#held.set(sessionId, { supervisor, readOnly, changedElsewhere: 0 });
      return supervisor;
    };
  });

  /** What one session works with, made when it first does something. */
  readonly #depsOf = (sessionId: string): SupervisorDeps => ({
    ...this.#deps,
    events: {
      onStatus: (status) => {
        this.#reported.set(sessionId, status);
        this.changed.fire({ sessionId, status, statusChanged: true });
        this.#publishCounts();
      },
      onChange: () => {
        this.fireChanged(sessionId);
      },
      onTranscript: (change) => {
        this.transcriptChanged.fire({ sessionId, change });
      },
      onTurnEnd: (outcome) => {
        this.turnEnded.fire({ sessionId, outcome });
      },
      onElsewhere: (how) => {
        this.#foundElsewhere(sessionId, how);
      },
    },
  });

  /** A session that another window had open is this one's now. */
  release(sessionId: string): void {
    const held = this.#held.get(sessionId);
    if (held === undefined) return;
    const changedElsewhere = held.changedElsewhere + 1;
    this.#held.set(sessionId, { ...held, readOnly: undefined, changedElsewhere });
  }

  /** Takes a session out of the list, row and all. */
  drop(sessionId: string): void {
    const held = this.#held.get(sessionId);
    if (held === undefined) return;
    this.#held.delete(sessionId);
    held.supervisor.dispose();
    this.#reported.delete(sessionId);
    this.#deps.registry.remove(sessionId);
    this.changed.fire({ sessionId, status: 'deleted', statusChanged: true });
    this.#publishCounts();
  }

  /** The session, if it is in the list. */
  find(sessionId: string): HeldSession | undefined {
    return this.#held.get(sessionId);
  }

  /** The session. @throws SessionError `sessionUnknown`, `disposed` */
  get(sessionId: string): HeldSession {
    this.assertUsable();
    const held = this.#held.get(sessionId);
    if (held !== undefined) return held;
    throw new SessionError('sessionUnknown', `There is no session "${sessionId}".`, {
      sessionId,
      hint: 'It may have been deleted. Run "Roost: Restore Session" to look through the saved ones.',
    });
  }

  /** The session, if it may be changed here. @throws SessionError `sessionUnknown`, `sessionReadOnly`, `storageNewer`, `disposed` */
  writable(sessionId: string): SessionSupervisor {
    const { supervisor, readOnly } = this.get(sessionId);
    switch (readOnly) {
      case undefined:
        return supervisor;
      case 'newerVersion':
        throw new SessionError(
          'storageNewer',
          'This session can only be read here: it was written by a newer version of Roost.',
          { sessionId, hint: 'Update Roost to go on with it.' },
        );
      case 'ownedElsewhere':
        throw new SessionError(
          'sessionReadOnly',
          'This session can only be read here: another window has it open.',
          {
            sessionId,
            hint: 'Stop it there, or close that window; a moment later it goes on here.',
          },
        );
    }
  }

  /** All sessions in the list. */
  all(): readonly HeldSession[] {
    return [...this.#held.values()];
  }

  /** Tells that something about a session changed, its status apart. */
  fireChanged(sessionId: string): void {
    const row = this.#deps.registry.find(sessionId);
    const status = this.#reported.get(sessionId) ?? row?.state.status;
    if (row !== undefined && status !== undefined)
      this.changed.fire({ sessionId, status, statusChanged: false });
  }

  /** @throws SessionError `disposed` after {@link dispose} */
  assertUsable(): void {
    if (!this.#disposed) return;
    throw new SessionError('disposed', 'Roost has been shut down in this window.', {
      hint: 'Reload the window.',
    });
  }

  /** From now on every operation is refused; events still go out until {@link silence}. */
  dispose(): void {
    this.#disposed = true;
  }

  /** No more events. */
  silence(): void {
    for (const { supervisor } of this.#held.values()) supervisor.dispose();
    this.changed.dispose();
    this.transcriptChanged.dispose();
    this.turnEnded.dispose();
    this.foundElsewhere.dispose();
  }

  #foundElsewhere(sessionId: string, how: 'open' | 'deleted' | 'changed'): void {
    const held = this.#held.get(sessionId);
    if (held === undefined) return;
    switch (how) {
      case 'deleted':
        this.drop(sessionId);
        return;
      case 'open':
        this.#held.set(sessionId, { ...held, readOnly: 'ownedElsewhere' });
        this.#reported.delete(sessionId);
        this.foundElsewhere.fire(sessionId);
        break;
      case 'changed':
        this.#held.set(sessionId, { ...held, changedElsewhere: held.changedElsewhere + 1 });
        this.#reported.delete(sessionId);
    }
    this.fireChanged(sessionId);
  }

  #publishCounts(): void {
    const { registry, telemetry } = this.#deps;
    if (!telemetry.isHeard('roost.sessions.active')) return;
    const rows = registry.all();
    const count = (status: SessionStatus): number =>
      rows.filter((row) => row.state.status === status).length;
    telemetry.publish('roost.sessions.active', undefined, {
      active: rows.filter(isActive).length,
      working: count('working'),
      needsInput: count('needsInput'),
      dormant: count('dormant'),
    });
  }
}
