// What is changed of one session's state, saved as a change of what is on disk by now; and the end of it all, when the session is deleted.
import type { SessionParts } from './sessionParts.ts';
import { beingDeleted, type OptionalState, type SessionRow } from './sessionRow.ts';
import type { SessionState } from './state.ts';

/** The changes of one session's state that are not moves of its status. */
export class StateKeeper {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Replaces parts of the state, saves it and tells. @throws SessionError `storageFailed`, `sessionUnknown` when it is being deleted */
  async change(patch: Partial<Omit<SessionState, 'status'>>): Promise<void> {
    await this.#keep((row) => {
      row.patch(patch);
    });
  }

  /** Takes an optional part of the state away, saves it and tells. @throws SessionError as {@link change} */
  async clear(key: OptionalState): Promise<void> {
    if (this.#parts.row.state[key] === undefined) return;
    await this.#keep((row) => {
      row.clear(key);
    });
  }

  /**
   * Stops the session and then takes it off the disk; from now on nothing starts it, and from the stop on
   * nothing of it is saved. When that fails, it goes on.
   */
  async leave(stop: () => Promise<unknown>, takeAway: () => Promise<void>): Promise<void> {
    const parts = this.#parts;
    parts.leaving = true;
    try {
      await parts.look();
      await stop();
      parts.row.sealed = true;
      await takeAway();
    } catch (error) {
      parts.leaving = false;
      parts.row.sealed = false;
      throw error;
    }
  }

  /** The change counts at once. */
  async #keep(change: (row: SessionRow) => void): Promise<void> {
    const { deps, row, atRest, sessionId } = this.#parts;
    if (row.sealed) throw beingDeleted(sessionId);
    change(row);
    deps.events.onChange();
    if (atRest) {
      await this.#parts.look();
      // Where another window has changed the same, the last one counts.
      change(row);
    }
    await row.save();
  }
}
