// One session's row as its supervisor writes it: state, status and facts; what a status promises is on disk before it is reported.
import { stamp } from './clock.ts';
import { fromPlain, touchActivity, withState, withStatus, type SessionEntry } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { Disposable } from './event.ts';
import type { SavedSessionInfo } from './info.ts';
import { sameJson } from './sameJson.ts';
import type { AgentFacts, SessionState } from './state.ts';
import type { SessionStatus } from './status.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';
import type { TelemetrySubject } from './telemetry.ts';

/** Parts of the state that can be taken away. */
export type OptionalState =
  | 'stoppedAfterIdleMinutes'
  | 'aliveAtShutdown'
  | 'interrupted'
  | 'forkOf'
  | 'unread'
  | 'pinned'
  | 'archived'
  | 'remembered';

/** A save that failed is tried again after this long, then after twice as long, up to the last. */
const firstRetryMs = 1000;
const lastRetryMs = 30_000;

/** A start that is over sooner is saved once, with what came of it. */
const startSavedAfterMs = 250;

/** Writes one row of the registry and its head on disk. */
export class SessionRow {
  readonly sessionId: string;
  readonly #deps: SupervisorDeps;
  /** Status reports go out one after another, each after its state is on disk. */
  #reported: Promise<void> = Promise.resolve();
  /** The last save asked for, well or not: saves of one session are written in order. */
  #written: Promise<unknown> = Promise.resolve();
  /** The state on disk, as this window last wrote or read it. */
  #onDisk: SessionState;
  #saveFailure: SessionError | undefined;
  #retry: Disposable | undefined;
  /** The save of a start that still runs. */
  #soon: Disposable | undefined;
  #retryMs = firstRetryMs;
  #disposed = false;
  /** Nothing is saved while the files are moved to the trash: a head would be back without the rest. */
  sealed = false;

  constructor(sessionId: string, deps: SupervisorDeps) {
    this.sessionId = sessionId;
    this.#deps = deps;
    this.#onDisk = deps.registry.get(sessionId).state;
  }

  /** The row. */
  get entry(): SessionEntry {
    return this.#deps.registry.get(this.sessionId);
  }

  /** The session's state. */
  get state(): SessionState {
    return this.entry.state;
  }

  /** Who telemetry of this session is about. */
  get subject(): TelemetrySubject {
    return { sessionId: this.sessionId, agentId: this.state.agentId };
  }

  /** Why the last attempt to save the head failed, if it did. */
  get saveFailure(): SessionError | undefined {
    return this.#saveFailure;
  }

  /** Resolves when every status so far has been reported. */
  reported(): Promise<void> {
    return this.#reported;
  }

  /** Resolves when every status so far has been reported and every save has ended, well or not. */
  async written(): Promise<void> {
    await this.#reported;
    await this.#written;
  }

