// What another window has made of a session that is at rest in this one: taken over before anything here builds on it.
import { toSessionError, SessionError } from './errors.ts';
import type { SessionRow } from './sessionRow.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

/**
 * Windows may share a folder of sessions, and each sees the others' only when it looks. One that went on
 * with what it remembered would undo what another has saved since, or bring back what that has deleted.
 */
export class Freshness {
  readonly #row: SessionRow;
  readonly #deps: SupervisorDeps;
  #looking: Promise<void> | undefined;

  constructor(row: SessionRow, deps: SupervisorDeps) {
    this.#row = row;
    this.#deps = deps;
  }

  /**
   * Takes over what another window has saved; for sessions at rest. Calls while it looks share one look.
   * @throws SessionError `sessionReadOnly` while another window has the session open, `savedSessionUnknown`
   *   when one has deleted it: it is then out of the list
   */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { events, logger, store } = this.#deps;
    const { sessionId } = this.#row;
    await this.#row.written();
    let stored;
    try {
      stored = await store.load(sessionId);
    } catch (thrown) {
      const error = toSessionError(thrown, sessionId);
      if (error.code === 'savedSessionUnknown' && (await this.#isInTrash())) {
        events.onElsewhere('deleted');
        throw deletedElsewhere(sessionId);
      }
      // What follows writes it anew, or says why it cannot.
      logger.warn(`${sessionId}: what is saved could not be looked at: ${error.message}`);
      return;
    }
    if (stored.kind !== 'whole') return;
    const changed = this.#row.adopt(stored.state);
    if (stored.readOnly === 'ownedElsewhere') {
      this.#row.yield();
      events.onElsewhere('open');
      throw new SessionError('sessionReadOnly', 'Another window has this session open.', {
        sessionId,
        hint: 'Stop it there, or close that window; a moment later it goes on here.',
      });
    }
    if (changed) events.onElsewhere('changed');
  }

  async #isInTrash(): Promise<boolean> {
    try {
      return (await this.#deps.store.trashed()).includes(this.#row.sessionId);
    } catch (error) {
      this.#deps.logger.warn(`the trash could not be looked at: ${toSessionError(error).message}`);
      return false;
    }
  }
}

function deletedElsewhere(sessionId: string): SessionError {
  return new SessionError(
    'savedSessionUnknown',
    'This session has been deleted in another window.',
    { sessionId, hint: 'Run "Roost: Undo Delete" to bring it back from the trash.' },
  );
}
