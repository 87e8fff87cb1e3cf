// The operations on sessions that the rest of Roost calls: implemented by the SessionManager, faked in tests.
import type { SessionError } from './errors.ts';
import type { Event } from './event.ts';
import type { FileBefore } from './fileChanges.ts';
import type {
  ListedSession,
  PendingRequest,
  SavedSessionInfo,
  SessionInfo,
  TerminationReport,
} from './info.ts';
import type {
  AgentInfo,
  AuthMethod,
  ContentBlock,
  ElicitationAnswer,
  ElicitationAsk,
  PermissionAsk,
} from './agentPort.ts';
import type { TranscriptSlice } from './storePort.ts';
import type { SessionConfig } from './config.ts';
import type { AgentFacts, RememberedAnswer } from './state.ts';
import type { SessionStatus } from './status.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';
import type { TranscriptHit } from './transcriptSearch.ts';

/** A request that waits for the user, with everything the agent said about it. */
export type PendingRequestDetails = PendingRequest &
  (
    | { readonly kind: 'permission'; readonly ask: PermissionAsk }
    | { readonly kind: 'elicitation'; readonly ask: ElicitationAsk }
  );

/** What a panel or a tooltip shows besides {@link SessionInfo}. */
export interface SessionDetails {
  readonly info: ListedSession;
  readonly config: SessionConfig;
  readonly agentName: string;
  readonly facts: AgentFacts;
  readonly can: AgentInfo['can'] | undefined;
  /** Ways to sign in that the agent offered; absent until it was asked in this window. */
  readonly authMethods?: readonly AuthMethod[] | undefined;
  readonly pending: readonly PendingRequestDetails[];
  /** Prompts that wait behind the running turn, oldest first. */
  readonly queue: readonly { readonly promptId: string; readonly text: string }[];
  /** When a crashed session will be started again by itself; ISO 8601. */
  readonly restartAt: string | undefined;
  /** Since when the running turn has been silent too long; ISO 8601. */
  readonly stalledSince: string | undefined;
  /** Why the session can only be read. */
  readonly readOnly: 'ownedElsewhere' | 'newerVersion' | undefined;
  /** How often another window was found to have had the session meanwhile: a transcript read before is old. */
  readonly changedElsewhere: number;
  /** After how many idle minutes the session was stopped, when that is why it rests. */
  readonly stoppedAfterIdleMinutes: number | undefined;
  /** Whether something said is not on disk because writing fails. */
  readonly storageFailing: boolean;
  /** What the disk last said no with, while {@link storageFailing}. */
  readonly storageError: SessionError | undefined;
  /** The turn that ran when the process ended was cut short. */
  readonly interrupted: boolean;
  /** What the user answered once and for all, oldest first. */
  readonly remembered: readonly RememberedAnswer[];
}

/** How a turn ended: `cancelled` by the user, `failed` in any way that nobody asked for. */
export type TurnOutcome = 'finished' | 'failed' | 'cancelled';

/** What {@link Sessions.create} is given. */
export interface CreateOptions {
  readonly agent?: string;
  readonly cwd?: string;
  readonly title?: string;
  readonly config?: Partial<SessionConfig>;
}

/** How a search goes on, and what it has found so far. */
export interface SearchOptions {
  /** Ends the search; nothing is told any more. */
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
  onHits(session: SavedSessionInfo, hits: readonly TranscriptHit[]): void;
}

