// What the domain asks of the world: agents, storage, people and a log. Other rooms implement these.
import type { AgentUpdate, ToolCallPatch } from './agentUpdate.ts';
import type { SessionError } from './errors.ts';
import type { Event } from './event.ts';
import type { SavedSessionInfo } from './info.ts';
import type { McpServer } from './provisions.ts';
import type { AgentFacts, SessionState } from './state.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';
import type { TranscriptHit } from './transcriptSearch.ts';

/** Where messages for the developer of an agent, or of Roost, go. Never given prompts or secrets. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

/** An agent that can be started. */
export interface AgentDefinition {
  readonly id: string;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the user's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder the process is started in when it is not the session's. */
  readonly cwd?: string;
  /** It may ask for the editor's own language models; only an agent of Roost's own may. */
  readonly usesEditorModels?: true;
}

/** One block of a prompt, as the protocol has it: text, image, audio, resource_link, resource. */
export type ContentBlock = { readonly type: string; readonly [key: string]: unknown };

/** How an agent's process ended. */
export interface AgentEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines of standard error, bounded. */
  readonly stderrTail: string;
  /** Set when there never was a process: the operating system's code (`ENOENT`, `EACCES`, …). */
  readonly spawnError?: { readonly code: string; readonly message: string };
}

/** What an agent says about itself when it is asked first. */
export interface AgentInfo {
  readonly protocolVersion: number;
  readonly name?: string;
  /** The name its program has for itself, where `name` is one for people. */
  readonly programName?: string;
  readonly version?: string;
  /** What it offers; an absent capability is an unsupported one. */
  readonly can: {
    readonly load: boolean;
    readonly resume: boolean;
    readonly close: boolean;
    readonly list: boolean;
    readonly fork: boolean;
    readonly image: boolean;
    readonly audio: boolean;
    readonly embeddedContext: boolean;
  };
  /** How it can reach MCP servers besides starting them itself; absent = not at all. */
  readonly mcp?: { readonly http: boolean; readonly sse: boolean };
  readonly authMethods: readonly AuthMethod[];
}

/** A way to sign in that an agent offers. */
export interface AuthMethod {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** `agent`, `terminal`, `env_var`, or something newer. */
  readonly type: string;
  /** The method as the agent sent it. */
  readonly raw: unknown;
}

/** What a conversation is opened with. */
export interface OpenOptions {
  readonly cwd: string;
  /** None when absent. */
  readonly mcpServers?: readonly McpServer[];
}

/** What an earlier conversation is opened again with. */
export interface ReopenOptions extends OpenOptions {
  readonly agentSessionId: string;
}

/** What an earlier conversation is loaded with. */
export interface LoadOptions extends ReopenOptions {
  /** When it was begun: wall time in milliseconds, where known. */
  readonly begunAt?: number | undefined;
}

/** A conversation that the agent has opened (new, loaded or resumed). */
export interface OpenedSession {
  readonly agentSessionId: string;
  readonly modes?: AgentFacts['modes'];
  readonly currentModeId?: string;
  readonly configOptions?: AgentFacts['configOptions'];
}

/** A request for permission. `optionId`s are the agent's. */
export interface PermissionAsk {
  readonly agentSessionId: string;
  readonly toolCall: ToolCallPatch;
  readonly options: readonly {
    readonly optionId: string;
    readonly name: string;
    /** `allow_once`, `allow_always`, `reject_once`, `reject_always`, or something newer. */
    readonly kind: string;
  }[];
}

/** A question: a form described by a JSON schema, or a web page to visit. */
export interface ElicitationAsk {
  readonly agentSessionId: string | undefined;
  readonly mode: 'form' | 'url' | 'other';
  readonly message: string;
  /** For forms: JSON schema of the answer, as the agent sent it. */
  readonly requestedSchema?: unknown;
  readonly url?: string;
  readonly elicitationId?: string;
}

/** The answer to an {@link ElicitationAsk}. */
export type ElicitationAnswer =
  | { readonly action: 'accept'; readonly content?: Readonly<Record<string, unknown>> }
  | { readonly action: 'decline' }
  | { readonly action: 'cancel' };

/**
 * What a link reports, in the order the agent said it. Updates are delivered before the promise of
 * the request whose response followed them resolves. Methods must not throw.
 */
export interface AgentEvents {
  /** `agentSessionId` may be one that no response has named yet. */
  onUpdate(agentSessionId: string, update: AgentUpdate): void;
  /** Resolves with the chosen option, `undefined` = cancelled. The signal fires when the agent no longer waits. */
  requestPermission(ask: PermissionAsk, signal: AbortSignal): Promise<string | undefined>;
  /** The signal fires when the agent no longer waits. */
  elicit(ask: ElicitationAsk, signal: AbortSignal): Promise<ElicitationAnswer>;
  /** An elicitation by URL was completed elsewhere. */
  onElicitationComplete(elicitationId: string): void;
  /** How many commands that Roost runs for the agent are running now. */
  onTerminalsChanged(running: number): void;
  /** One message on the wire; `kind` is a method name or `response`. */
  onMessage(direction: 'in' | 'out', kind: string, bytes: number): void;
}

/** What to start and where. */
export interface LaunchRequest {
  readonly sessionId: string;
  readonly agent: AgentDefinition;
  /** The session's folder, absolute. */
  readonly cwd: string;
  /** The user's keys for this agent: added to its environment, and never written anywhere. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Until then nothing that the agent says is handed on; it waits in its pipe. Must not reject. */
  readonly heardFrom?: Promise<void>;
}

