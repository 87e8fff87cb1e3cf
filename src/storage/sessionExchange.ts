// Sessions that leave and enter a store whole: exported and imported documents, and stores of other folders.
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { SessionError } from '../session/errors.ts';
import type { StoredSession } from '../session/storePort.ts';
import type { SessionState } from '../session/state.ts';
import { statusAtRest } from '../session/status.ts';
import type { TranscriptEntry } from '../session/transcript.ts';
import { fileMode, keepToUser, removeQuietly, renameFile, syncFolder, writeAll } from './files.ts';
import { formatHead } from './headFormat.ts';
import { readHead } from './headFile.ts';
import { sliceBytes } from './lineScan.ts';
import { copySession } from './otherStores.ts';
import { takeOwnership } from './ownerFile.ts';
import type { SessionAccess } from './sessionAccess.ts';
import { formatDocument, readDocument, type SessionDocument } from './sessionDocument.ts';
import { isSessionId, sessionPaths, storePaths, type SessionPaths } from './sessionFiles.ts';
import { SessionIndex } from './sessionIndex.ts';
import { listSessions, type ListDeps } from './sessionList.ts';
import { storageFailed } from './storageErrors.ts';
import { formatLine } from './transcriptLines.ts';
import { contentIn, isInTrash, moveToTrash, type TrashDeps } from './trash.ts';

/** What the exchange works with: the parts of the store that it belongs to. */
export interface ExchangeDeps {
  readonly list: ListDeps;
  readonly access: SessionAccess;
  readonly temporaryName: () => string;
  /** Whether this store has the session's transcript open. */
  readonly isOpen: (sessionId: string) => boolean;
}