/** The operations on sessions. Every rejection is a `SessionError`. */
export interface Sessions {
  /**
   * The row is in the list as soon as what supervises it is loaded; resolves when ready.
   * @param onListed called when the row is there, which is before its agent starts
   */
  create(options?: CreateOptions, onListed?: (sessionId: string) => void): Promise<SessionInfo>;
  list(): readonly ListedSession[];
  get(sessionId: string): ListedSession | undefined;
  /** @throws SessionError `sessionUnknown` */
  details(sessionId: string): SessionDetails;
  /**
   * Queues a prompt, starting the agent first where it does not run; resolves at the turn's end.
   * @param again whether it was sent before and the agent asked for a sign-in: while nothing else has been said since,
   * the transcript holds it once
   */
  prompt(
    sessionId: string,
    prompt: string | readonly ContentBlock[],
    again?: boolean,
  ): Promise<{ readonly stopReason: string }>;
  /**
   * Takes a waiting prompt out of the queue. Its promise resolves with `cancelled`; what it said is
   * returned, so that it can be written anew. `undefined` when it waits no more.
   */
  unqueue(sessionId: string, promptId: string): readonly ContentBlock[] | undefined;
  /** Gives a waiting prompt another place, counted from 0 at the one that is next. */
  moveQueued(sessionId: string, promptId: string, to: number): void;
  cancel(sessionId: string): Promise<void>;
  respondToPermission(
    sessionId: string,
    requestId: string,
    optionId: string | undefined,
  ): Promise<void>;
  respondToElicitation(
    sessionId: string,
    requestId: string,
    answer: ElicitationAnswer,
  ): Promise<void>;
  setMode(sessionId: string, modeId: string): Promise<void>;
  setConfigOption(sessionId: string, configId: string, value: unknown): Promise<void>;
  terminate(sessionId: string, options?: { readonly force?: boolean }): Promise<TerminationReport>;
  restart(sessionId: string): Promise<SessionInfo>;
  /** Starts a session at rest without a prompt. */
  resume(sessionId: string): Promise<SessionInfo>;
  /**
   * A new session that goes on from where this one is, with all that was said; needs an agent that can. A title that is
   * given stays whatever the agent calls it; without, it is called as the other one.
   */
  fork(sessionId: string, title?: string): Promise<SessionInfo>;
  /**
   * Signs in with a method of the agent and starts the session where it does not run.
   * @throws SessionError `authRequired` when the agent refuses, or asks again after it accepted
   */
  signIn(sessionId: string, methodId: string): Promise<SessionInfo>;
  rename(sessionId: string, title: string): Promise<void>;
  setKeepAwake(sessionId: string, keepAwake: boolean): Promise<void>;
  /** Merges; a key that is there but undefined follows the settings again. Requests that the new mode answers are answered. */
  configure(
    sessionId: string,
    config: { readonly [Key in keyof SessionConfig]?: SessionConfig[Key] | undefined },
  ): Promise<void>;
  /** Takes one remembered answer back: from now on the user is asked again. What the agent itself remembers is its own. */
  forgetAnswer(sessionId: string, answerId: string): Promise<void>;
  /** The user has seen what happened in the background. */
  markRead(sessionId: string): Promise<void>;
  /** Pins at a place among the pinned ones (lowest first), or takes the pin away. */
  setPinned(sessionId: string, place: number | undefined): Promise<void>;
  /** Puts a session away, saved and stopped, or takes it out again; starting it takes it out too. */
  setArchived(sessionId: string, archived: boolean): Promise<void>;
  save(sessionId: string): Promise<SavedSessionInfo>;
  restore(sessionId: string): Promise<SessionInfo>;
  /** Brings every saved session into the list, at rest; the ids that are new in it. */
  restoreAll(): Promise<readonly string[]>;
  listSaved(): Promise<readonly SavedSessionInfo[]>;
  /** The saved sessions that the last {@link restoreAll} found damaged. */
  damaged(): readonly SavedSessionInfo[];
  /** One of them. @throws SessionError `savedSessionUnknown` */
  saved(sessionId: string): Promise<SavedSessionInfo>;
  deleteSaved(sessionId: string): Promise<void>;
  /** Brings back the last deleted session (or the one named) as a dormant row. */
  undoDelete(sessionId?: string): Promise<SessionInfo>;
  /** The ids of the sessions in the trash. */
  trashed(): Promise<readonly string[]>;
  /** Deletes the trash for good; how many sessions were in it. */
  emptyTrash(): Promise<number>;
  /** Writes the session as one JSON document: its head's fields and its whole transcript. Replaces the file. */
  exportSession(sessionId: string, file: string): Promise<void>;
  /** Takes an exported file as a row at rest, under a new id where its own is in use; overwrites nothing. */
  importSession(file: string): Promise<SessionInfo>;
  /** The saved sessions of the store in another folder. */
  listSavedIn(directory: string): Promise<readonly SavedSessionInfo[]>;
  /** Brings one of them over: copied, then moved to the trash there. A row at rest. */
  bringOver(directory: string, sessionId: string): Promise<SessionInfo>;
  /** Where the session works from its next start on; for a folder that was renamed or is elsewhere here. */
  changeFolder(sessionId: string, cwd: string): Promise<void>;
  transcript(sessionId: string): Promise<readonly TranscriptEntry[]>;
  /**
   * The newest entries first page, then older ones; see `SessionStore.readSlice`. The newest page of a
   * live session holds exactly the changes that `onDidChangeTranscript` fired before the call, so that
   * a listener which subscribes first and applies what it hears after it neither misses nor doubles text.
   */
  transcriptSlice(
    sessionId: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice>;
  /** What the files that a session changed were before it, in the order of their first change. */
  filesBefore(sessionId: string): Promise<readonly FileBefore[]>;
  /** Looks for words, in any case, in all saved transcripts, the last used session first. */
  search(words: string, options: SearchOptions): Promise<void>;
  /** Stops the sessions that are due for being idle, each saved first; the ids of those it ended. */
  terminateIdle(): Promise<readonly string[]>;
  /** The user did something with this session (opened it, types in its composer). */
  touch(sessionId: string): void;
  /** Whether the user is looking at this session now. */
  setVisible(sessionId: string, visible: boolean): void;

  /** Something about a session changed; `status` is the one it has now. Fires on every visible change. */
  readonly onDidChange: Event<{
    readonly sessionId: string;
    readonly status: SessionStatus | 'deleted';
    /** Whether `status` itself is new. */
    readonly statusChanged: boolean;
  }>;
  /** A turn has ended; the session's row says so already. */
  readonly onDidEndTurn: Event<{ readonly sessionId: string; readonly outcome: TurnOutcome }>;
  /** A live session's transcript grew or changed; in order. */
  readonly onDidChangeTranscript: Event<{
    readonly sessionId: string;
    readonly change: TranscriptChange;
  }>;
}
