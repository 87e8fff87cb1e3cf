// The registry: the one map from session id to row, and nothing else that knows which sessions exist.
import type { SessionEntry } from './entry.ts';
import { SessionError } from './errors.ts';

/** All rows, in the order they were added. */
export class SessionRegistry {
  readonly #rows = new Map<string, SessionEntry>();

  /** Adds a row. A second row with the same id is a bug. */
  add(entry: SessionEntry): void {
    if (this.#rows.has(entry.sessionId)) throw new Error(`row ${entry.sessionId} exists`);
    this.#rows.set(entry.sessionId, entry);
  }

  /** The row, if there is one. */
  find(sessionId: string): SessionEntry | undefined {
    return this.#rows.get(sessionId);
  }

  /** The row. @throws SessionError `sessionUnknown` */
  get(sessionId: string): SessionEntry {
    const entry = this.#rows.get(sessionId);
    if (entry === undefined) throw unknownSession(sessionId);
    return entry;
  }

  /** Replaces a row by what `change` makes of it; a row that is gone stays gone. */
  update(sessionId: string, change: (entry: SessionEntry) => SessionEntry): void {
    const entry = this.#rows.get(sessionId);
    if (entry !== undefined) this.#rows.set(sessionId, change(entry));
  }

  /** Takes a row out. */
  remove(sessionId: string): void {
    this.#rows.delete(sessionId);
  }

  /** A copy of all rows. */
  all(): readonly SessionEntry[] {
    return [...this.#rows.values()];
  }
}

/** The error for an id that no row has. */
export function unknownSession(sessionId: string): SessionError {
  return new SessionError('sessionUnknown', `There is no session "${sessionId}".`, {
    sessionId,
    hint: 'It may have been deleted. Run "Roost: Restore Session" to look through the saved ones.',
  });
}
