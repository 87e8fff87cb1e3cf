// A session store in memory that can be told to fail.
import { SessionError } from '../../src/session/errors.ts';
import { Emitter } from '../../src/session/event.ts';
import type { SavedSessionInfo } from '../../src/session/info.ts';
import type {
  SessionStore,
  StoredSession,
  TranscriptLog,
  TranscriptSlice,
} from '../../src/session/storePort.ts';
import type { SessionState } from '../../src/session/state.ts';
import {
  TranscriptBuilder,
  type TranscriptChange,
  type TranscriptEntry,
} from '../../src/session/transcript.ts';
import { TranscriptSearch, type TranscriptHit } from '../../src/session/transcriptSearch.ts';

/** Keeps heads and transcripts in maps; `log` tells in which order things were written. */
export class MemoryStore implements SessionStore {
  readonly heads = new Map<string, SessionState>();
  readonly changes = new Map<string, TranscriptChange[]>();
  readonly trash = new Map<string, SessionState>();
  readonly log: string[] = [];
  readonly open_ = new Set<string>();
  failSaves = false;
  /** Sessions whose heads cannot be saved. */
  readonly failSavesOf = new Set<string>();
  /** While it is set, saves wait for it. */
  holdSaves: Promise<void> | undefined;
  /** While it is set, deletions wait for it. */
  holdDeletes: Promise<void> | undefined;
  /** While it is set, transcripts wait for it to be opened. */
  holdOpens: Promise<void> | undefined;
  #failAppends = false;
  readonly #failing = new Emitter<boolean>();

  /** Whether transcripts cannot be written; open ones tell when it changes. */
  get failAppends(): boolean {
    return this.#failAppends;
  }

  set failAppends(fail: boolean) {
    this.#failAppends = fail;
    this.#failing.fire(fail);
  }

  readonly readOnly = new Set<string>();

  list(): Promise<readonly StoredSession[]> {
    return Promise.all([...this.heads.keys()].map((id) => this.load(id)));
  }

  load(sessionId: string): Promise<StoredSession> {
    const state = this.heads.get(sessionId);
    if (state === undefined) {
      return Promise.reject(
        new SessionError('savedSessionUnknown', `There is no saved session "${sessionId}".`, {
          sessionId,
          hint: 'It may have been deleted.',
        }),
      );
    }
    return Promise.resolve({
      kind: 'whole',
      info: this.#info(sessionId, state),
      bytes: () => 1,
      state,
      ...(this.readOnly.has(sessionId) ? { readOnly: 'ownedElsewhere' as const } : {}),
    });
  }

  async save(sessionId: string, state: SessionState): Promise<SavedSessionInfo> {
    await this.holdSaves;
    if (this.failSaves || this.failSavesOf.has(sessionId))
      throw new SessionError('storageFailed', 'no space', { sessionId });
    this.heads.set(sessionId, structuredClone(state));
    this.log.push(`save ${state.status}`);
    return this.#info(sessionId, state);
  }

  async open(sessionId: string): Promise<TranscriptLog> {
    await this.holdOpens;
    if (this.open_.has(sessionId)) {
      throw new SessionError('sessionReadOnly', 'open already', { sessionId });
    }
    this.open_.add(sessionId);
    const changes = this.changes.get(sessionId) ?? [];
    this.changes.set(sessionId, changes);
    const failing = this.#failing;
    const store = this as MemoryStore;
    return {
      append: (change) => {
        changes.push(change);
        store.log.push(`append ${change.type}`);
      },
      sync: () => {
        store.log.push('sync');
        return store.failAppends
          ? Promise.reject(new SessionError('storageFailed', 'no space', { sessionId }))
          : Promise.resolve();
      },
      get failing() {
        return store.failAppends;
      },
      get failure() {
        return store.failAppends
          ? new SessionError('storageFailed', 'no space', { sessionId })
          : undefined;
      },
      onDidChangeFailing: failing.event,
      close: () => {
        store.open_.delete(sessionId);
        return Promise.resolve();
      },
    };
  }

  readTranscript(sessionId: string): Promise<readonly TranscriptEntry[]> {
    const builder = new TranscriptBuilder();
    for (const change of this.changes.get(sessionId) ?? []) builder.apply(change);
    return Promise.resolve(builder.entries());
  }

  async readSlice(sessionId: string, { limit }: { limit: number }): Promise<TranscriptSlice> {
    const entries = await this.readTranscript(sessionId);
    const position = entries.length > limit ? 'more' : undefined;
    return { entries: entries.slice(-limit), before: position };
  }

  search(
    sessionId: string,
    words: string,
    { limit }: { limit: number },
  ): Promise<readonly TranscriptHit[]> {
    const search = new TranscriptSearch(words, limit);
    for (const change of this.changes.get(sessionId) ?? []) search.apply(change);
    return Promise.resolve(search.hits);
  }

  async delete(sessionId: string): Promise<void> {
    await this.load(sessionId);
    await this.holdDeletes;
    const state = this.heads.get(sessionId);
    if (state === undefined) throw new Error('it was deleted twice');
    this.heads.delete(sessionId);
    this.trash.set(sessionId, state);
  }

  undoDelete(sessionId?: string): Promise<string> {
    const id = sessionId ?? [...this.trash.keys()].at(-1);
    const state = id === undefined ? undefined : this.trash.get(id);
    if (id === undefined || state === undefined) {
      return Promise.reject(new SessionError('savedSessionUnknown', 'the trash is empty'));
    }
    this.trash.delete(id);
    this.heads.set(id, state);
    return Promise.resolve(id);
  }

  emptyTrash(): Promise<number> {
    const { size } = this.trash;
    this.trash.clear();
    return Promise.resolve(size);
  }

  trashed(): Promise<readonly string[]> {
    return Promise.resolve([...this.trash.keys()]);
  }

  exportSession(): Promise<void> {
    return Promise.reject(new Error('documents are files: tested on the real store'));
  }

  importSession(): Promise<string> {
    return Promise.reject(new Error('documents are files: tested on the real store'));
  }

  listIn(): Promise<readonly StoredSession[]> {
    return Promise.resolve([]);
  }

  bringOver(): Promise<void> {
    return Promise.reject(new Error('there is no other store'));
  }

  #info(sessionId: string, state: SessionState): SavedSessionInfo {
    const { title, agentId, cwd, messageCount } = state;
    return {
      sessionId,
      title,
      agentId,
      cwd,
      messageCount,
      savedAt: state.lastActivityAt,
      bytes: 1,
    };
  }
}