/** Brings sessions into one store, and hands them out. */
export class SessionExchange {
  readonly #deps: ExchangeDeps;
  readonly #trash: TrashDeps;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
    this.#trash = deps.list;
  }

  /**
   * Writes a saved session as one document; a file that is there is replaced once the new one is whole.
   * @throws SessionError `storageDamaged` when it has no head that can be read, `storageFailed`
   */
  async export(
    { info: { sessionId, damaged } }: StoredSession,
    transcript: () => Promise<readonly TranscriptEntry[]>,
    file: string,
  ): Promise<void> {
    const { fs, paths } = this.#deps.list;
    const { head: headFile } = sessionPaths(paths.sessions, sessionId);
    try {
      const head = await readHead(fs, headFile, sessionId);
      if (head?.kind !== 'whole') {
        throw new SessionError('storageDamaged', damaged ?? 'The head is missing.', {
          sessionId,
          hint: 'Restore the session first: that makes a new head of what can be read.',
          details: { file: headFile },
        });
      }
      const pieces = formatDocument(head.head, await transcript());
      await this.#replace(file, pieces);
    } catch (error) {
      throw storageFailed('export', file, error, sessionId);
    }
  }

  /**
   * Takes a document as a session of this store, under a new id where its own is in use or in the
   * trash. Nothing that is there is changed.
   * @returns the id it has here
   * @throws SessionError `storageDamaged`, `storageNewer`, `storageFailed`
   */
  async import(file: string): Promise<string> {
    let document: SessionDocument;
    try {
      document = await readDocument(this.#deps.list.fs, file);
    } catch (error) {
      throw error instanceof SessionError ? error : storageFailed('read', file, error);
    }
    const { session_id: own } = document.head;
    if (isSessionId(own) && (await this.#importAs(own, document))) return own;
    const copy = `session_${randomBytes(9).toString('hex')}`;
    await this.#importAs(copy, document);
    return copy;
  }

  /** The sessions of the store in another folder. Nothing is written there. */
  async listIn(directory: string): Promise<readonly StoredSession[]> {
    const { list, temporaryName } = this.#deps;
    const paths = storePaths(directory);
    const index = new SessionIndex({ ...list, file: paths.index, temporaryName });
    try {
      const look = {
        read: () => index.read(),
        update: () => Promise.resolve(),
      };
      return (await listSessions({ ...list, paths, index: look })).sessions;
    } catch (error) {
      throw storageFailed('list', paths.sessions, error);
    }
  }

  /**
   * Brings a session over from the store in another folder: copied first, then moved to the trash of
   * that store. Nothing is changed in either when it fails.
   * @throws SessionError `savedSessionUnknown`, `sessionReadOnly` when it is open somewhere,
   *   `invalidArgument` when this store has one with this id, `storageFailed`
   */
  async bringOver(directory: string, sessionId: string): Promise<void> {
    const { access, list } = this.#deps;
    const paths = sessionPaths(list.paths.sessions, sessionId);
    const from: TrashDeps = { ...this.#trash, paths: storePaths(directory) };
    const source = sessionPaths(from.paths.sessions, sessionId);
    await access.inTurn(sessionId, () =>
      access.owned({ sessionId, paths, briefly: true }, async () => {
        await takeOwnership(list.owner, source.owner, sessionId);
        try {
          await copySession(from, this.#trash, sessionId);
          await moveToTrash(from, sessionId);
        } finally {
          await access.release(source);
        }
      }),
    );
  }

  /** Writes an imported session, unless its id is in use; whether it was written. */
  async #importAs(sessionId: string, document: SessionDocument): Promise<boolean> {
    const { access, list, isOpen } = this.#deps;
    const paths = sessionPaths(list.paths.sessions, sessionId);
    const inUse = async (): Promise<boolean> =>
      isOpen(sessionId) ||
      (await contentIn(list.fs, list.paths.sessions, sessionId)).length > 0 ||
      (await isInTrash(this.#trash, sessionId));
    return access.inTurn(sessionId, async () => {
      if (await inUse()) return false;
      try {
        return await access.owned({ sessionId, paths, briefly: true }, async () => {
          // Somebody else may have come between the look and the ownership.
          if (await inUse()) return false;
          await this.#write(sessionId, paths, document);
          return true;
        });
      } catch (error) {
        // Another window is just making a session with this id.
        if (error instanceof SessionError && error.code === 'sessionReadOnly') return false;
        throw error;
      }
    });
  }

  /** The head comes last: what an import cut short leaves behind is not taken for the whole. */
  async #write(
    sessionId: string,
    paths: SessionPaths,
    { head, entries }: SessionDocument,
  ): Promise<void> {
    const { fs } = this.#deps.list;
    const state = importedState(head.state, head.session_id === sessionId);
    const text = formatHead({ sessionId, state, savedAt: head.saved_at }, { ...head, state });
    const written: string[] = [];
    const put = async (path: string, pieces: Iterable<string>): Promise<void> => {
      // Nothing was there, and what fails may have put it there all the same.
      written.push(path);
      await this.#replace(path, pieces);
    };
    try {
      await put(paths.transcript, linesOf(entries));
      await put(paths.head, [text]);
    } catch (error) {
      for (const path of written) await removeQuietly(fs, path);
      throw storageFailed('import', paths.head, error, sessionId);
    }
  }

  /** Writes a file piece by piece under another name, syncs it, and gives it its own. */
  async #replace(file: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const { list, temporaryName } = this.#deps;
    const { fs, clock } = list;
    const temporary = `${file}.${temporaryName()}.tmp`;
    const fd = await fs.open(temporary, 'wx', fileMode);
    try {
      try {
        await keepToUser(fs, fd);
        let size = 0;
        for await (const piece of pieces) {
          const bytes = Buffer.from(piece);
          await writeAll(fs, fd, bytes, size);
          size += bytes.length;
        }
        await fs.fsync(fd);
      } finally {
        await fs.close(fd);
      }
      await renameFile({ fs, clock }, temporary, file);
      await syncFolder(fs, dirname(file));
    } catch (error) {
      await removeQuietly(fs, temporary);
      throw error;
    }
  }
}

/** The lines of a transcript, many at a time. */
function* linesOf(entries: readonly TranscriptEntry[]): Generator<string> {
  let piece = '';
  for (const entry of entries) {
    piece += formatLine(entry).toString('utf8');
    if (piece.length < sliceBytes) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** At rest, whatever the session did when it was exported; a copy has no part in the original's conversation. */
function importedState(state: SessionState, original: boolean): SessionState {
  const { aliveAtShutdown: _alive, ...rest } = state;
  const { agentSessionId: _theirs, agentSessionAt: _when, ...own } = rest;
  return { ...(original ? rest : own), status: statusAtRest(state.status) };
}
