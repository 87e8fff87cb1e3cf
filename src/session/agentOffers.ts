// The agents a user can choose from, whether they are there already or can be had: the port between their room and the editor's.
import type { AgentDefinition, AgentInfo } from './agentPort.ts';

/** What is known of an agent besides its entry in the public registry. */
export interface AgentNote {
  /** The program's name on the PATH. */
  readonly command: string;
  /** The oldest Node it runs on, where it needs one. */
  readonly minNode?: string | undefined;
  /** What an installation takes on disk. */
  readonly megabytes?: number | undefined;
  /** Another program that it cannot do without. */
  readonly needs?: string | undefined;
  readonly signIn: {
    /** Variables that it takes a key from. */
    readonly keys: readonly string[];
    /** Arguments that make its program sign somebody in, in a terminal. */
    readonly terminal?: readonly string[] | undefined;
  };
  /** What its sessions can do besides being opened. */
  readonly sessions: readonly ('load' | 'resume' | 'list' | 'close' | 'fork')[];
  /** What surprises people who use it. */
  readonly quirks: readonly string[];
}

/** One agent as it is offered. */
export interface AgentOffer {
  readonly id: string;
  readonly name: string;
  /**
   * `ready` can be started; `installable` can be installed; `broken` was not installed to its end;
   * `installing` is being installed now; `elsewhere` has to be fetched from its makers.
   */
  readonly kind: 'ready' | 'installable' | 'broken' | 'installing' | 'elsewhere';
  /** Where a ready one comes from. */
  readonly source?: 'shipped' | 'settings' | 'installed' | 'path';
  readonly isDefault: boolean;
  /** The command line, for people; environment values are never in it. */
  readonly commandLine?: string;
  readonly description?: string;
  /** What is there, or what would be installed. */
  readonly version?: string;
  /** A newer version than the one there; only of those that Roost has installed. */
  readonly update?: string;
  /** Where its makers tell of it; `https:` only. */
  readonly website?: string;
  readonly note?: AgentNote;
}

/** What an installation is told besides the agent. */
export interface InstallOptions {
  /** Ends npm with everything below it; nothing is changed then. */
  readonly signal: AbortSignal;
  /** Called with how many files have been fetched so far. */
  readonly onFetched?: (count: number) => void;
}

/** Where and how long a command is tried. */
export interface TrialOptions {
  /** Folder to start in, absolute. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** The agents of this machine and of the public registry. */
export interface AgentDirectory {
  /** All agents: those that can be started first, then those that can be had. Starts no process. */
  offers(): Promise<readonly AgentOffer[]>;
  /**
   * Installs an agent, or updates it to the version in the registry; that version, `undefined` when it
   * was cancelled. Until the end, and after any failure, what was there before is what is there.
   * @throws SessionError `installFailed`, `agentUnknown`
   */
  install(agentId: string, options: InstallOptions): Promise<string | undefined>;
  /** Why the user's Node is too old for an agent, in words; `undefined` when it is not. */
  nodeProblem(agentId: string): Promise<string | undefined>;
  /** Takes an agent away that Roost has installed. @throws SessionError `installFailed` */
  remove(agentId: string): Promise<void>;
  /**
   * Asks the public registry; how many agents are new and how many newer, `undefined` when cancelled.
   * @throws SessionError `registryUnreachable`: then everything is as it was
   */
  refresh(
    signal: AbortSignal,
  ): Promise<{ readonly added: number; readonly updated: number } | undefined>;
  /**
   * What the agent behind a command says about itself; nothing of it is alive afterwards.
   * @throws SessionError that says why it is not an agent, or none that can be started; `workspaceUntrusted`
   */
  tryCommand(agent: AgentDefinition, options: TrialOptions): Promise<AgentInfo>;
  /** How an agent is started, and what is known of it. @throws SessionError `agentUnknown`, `workspaceUntrusted` */
  describe(
    agentId: string,
  ): Promise<{ readonly definition: AgentDefinition; readonly note: AgentNote | undefined }>;
}
