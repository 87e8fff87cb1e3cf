// Getting at a session's files: one operation at a time, in a folder that exists, as the owner.
import { SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import { ensureFolder, fingerprintOf, folderMode, isUnchanged, type Fingerprint } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { dropOwnership, isOwnedElsewhere, takeOwnership, type OwnerDeps } from './ownerFile.ts';
import type { SessionPaths } from './sessionFiles.ts';
import { storageFailed } from './storageErrors.ts';

/** What access needs. */
export interface SessionAccessDeps {
  readonly fs: FileSystem;
  readonly logger: Logger;
  /** The sessions folder. */
  readonly folder: string;
  readonly owner: OwnerDeps;
}

/** Whose files are to be owned, and whether only while the work runs. */
export interface OwnedSession {
  readonly sessionId: string;
  readonly paths: SessionPaths;
  readonly briefly: boolean;
}

/** Access to the sessions of one store. */
export class SessionAccess {
  readonly #deps: SessionAccessDeps;
  readonly #turns = new Map<string, Promise<unknown>>();
  /** What the owner files of this store were when they were put in place, by path. */
  readonly #own = new Map<string, Fingerprint>();
  #folderChecked = false;

  constructor(deps: SessionAccessDeps) {
    this.#deps = deps;
  }

  /** Makes the folder, and keeps it to the user. Rejects with the system's error. */
  async ensureFolders(): Promise<void> {
    const { fs, folder, logger } = this.#deps;
    // Each save comes by here: looking is far cheaper than trying to make it.
    const created = fs.statSync(folder) === undefined && (await ensureFolder(fs, folder));
    if (created || this.#folderChecked) return;
    this.#folderChecked = true;
    // Made by someone else, perhaps with another umask: what was said is for the user alone.
    await fs.chmod(folder, folderMode).catch((error: unknown) => {
      logger.warn(`the folder's permissions stay as they are: ${String(error)}`);
    });
  }

  /** Runs operations on one session one after another, whatever becomes of the one before. */
  inTurn<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(sessionId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(sessionId, mine);
    const forget = (): void => {
      if (this.#turns.get(sessionId) === mine) this.#turns.delete(sessionId);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** Resolves when the operations asked for so far have ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#turns.values()]);
  }

  /**
   * Runs what needs ownership, which is given back when that fails.
   * @throws SessionError `sessionReadOnly`, `storageFailed`, and what the work throws
   */
  async owned<T>(session: OwnedSession, work: () => Promise<T>): Promise<T> {
    const { sessionId, paths, briefly } = session;
    let keep = false;
    try {
      await this.ensureFolders();
      await takeOwnership(this.#deps.owner, paths.owner, sessionId);
      this.#noteOwn(paths.owner);
      try {
        const result = await work();
        keep = !briefly;
        return result;
      } finally {
        if (!keep) await this.release(paths);
      }
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw storageFailed('open', paths.transcript, error, sessionId);
    }
  }

  /** Whether somebody else who still lives owns the session. Rejects when the file cannot be read. */
  async isOwnedElsewhere({ owner }: SessionPaths): Promise<boolean> {
    const facts = this.#deps.fs.statSync(owner);
    // Nobody replaces the file of an owner who lives, so ours need not be read again.
    if (facts === undefined || isUnchanged(facts, this.#own.get(owner))) return false;
    return isOwnedElsewhere(this.#deps.owner, owner);
  }

  #noteOwn(file: string): void {
    const facts = this.#deps.fs.statSync(file);
    if (facts !== undefined) this.#own.set(file, fingerprintOf(facts));
  }

  /** Gives ownership back; never rejects. */
  async release(paths: SessionPaths): Promise<void> {
    const { owner, logger } = this.#deps;
    this.#own.delete(paths.owner);
    try {
      await dropOwnership(owner, paths.owner);
    } catch (error) {
      // It names this process: as soon as that has ended, the file is nobody's.
      logger.warn(`the owner file stays: ${String(error)}`);
    }
  }
}
