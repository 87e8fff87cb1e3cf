// The session store on disk: the one place other rooms open it from, and who does what in it.
import { randomUUID } from 'node:crypto';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { SavedSessionInfo } from '../session/info.ts';
import type { Logger } from '../session/ports.ts';
import type {
  SessionStore,
  StoredSession,
  TranscriptLog,
  TranscriptSlice,
} from '../session/storePort.ts';
import type { SessionState } from '../session/state.ts';
import type { TranscriptEntry } from '../session/transcript.ts';
import { TranscriptSearch, type TranscriptHit } from '../session/transcriptSearch.ts';
import { nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { HeadWriter, type HeadDeps } from './headFile.ts';
import { OpenTranscripts } from './openTranscripts.ts';
import { ownedElsewhere, type OwnerDeps } from './ownerFile.ts';
import type { ProcessIdentity } from './processIdentity.ts';
import { savedInfo } from './savedSession.ts';
import { SessionAccess } from './sessionAccess.ts';
import { SessionExchange } from './sessionExchange.ts';
import { sessionPaths, storePaths, type SessionPaths, type StorePaths } from './sessionFiles.ts';
import { SessionIndex } from './sessionIndex.ts';
import { listSessions, readSession, type ListDeps } from './sessionList.ts';
import { storageFailed } from './storageErrors.ts';
import { sweepLeftovers } from './leftovers.ts';
import { TranscriptReader, type TranscriptSnapshot } from './transcriptReader.ts';
import {
  bringBack,
  clearTrash,
  finishDelete,
  idsInTrash,
  isInTrash,
  lastDeleted,
  moveToTrash,
  type TrashDeps,
} from './trash.ts';

/** What a store is opened with. */
export interface StoreOptions {
  /** The store's folder; created when something is first written. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly identity: ProcessIdentity;
  /** The real one unless a test says otherwise. */
  readonly fs?: FileSystem;
}

/** A store that can be shut down. */
export interface DiskStore extends SessionStore {
  /** The folder it was opened with. */
  readonly directory: string;
  /**
   * Writes out and closes every open transcript, waits for saves under way, and gives up ownership.
   * Never rejects: what cannot be written by now is logged.
   */
  shutdown(): Promise<void>;
}

/** Opens the store in a folder. Nothing is read or written yet. */
export function openStore(options: StoreOptions): DiskStore {
  return new FileSessionStore(options);
}

class FileSessionStore implements DiskStore {
  readonly directory: string;
  readonly #fs: FileSystem;
  readonly #logger: Logger;
  readonly #paths: StorePaths;
  readonly #owner: OwnerDeps;
  readonly #access: SessionAccess;
  readonly #heads: HeadDeps;
  readonly #trash: TrashDeps;
  readonly #index: SessionIndex;
  readonly #list: ListDeps;
  readonly #reader: TranscriptReader;
  readonly #exchange: SessionExchange;
  readonly #open: OpenTranscripts;
  readonly #writers = new Map<string, HeadWriter>();
  #temporaryCount = 0;
  #swept = false;

  constructor({ directory, clock, logger, identity, fs = nodeFileSystem }: StoreOptions) {
    this.directory = directory;
    this.#fs = fs;
    this.#logger = logger;
    const paths = storePaths(directory);
    this.#paths = paths;
    const storeId = randomUUID();
    const temporaryName = (): string => `${storeId.slice(0, 8)}-${++this.#temporaryCount}`;
    this.#owner = { fs, identity, storeId, temporaryName };
    this.#access = new SessionAccess({ fs, logger, folder: paths.sessions, owner: this.#owner });
    this.#heads = {
      fs,
      clock,
      logger,
      temporaryName,
      prepare: async (sessionId, ofSession) => {
        const [elsewhere] = await Promise.all([
          this.#access.isOwnedElsewhere(ofSession),
          this.#access.ensureFolders(),
        ]);
        if (elsewhere) throw ownedElsewhere(sessionId, ofSession.owner);
      },
    };
    this.#trash = { fs, clock, paths };
    this.#index = new SessionIndex({ fs, clock, logger, file: paths.index, temporaryName });
    this.#list = { fs, clock, logger, paths, owner: this.#owner, index: this.#index };
    this.#reader = new TranscriptReader(fs);
    this.#open = new OpenTranscripts({ fs, clock, logger, access: this.#access });
    this.#exchange = new SessionExchange({
      list: this.#list,
      access: this.#access,
      temporaryName,
      isOpen: (sessionId) => this.#open.has(sessionId),
    });
  }

  async list(): Promise<readonly StoredSession[]> {
    try {
      await this.#index.settled();
      const { sessions, temporary, headless } = await listSessions(this.#list);
      if (this.#swept) return sessions;
      this.#swept = true;
      await sweepLeftovers(this.#trash, temporary);
      const finished = await Promise.all(headless.map((id) => this.#finishDelete(id)));
      return sessions.filter(({ info }) => !finished.includes(info.sessionId));
    } catch (error) {
      throw storageFailed('list', this.#paths.sessions, error);
    }
  }

  async load(sessionId: string): Promise<StoredSession> {
    const { head } = this.#pathsOf(sessionId);
    let found: StoredSession | undefined;
    try {
      found = await readSession(this.#list, sessionId);
    } catch (error) {
      throw storageFailed('read', head, error, sessionId);
    }
    if (found === undefined) throw unknownSession(sessionId);
    return found;
  }

  async save(sessionId: string, state: SessionState): Promise<SavedSessionInfo> {
    const paths = this.#pathsOf(sessionId);
    // Nothing is awaited before: saves are written in the order in which they were asked for.
    const saved = await this.#writerOf(sessionId, paths).save(state);
    // A cache, which nobody who has saved waits for; the shutdown does.
    void this.#index.remember([sessionId, saved]);
    const bytes = saved.bytes + this.#sizeOf(paths.transcript);
    return savedInfo({ sessionId, bytes }, saved);
  }

  async open(sessionId: string): Promise<TranscriptLog> {
    return this.#open.open(sessionId, this.#pathsOf(sessionId));
  }

  async readTranscript(sessionId: string): Promise<readonly TranscriptEntry[]> {
    return this.#reading(sessionId, (snapshot) => this.#reader.readAll(snapshot));
  }

  async readSlice(
    sessionId: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice> {
    return this.#reading(sessionId, (snapshot) => this.#reader.readSlice(snapshot, options));
  }

  async search(
    sessionId: string,
    words: string,
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly TranscriptHit[]> {
    const search = new TranscriptSearch(words, limit);
    const enough = new AbortController();
    const stop = AbortSignal.any([signal, enough.signal]);
    await this.#reading(sessionId, (snapshot) =>
      this.#reader.scan(snapshot, stop, (change) => {
        search.apply(change);
        if (search.full) enough.abort();
      }),
    );
    return search.hits;
  }

  async delete(sessionId: string): Promise<void> {
    const paths = this.#pathsOf(sessionId);
    await this.#access.inTurn(sessionId, async () => {
      if (this.#open.has(sessionId)) {
        throw new SessionError('invalidArgument', 'A session that is open cannot be deleted.', {
          sessionId,
          hint: 'Stop the session first.',
        });
      }
      await this.load(sessionId);
      await this.#writers.get(sessionId)?.settled();
      await this.#access.owned({ sessionId, paths, briefly: true }, () =>
        moveToTrash(this.#trash, sessionId),
      );
      this.#reader.forget(paths.transcript);
      // It remembers the whole head; whoever saves again reads what is there.
      if (this.#writers.get(sessionId)?.idle === true) this.#writers.delete(sessionId);
    });
  }

  async undoDelete(sessionId?: string): Promise<string> {
    const deleted = await lastDeleted(this.#trash, sessionId);
    const paths = this.#pathsOf(deleted);
    await this.#access.inTurn(deleted, () =>
      this.#access.owned({ sessionId: deleted, paths, briefly: true }, () =>
        bringBack(this.#trash, deleted),
      ),
    );
    return deleted;
  }

  async exportSession(sessionId: string, file: string): Promise<void> {
    const stored = await this.load(sessionId);
    await this.#exchange.export(stored, () => this.readTranscript(sessionId), file);
  }

  async importSession(file: string): Promise<string> {
    return this.#exchange.import(file);
  }

  async listIn(directory: string): Promise<readonly StoredSession[]> {
    return this.#exchange.listIn(directory);
  }

  async bringOver(directory: string, sessionId: string): Promise<void> {
    return this.#exchange.bringOver(directory, sessionId);
  }

  async trashed(): Promise<readonly string[]> {
    return idsInTrash(this.#trash);
  }

  async emptyTrash(): Promise<number> {
    return clearTrash(this.#trash);
  }

  async shutdown(): Promise<void> {
    await this.#access.settled();
    await this.#open.closeAll();
    await Promise.allSettled([...this.#writers.values()].map((writer) => writer.settled()));
    await this.#index.settled();
  }

  /** @throws SessionError `invalidArgument` */
  #pathsOf(sessionId: string): SessionPaths {
    return sessionPaths(this.#paths.sessions, sessionId);
  }

  #sizeOf(file: string): number {
    try {
      return this.#fs.statSync(file)?.size ?? 0;
    } catch (error) {
      this.#logger.warn(`${file}: ${String(error)}`);
      return 0;
    }
  }

  #writerOf(sessionId: string, paths: SessionPaths): HeadWriter {
    let writer = this.#writers.get(sessionId);
    if (writer === undefined) {
      writer = new HeadWriter(this.#heads, sessionId, paths);
      this.#writers.set(sessionId, writer);
    }
    return writer;
  }

  /** Ends a deletion that a crash cut short; the session's id if there was one. */
  async #finishDelete(sessionId: string): Promise<string | undefined> {
    const paths = this.#pathsOf(sessionId);
    const finish = (): Promise<boolean> => finishDelete(this.#trash, sessionId);
    try {
      if (this.#open.has(sessionId) || !(await isInTrash(this.#trash, sessionId))) return undefined;
      const finished = await this.#access.inTurn(sessionId, () =>
        this.#access.owned({ sessionId, paths, briefly: true }, finish),
      );
      return finished ? sessionId : undefined;
    } catch (error) {
      this.#logger.warn(`the deletion of ${sessionId} is not finished: ${String(error)}`);
      return undefined;
    }
  }

  /**
   * The snapshot is taken before this returns: what is appended later is not in it. A session without
   * a transcript, or without anything, has an empty one.
   */
  async #reading<T>(
    sessionId: string,
    read: (snapshot: TranscriptSnapshot) => Promise<T>,
  ): Promise<T> {
    const { transcript: file } = this.#pathsOf(sessionId);
    try {
      const size = this.#fs.statSync(file)?.size ?? 0;
      const held = this.#open.heldOf(sessionId);
      return await read({ file, size, held });
    } catch (error) {
      if (error instanceof SessionError) throw error.forSession(sessionId);
      throw storageFailed('read', file, error, sessionId);
    }
  }
}

function unknownSession(sessionId: string): SessionError {
  return new SessionError('savedSessionUnknown', `There is no saved session "${sessionId}".`, {
    sessionId,
    hint: 'It may have been deleted, or belong to another folder.',
  });
}