  /**
   * Takes what another window has made of the state: whatever in it is not as this window last wrote or
   * read it. For a row at rest. Whether there was anything.
   */
  adopt(state: SessionState): boolean {
    const { clock, registry } = this.#deps;
    const atRest = (one: SessionState): Record<string, unknown> =>
      fromPlain({ session_id: this.sessionId, state: one }, clock.monotonic()).state;
    const [before, now] = [atRest(this.#onDisk), atRest(state)];
    this.#onDisk = state;
    const isOther = (key: string): boolean => !sameJson(before[key], now[key]);
    const others = new Set([...Object.keys(before), ...Object.keys(now)].filter(isOther));
    if (others.size === 0) return false;
    registry.update(this.sessionId, (entry) => {
      const kept = Object.entries(entry.state).filter(([key]) => !others.has(key));
      const taken = Object.entries(now).filter(([key]) => others.has(key));
      // Each part is from one of two states, and what both must have neither lacks.
      return { ...entry, state: Object.fromEntries([...kept, ...taken]) as SessionState };
    });
    return true;
  }

  /** Puts the state back to what is on disk: whoever has the session open there is the one to change it. */
  yield(): void {
    const { clock, registry } = this.#deps;
    this.#soon?.dispose();
    const plain = { session_id: this.sessionId, state: this.#onDisk };
    registry.update(this.sessionId, () => fromPlain(plain, clock.monotonic()));
    this.#saved(undefined);
  }

  /** Replaces parts of the state; the status moves only through {@link setStatus}. */
  patch(patch: Partial<Omit<SessionState, 'status'>>): void {
    this.#deps.registry.update(this.sessionId, (entry) => withState(entry, patch));
  }

  /** Takes an optional part of the state away. */
  clear(key: OptionalState): void {
    this.#deps.registry.update(this.sessionId, (entry) => {
      const { [key]: _gone, ...state } = entry.state;
      return { ...entry, state };
    });
  }

  /** Takes what the agent says about itself, and tells. */
  noteFacts(patch: Partial<AgentFacts> & { readonly title?: string | null }): void {
    const { title, ...facts } = patch;
    const { state } = this;
    const before = state.facts ?? { commands: [], modes: [], configOptions: [] };
    const renamed = typeof title === 'string' && title !== '' && state.titleSource !== 'user';
    this.patch({
      facts: { ...before, ...facts },
      ...(renamed ? { title, titleSource: 'agent' } : {}),
    });
    this.#deps.events.onChange();
  }

  /** Notes activity now. */
  touch(): void {
    const { clock, registry } = this.#deps;
    registry.update(this.sessionId, (entry) =>
      touchActivity(entry, clock.monotonic(), stamp(clock)),
    );
  }

  /** Notes activity, at most once a second: every streamed chunk comes by here. */
  touchLightly(): void {
    if (this.#deps.clock.monotonic() - this.entry.lastActivity >= 1000) this.touch();
  }

  /**
   * Moves the status; the report follows once the state is on disk. Only `starting` does not wait for that: it
   * promises nothing yet, and the disk is left to the process that starts.
   * @throws {IllegalTransition} when the table has no such move
   */
  setStatus(status: SessionStatus, error?: SessionError): void {
    const { clock, registry, events, logger } = this.#deps;
    registry.update(this.sessionId, (entry) => {
      const { error: _earlier, ...state } = entry.state;
      return withStatus({ ...entry, state: { ...state, ...errorState(error) } }, status);
    });
    const save = async (): Promise<void> => {
      try {
        await this.save();
      } catch (failure) {
        logger.error(`${this.sessionId}: its state could not be saved`, failure);
      }
    };
    this.#reported = this.#reported.then(async () => {
      if (status !== 'starting') await save();
      else if (this.state.status === status && !this.#disposed) {
        this.#soon = clock.after(startSavedAfterMs, () => {
          void save();
        });
      }
      events.onStatus(status);
    });
  }

  /** Ends what would be saved later by itself: the row is gone, or the window is. */
  dispose(): void {
    this.#disposed = true;
    this.#soon?.dispose();
    this.#retry?.dispose();
    this.#retry = undefined;
  }

  /** Saves the head as it is now; after a failure it is tried again until it works. @throws SessionError `storageFailed`, `sessionReadOnly` */
  async save(): Promise<SavedSessionInfo> {
    const { clock, store, telemetry } = this.#deps;
    this.#soon?.dispose();
    if (this.sealed) throw beingDeleted(this.sessionId);
    const { state, subject } = this;
    const startedAt = clock.monotonic();
    try {
      const saving = store.save(this.sessionId, state);
      this.#written = saving.catch(() => undefined);
      const info = await saving;
      this.#onDisk = state;
      this.#saved(undefined);
      const durationMs = clock.monotonic() - startedAt;
      telemetry.publish('roost.session.saved', subject, { bytes: info.bytes, durationMs });
      return info;
    } catch (error) {
      this.#saved(toSessionError(error, this.sessionId));
      throw error;
    }
  }

  /** Notes how a save went, tells when that is news, and sees to the next attempt. */
  #saved(failure: SessionError | undefined): void {
    const { clock, events } = this.#deps;
    const news = (failure === undefined) !== (this.#saveFailure === undefined);
    this.#saveFailure = failure;
    this.#retry?.dispose();
    this.#retry = undefined;
    // What is not ours to write does not become so by trying.
    if (failure?.code !== 'storageFailed' || this.#disposed) {
      this.#retryMs = firstRetryMs;
    } else {
      this.#retry = clock.after(this.#retryMs, () => {
        this.save().catch(() => undefined);
      });
      this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
    }
    if (news) events.onChange();
  }
}

/** The error of whoever comes too late. */
export function beingDeleted(sessionId: string): SessionError {
  return new SessionError('sessionUnknown', 'This session is being deleted.', {
    sessionId,
    hint: 'Run "Roost: Undo Delete" to bring it back from the trash.',
  });
}

/** The part of a state that tells of a failure. */
function errorState(error: SessionError | undefined): Pick<SessionState, 'error'> | object {
  if (error === undefined) return {};
  const { code, message, hint, details } = error.toJSON();
  return {
    error: { code, message, details: { ...details }, ...(hint === undefined ? {} : { hint }) },
  };
}
