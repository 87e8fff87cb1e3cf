// What the domain asks of storage: sessions and transcripts on disk. The storage room implements it.
import type { SessionError } from './errors.ts';
import type { Event } from './event.ts';
import type { SavedSessionInfo } from './info.ts';
import type { SessionState } from './state.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';
import type { TranscriptHit } from './transcriptSearch.ts';

/** An append-only transcript that is open for writing by this process alone. */
export interface TranscriptLog {
  /**
   * Writes one change before it returns. Never throws: when the disk refuses, the change is held,
   * `failing` turns true, and writing is tried again until it succeeds.
   */
  append(change: TranscriptChange): void;
  /** Resolves when everything appended is on stable storage. @throws SessionError `storageFailed` */
  sync(): Promise<void>;
  /** Whether something appended is not on disk because a write failed. */
  readonly failing: boolean;
  /** Why, while {@link failing}. */
  readonly failure: SessionError | undefined;
  readonly onDidChangeFailing: Event<boolean>;
  /** Syncs and closes; appending afterwards is a bug. */
  close(): Promise<void>;
}

/** A page of a transcript: entries in order, and where the page before it ends. */
export interface TranscriptSlice {
  readonly entries: readonly TranscriptEntry[];
  /** Pass as `before` to get the page before this one; `undefined` at the start of the transcript. */
  readonly before: string | undefined;
}

interface Stored {
  readonly info: Omit<SavedSessionInfo, 'bytes'>;
  /** Size of head and transcript: a look at the disk, which a list of ten thousand is shown without. */
  readonly bytes: () => number;
}

/** A saved session as found on disk. */
export type StoredSession =
  | (Stored & {
      readonly kind: 'whole';
      readonly state: SessionState;
      /** Why it can be looked at but not written: another window owns it, or a newer Roost wrote it. */
      readonly readOnly?: 'ownedElsewhere' | 'newerVersion';
    })
  | (Stored & { readonly kind: 'damaged'; readonly state?: SessionState });

/** A saved session as others are told of it, with its size. */
export function savedInfoOf({ info, bytes }: StoredSession): SavedSessionInfo {
  return { ...info, bytes: bytes() };
}

/** Sessions on disk. Ids are checked before they become a path. Rejections are `SessionError`s. */
export interface SessionStore {
  /** All saved sessions, damaged ones too; never rejects because of one bad file. */
  list(): Promise<readonly StoredSession[]>;
  /** @throws SessionError `savedSessionUnknown` */
  load(sessionId: string): Promise<StoredSession>;
  /**
   * Replaces the head atomically and syncs it. Concurrent saves of one session are written in order.
   * @throws SessionError `storageFailed`, `sessionReadOnly`, `storageNewer`
   */
  save(sessionId: string, state: SessionState): Promise<SavedSessionInfo>;
  /**
   * Takes ownership of a session and opens its transcript for appending.
   * @throws SessionError `storageNewer`, `sessionReadOnly` when a live process elsewhere owns it
   */
  open(sessionId: string): Promise<TranscriptLog>;
  /** Every entry; parsed in slices so that the event loop is never held up. */
  readTranscript(sessionId: string): Promise<readonly TranscriptEntry[]>;
  /**
   * The newest `limit` entries, or those before a position an earlier slice named. Of a transcript that
   * is being written it holds what had been appended when this was called, and nothing that was later:
   * the end of the file is taken at the call, not when the reading gets there.
   */
  readSlice(
    sessionId: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice>;
  /**
   * The first places in a transcript where words are, in any case; one per entry. Reads in slices, and
   * stops early when `signal` fires.
   */
  search(
    sessionId: string,
    words: string,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly TranscriptHit[]>;
  /** Moves the session's files to the trash. @throws SessionError `savedSessionUnknown` */
  delete(sessionId: string): Promise<void>;
  /** Brings the last deleted session (or the one named) back from the trash; its id. */
  undoDelete(sessionId?: string): Promise<string>;
  /** The ids of the sessions in the trash, the last deleted one last. */
  trashed(): Promise<readonly string[]>;
  /** Deletes the trash for good; how many sessions were in it. */
  emptyTrash(): Promise<number>;
  /**
   * Writes a saved session as one JSON document: the fields of its head, and its whole transcript. A
   * file that is there is replaced once the new one is whole.
   * @param file absolute path
   * @throws SessionError `savedSessionUnknown`, `storageDamaged` when it has no head that can be read, `storageFailed`
   */
  exportSession(sessionId: string, file: string): Promise<void>;
  /**
   * Takes an exported document as a saved session, under a new id where its own is in use or in the
   * trash; the id it has here. Nothing that is there is changed.
   * @param file absolute path
   * @throws SessionError `storageDamaged`, `storageNewer`, `storageFailed`
   */
  importSession(file: string): Promise<string>;
  /** The sessions of the store in another folder; nothing is written there. */
  listIn(directory: string): Promise<readonly StoredSession[]>;
  /**
   * Brings a session over from the store in another folder: copied first, then moved to the trash of
   * that store. Nothing is changed in either when it fails.
   * @throws SessionError `savedSessionUnknown`, `sessionReadOnly` when it is open somewhere,
   *   `invalidArgument` when this store has one with this id, `storageFailed`
   */
  bringOver(directory: string, sessionId: string): Promise<void>;
}