/** How to stop. */
export interface StopRequest {
  /** Straight to SIGKILL of the whole tree. */
  readonly force: boolean;
  /** Upper bound for all polite steps together, in milliseconds; ended early by the exit. */
  readonly graceMs: number;
  /** The conversation to cancel and, where offered, to close first. */
  readonly agentSessionId?: string;
}

/** What a stop did. */
export interface StopReport {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly forced: boolean;
  readonly descendantsKilled: number;
}

/**
 * One run of one agent process with its connection: everything born with it (streams, timers,
 * listeners, terminals) ends with it. Requests reject with a `SessionError`; after the process has
 * ended or the connection is lost they reject at once with `agentExited` or `connectionClosed`.
 */
export interface AgentLink {
  /** `undefined` when the spawn failed. */
  readonly pid: number | undefined;
  /** Resolves once, never rejects: exit seen, output read to its end, terminals of the agent gone. */
  readonly ended: Promise<AgentEnd>;
  /** The last lines of standard error so far. */
  stderrTail(): string;
  /** @throws SessionError `protocolVersion`, `agentError` */
  initialize(): Promise<AgentInfo>;
  /** @throws SessionError `authRequired`, `agentError` */
  newSession(options: OpenOptions): Promise<OpenedSession>;
  loadSession(options: LoadOptions): Promise<OpenedSession>;
  resumeSession(options: ReopenOptions): Promise<OpenedSession>;
  /** Opens a new conversation that goes on from where another one is. Unstable in the protocol. */
  forkSession(options: ReopenOptions): Promise<OpenedSession>;
  authenticate(methodId: string): Promise<void>;
  /** One at a time: the caller queues. */
  prompt(
    agentSessionId: string,
    blocks: readonly ContentBlock[],
  ): Promise<{ readonly stopReason: string }>;
  /** Asks the agent to end the turn; the prompt's promise still settles by the agent's answer. */
  cancel(agentSessionId: string): void;
  setMode(agentSessionId: string, modeId: string): Promise<void>;
  setConfigOption(
    agentSessionId: string,
    configId: string,
    value: unknown,
  ): Promise<AgentFacts['configOptions'] | undefined>;
  /**
   * Ends the process and everything below it, and resolves when the system has said so. Callable at
   * any time and repeatedly: all calls share one stop, a later `force` hastens it.
   */
  stop(request: StopRequest): Promise<StopReport>;
}

/** Starts agents. */
export interface AgentLauncher {
  /** Never throws: a failed spawn shows in {@link AgentLink.ended}. */
  launch(request: LaunchRequest, events: AgentEvents): AgentLink;
}

/** The agents that may be started now. */
export interface AgentCatalog {
  /** One that is shipped, in the settings, or was found before. @throws SessionError `agentUnknown` or `workspaceUntrusted` */
  resolve(agentId: string): AgentDefinition;
  /**
   * The same, and those that Roost has installed or knows by their name on the PATH.
   * @throws SessionError `agentUnknown`, `workspaceUntrusted`, `installFailed` when it is only half installed
   */
  find(agentId: string): Promise<AgentDefinition>;
  readonly defaultAgentId: string;
}

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

/** A saved session as found on disk. */
export type StoredSession =
  | {
      readonly kind: 'whole';
      readonly info: SavedSessionInfo;
      readonly state: SessionState;
      /** Why it can be looked at but not written: another window owns it, or a newer Roost wrote it. */
      readonly readOnly?: 'ownedElsewhere' | 'newerVersion';
    }
  | { readonly kind: 'damaged'; readonly info: SavedSessionInfo; readonly state?: SessionState };

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

/** Makes ids; injected so that tests are repeatable. */
export interface IdSource {
  /** A new session id, fit for a file name. */
  sessionId(): string;
  /** A short id, unique in this process. */
  entryId(): string;
}

/** Files of the workspace as the editor sees them: unsaved text is what is read, writes can be undone. */
export interface WorkspaceFiles {
  /**
   * @param path absolute
   * @throws SessionError `pathOutsideWorkspace`, or `agentError` with `details.cause` = `ENOENT`, …
   */
  readTextFile(
    path: string,
    range: { readonly line?: number; readonly limit?: number },
  ): Promise<string>;
  /** Creates or replaces. @throws as {@link readTextFile} */
  writeTextFile(path: string, content: string): Promise<void>;
}

/** Roots that files and terminals of agents must stay inside of, links resolved. */
export interface WorkspaceRoots {
  /** Absolute paths of the open folders. */
  folders(): readonly string[];
}

/** What a process tree costs. */
export interface ResourceUse {
  /** Processor time so far, in milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly processes: number;
}

/** What the machine can tell of sessions' processes; asked for by people only, never at intervals of their own. */
export interface Machine {
  /** Of one session, or of all: the agents and everything below them. */
  useOf(sessionId?: string): Promise<ResourceUse>;
  /** The living processes of a session. */
  pidsOf(sessionId: string): Promise<readonly number[]>;
  /** Facts about supervision here, for a report to a person. */
  describe(): Promise<Readonly<Record<string, string>>>;
  /** Ends what dead windows left behind; how much there was. */
  sweep(): Promise<{ readonly deadHosts: number; readonly killed: number }>;
}
