// What the domain asks of agents: how they are found, started, spoken to and stopped. The protocol's room implements it.
import type { AgentUpdate, ToolCallPatch } from './agentUpdate.ts';
import type { McpServer } from './mcpServer.ts';
import type { AgentFacts } from './state.ts';

/** An agent that can be started. */
export interface AgentDefinition {
  readonly id: string;
  readonly name: string;
  /** The user gave it that name: it comes before the one that the agent has for itself. */
  readonly namedByUser?: true;
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
  /** It is not the agent that asks: the session cannot start without an answer. */
  readonly toStart?: true;
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
  /** The agent floods its standard error; told once in a run, with the last lines of it. */
  onErrorFlood(stderrTail: string): void;
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
  /** Whether a way to sign in is known beside those that it offers; asked when it wants one and offers none. Must not reject. */
  readonly signInKnown?: () => Promise<boolean>;
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
