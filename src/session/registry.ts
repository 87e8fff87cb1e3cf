// The registry: the one map from session id to row, and nothing else that knows which sessions exist.
import type { SessionEntry } from './entry.ts';

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

  /** The row. A missing one is a bug: callers from outside are checked before they get here. */
  get(sessionId: string): SessionEntry {
    const entry = this.#rows.get(sessionId);
    if (entry === undefined) throw new Error(`row ${sessionId} does not exist`);
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
