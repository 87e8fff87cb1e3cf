// The session store on disk: the one place other rooms open it from, and who does what in it.
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { SavedSessionInfo } from '../session/info.ts';
import type {
  Logger,
  SessionStore,
  StoredSession,
  TranscriptLog,
  TranscriptSlice,
} from '../session/ports.ts';
import type { SessionState } from '../session/state.ts';
import type { TranscriptEntry } from '../session/transcript.ts';
import { ensureFolder, fileMode, folderMode, namesIn, removeQuietly, syncFolder } from './files.ts';
import { nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { HeadWriter, readHead, writtenByNewer, type HeadDeps } from './headFile.ts';
import {
  dropOwnership,
  isOwnedElsewhere,
  ownedElsewhere,
  takeOwnership,
  type OwnerDeps,
} from './ownerFile.ts';
import type { ProcessIdentity } from './processIdentity.ts';
import { savedInfo } from './savedSession.ts';
import { sessionPaths, storePaths, type SessionPaths, type StorePaths } from './sessionFiles.ts';
import { SessionIndex } from './sessionIndex.ts';
import { listSessions, readSession, type ListDeps } from './sessionList.ts';
import { storageFailed } from './storageErrors.ts';
import { FileTranscriptLog } from './transcriptLog.ts';
import { TranscriptReader, type TranscriptSnapshot } from './transcriptReader.ts';
import {
  bringBack,
  clearTrash,
  finishDelete,
  lastDeleted,
  moveToTrash,
  type TrashDeps,
} from './trash.ts';

/** A temporary file this old belongs to no save that is still under way. */
const leftoverAfterMs = 10 * 60_000;

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
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #paths: StorePaths;
  readonly #owner: OwnerDeps;
  readonly #heads: HeadDeps;
  readonly #trash: TrashDeps;
  readonly #index: SessionIndex;
  readonly #list: ListDeps;
  readonly #reader: TranscriptReader;
  readonly #writers = new Map<string, HeadWriter>();
  readonly #logs = new Map<string, FileTranscriptLog>();
  /** Opens, deletions and returns of one session, one after another. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #temporaryCount = 0;
  #swept = false;
  #folderChecked = false;

  constructor({ directory, clock, logger, identity, fs = nodeFileSystem }: StoreOptions) {
    this.directory = directory;
    this.#fs = fs;
    this.#clock = clock;
    this.#logger = logger;
    const paths = storePaths(directory);
    this.#paths = paths;
    const storeId = randomUUID();
    const temporaryName = (): string => `${storeId.slice(0, 8)}-${++this.#temporaryCount}`;
    this.#owner = { fs, identity, storeId, temporaryName };
    this.#heads = {
      fs,
      clock,
      logger,
      temporaryName,
      prepare: async (sessionId, { owner }) => {
        await this.#ensureFolders();
        if (await isOwnedElsewhere(this.#owner, owner)) throw ownedElsewhere(sessionId, owner);
      },
    };
    this.#trash = { fs, clock, paths };
    this.#index = new SessionIndex({ fs, clock, logger, file: paths.index, temporaryName });
    this.#list = { fs, clock, logger, paths, owner: this.#owner, index: this.#index };
    this.#reader = new TranscriptReader(fs);
  }

  async list(): Promise<readonly StoredSession[]> {
    try {
      const { sessions, temporary, headless } = await listSessions(this.#list);
      if (this.#swept) return sessions;
      this.#swept = true;
      await this.#sweep(temporary);
      const finished = await this.#finishDeletes(headless);
      return sessions.filter(({ info }) => !finished.has(info.sessionId));
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
    await this.#index.remember([[sessionId, saved]]);
    const bytes = saved.bytes + this.#sizeOf(paths.transcript);
    return savedInfo({ sessionId, bytes }, saved);
  }

  async open(sessionId: string): Promise<TranscriptLog> {
    const paths = this.#pathsOf(sessionId);
    return this.#inTurn(sessionId, async () => {
      // A start right behind a stop waits for it; a close that fails leaves the transcript open.
      await this.#logs.get(sessionId)?.closing?.catch(() => undefined);
      const left = this.#logs.get(sessionId);
      if (left?.reopen() === true) return left;
      if (left !== undefined) {
        throw new SessionError('internal', 'The transcript is open already.', { sessionId });
      }
      await this.#owned(sessionId, paths, async () => {
        const head = await readHead(this.#fs, paths.head, sessionId);
        if (head?.kind === 'whole' && head.newer) throw writtenByNewer(sessionId, paths.head);
        this.#logs.set(sessionId, await this.#openLog(sessionId, paths));
      });
      const log = this.#logs.get(sessionId);
      if (log === undefined) throw new SessionError('internal', 'No transcript.', { sessionId });
      return log;
    });
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

  async delete(sessionId: string): Promise<void> {
    const paths = this.#pathsOf(sessionId);
    await this.#inTurn(sessionId, async () => {
      if (this.#logs.has(sessionId)) {
        throw new SessionError('invalidArgument', 'A session that is open cannot be deleted.', {
          sessionId,
          hint: 'Stop the session first.',
        });
      }
      await this.load(sessionId);
      await this.#writers.get(sessionId)?.settled();
      await this.#owned(sessionId, paths, () => moveToTrash(this.#trash, sessionId), true);
      this.#reader.forget(paths.transcript);
    });
  }

  async undoDelete(sessionId?: string): Promise<string> {
    const deleted = await lastDeleted(this.#trash, sessionId);
    await this.#inTurn(deleted, () =>
      this.#owned(deleted, this.#pathsOf(deleted), () => bringBack(this.#trash, deleted), true),
    );
    return deleted;
  }

  async emptyTrash(): Promise<number> {
    return clearTrash(this.#trash);
  }

  async shutdown(): Promise<void> {
    await Promise.allSettled([...this.#turns.values()]);
    await Promise.allSettled(
      [...this.#logs.values()].map(async (log) => {
        try {
          await log.close();
        } catch (error) {
          this.#logger.error('a transcript could not be written to its end', error);
          await log.abandon();
        }
      }),
    );
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

  async #ensureFolders(): Promise<void> {
    const created = await ensureFolder(this.#fs, this.#paths.sessions);
    if (created || this.#folderChecked) return;
    this.#folderChecked = true;
    // Made by someone else, perhaps with another umask: what was said is for the user alone.
    await this.#fs.chmod(this.#paths.sessions, folderMode).catch((error: unknown) => {
      this.#logger.warn(`the folder's permissions stay as they are: ${String(error)}`);
    });
  }

  #writerOf(sessionId: string, paths: SessionPaths): HeadWriter {
    let writer = this.#writers.get(sessionId);
    if (writer === undefined) {
      writer = new HeadWriter(this.#heads, sessionId, paths);
      this.#writers.set(sessionId, writer);
    }
    return writer;
  }

  /** Runs what needs ownership; it is given back when that fails, or in any case if only `briefly` needed. */
  async #owned(
    sessionId: string,
    paths: SessionPaths,
    work: () => Promise<void>,
    briefly = false,
  ): Promise<void> {
    try {
      await this.#ensureFolders();
      await takeOwnership(this.#owner, paths.owner, sessionId);
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw storageFailed('open', paths.owner, error, sessionId);
    }
    let done = false;
    try {
      await work();
      done = true;
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw storageFailed('open', paths.transcript, error, sessionId);
    } finally {
      if (briefly || !done) await this.#release(paths);
    }
  }

  async #openLog(sessionId: string, paths: SessionPaths): Promise<FileTranscriptLog> {
    return FileTranscriptLog.open({
      fs: this.#fs,
      clock: this.#clock,
      logger: this.#logger,
      sessionId,
      file: paths.transcript,
      openFile: () => this.#openTranscript(paths.transcript),
      onClosed: async () => {
        this.#logs.delete(sessionId);
        await this.#release(paths);
      },
    });
  }

  async #openTranscript(file: string): Promise<number> {
    await this.#ensureFolders();
    const created = this.#fs.statSync(file) === undefined;
    const fd = await this.#fs.open(file, 'a+', fileMode);
    try {
      await this.#fs.fchmod(fd, fileMode);
      if (created) await syncFolder(this.#fs, dirname(file));
      return fd;
    } catch (error) {
      await this.#fs.close(fd);
      throw error;
    }
  }

  async #release(paths: SessionPaths): Promise<void> {
    try {
      await dropOwnership(this.#owner, paths.owner);
    } catch (error) {
      // It names this process: as soon as that has ended, the file is nobody's.
      this.#logger.warn(`the owner file stays: ${String(error)}`);
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
      const held = this.#logs.get(sessionId)?.held() ?? [];
      return await read({ file, size, held });
    } catch (error) {
      if (error instanceof SessionError) throw error.forSession(sessionId);
      throw storageFailed('read', file, error, sessionId);
    }
  }

  #inTurn<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(sessionId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#turns.set(sessionId, mine);
    const forget = (): void => {
      if (this.#turns.get(sessionId) === mine) this.#turns.delete(sessionId);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** Removes temporary files that no save will ever rename into place. */
  async #sweep(temporary: readonly string[]): Promise<void> {
    const { root, sessions, index } = this.#paths;
    const ofIndex = (await namesIn(this.#fs, root)).filter(
      (name) => name.startsWith(basename(index)) && name.endsWith('.tmp'),
    );
    const paths = [
      ...temporary.map((name) => join(sessions, name)),
      ...ofIndex.map((name) => join(root, name)),
    ];
    for (const path of paths) {
      const changedAt = this.#fs.statSync(path)?.mtimeMs ?? Infinity;
      if (this.#clock.now() - changedAt > leftoverAfterMs) await removeQuietly(this.#fs, path);
    }
  }

  /** Ends deletions that a crash cut short; ids of the sessions that are gone now. */
  async #finishDeletes(headless: readonly string[]): Promise<ReadonlySet<string>> {
    const finished = new Set<string>();
    for (const sessionId of headless) {
      try {
        if (this.#logs.has(sessionId)) continue;
        await lastDeleted(this.#trash, sessionId);
        await this.#inTurn(sessionId, () =>
          this.#owned(
            sessionId,
            this.#pathsOf(sessionId),
            async () => {
              if (await finishDelete(this.#trash, sessionId)) finished.add(sessionId);
            },
            true,
          ),
        );
      } catch (error) {
        this.#logger.debug(`no deletion of ${sessionId} to finish: ${String(error)}`);
      }
    }
    return finished;
  }
}

function unknownSession(sessionId: string): SessionError {
  return new SessionError('savedSessionUnknown', 'No such session is saved.', {
    sessionId,
    hint: 'It may have been deleted, or belong to another folder.',
  });
}
