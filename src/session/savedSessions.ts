// Sessions on disk as the rest of Roost works with them: listed, deleted and taken back, exported, imported, brought over.
import { toSessionError } from './errors.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { SavedSessionInfo } from './info.ts';
import type { SessionRestorer } from './restorer.ts';
import { savedInfoOf } from './storePort.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** What saved sessions work with. */
export interface SavedSessionsDeps extends DomainDeps {
  readonly held: HeldSessions;
  readonly restorer: SessionRestorer;
}

/** The saved sessions of this window's store. */
export class SavedSessions {
  readonly #deps: SavedSessionsDeps;

  constructor(deps: SavedSessionsDeps) {
    this.#deps = deps;
  }

  async list(): Promise<readonly SavedSessionInfo[]> {
    return (await this.#deps.store.list()).map(savedInfoOf);
  }

  /** The saved sessions of the store in another folder. */
  async listIn(directory: string): Promise<readonly SavedSessionInfo[]> {
    return (await this.#deps.store.listIn(directory)).map(savedInfoOf);
  }

  /** Stops the session where it runs, moves its files to the trash and takes it out of the list. */
  async delete(sessionId: string): Promise<void> {
    const { held, store } = this.#deps;
    held.assertUsable();
    const listed = held.find(sessionId) !== undefined;
    try {
      const takeAway = (): Promise<void> => store.delete(sessionId);
      await (listed ? held.writable(sessionId).leave(takeAway) : takeAway());
    } catch (error) {
      // Another window, or somebody by hand, was first: what was wanted is so.
      if (!listed || toSessionError(error).code !== 'savedSessionUnknown') throw error;
    }
    held.drop(sessionId);
  }

  /** Removes a session in which nothing was said; a failure is only logged. */
  async forget(sessionId: string): Promise<void> {
    const { held, logger, store } = this.#deps;
    try {
      await held.find(sessionId)?.supervisor.leave(() => store.delete(sessionId));
    } catch (error) {
      logger.warn(`${sessionId}: its files were not removed: ${toSessionError(error).message}`);
    }
    held.drop(sessionId);
  }

  /** Brings back the last deleted session, or the one named, as a row; its id. */
  async undoDelete(sessionId?: string): Promise<string> {
    const { held, restorer, store } = this.#deps;
    held.assertUsable();
    const id = await store.undoDelete(sessionId);
    await restorer.restore(id);
    return id;
  }

  /** Writes the session as one JSON document, with everything that has been said until now. */
  async export(sessionId: string, file: string): Promise<void> {
    const { held, store } = this.#deps;
    const listed = held.find(sessionId);
    if (listed !== undefined && listed.readOnly === undefined) await listed.supervisor.save();
    await store.exportSession(sessionId, file);
  }

  /** Takes an exported file as a row at rest; its id. */
  async import(file: string): Promise<string> {
    const { held, restorer, store } = this.#deps;
    held.assertUsable();
    const id = await store.importSession(file);
    await restorer.restore(id);
    this.#created(id);
    return id;
  }

  /** Brings a session of the store in another folder over, as a row at rest. */
  async bringOver(directory: string, sessionId: string): Promise<void> {
    const { held, restorer, store } = this.#deps;
    held.assertUsable();
    await store.bringOver(directory, sessionId);
    await restorer.restore(sessionId);
    this.#created(sessionId);
  }

  #created(sessionId: string): void {
    const { registry, telemetry } = this.#deps;
    const agentId = registry.find(sessionId)?.state.agentId;
    if (agentId === undefined) return;
    telemetry.publish(
      'roost.session.created',
      { sessionId, agentId },
      { origin: 'imported', durationMs: 0 },
    );
  }
}
