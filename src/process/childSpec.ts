// What to run, and how a run ended: the plain data that crosses the border of this room.

/** One child process to start: never through a shell. */
export interface ChildSpec {
  /** The session it belongs to; part of the marker in its environment. */
  readonly sessionId: string;
  /** A program's name, looked up in the user's PATH, or a path (relative ones from `cwd`, `~/` from home). */
  readonly command: string;
  readonly args: readonly string[];
  /** Folder to start in, absolute. */
  readonly cwd: string;
  /** Added to the user's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The run on whose behalf this one runs (a terminal's agent): dies with it at the latest. */
  readonly parent?: ChildRunIdentity;
  /** Whether its standard input is a pipe (the default) or closed from the start. */
  readonly stdin?: 'pipe' | 'closed';
  /** `tail` (the default): standard error is read here, its end is kept. `pipe`: the caller reads it. */
  readonly stderr?: 'tail' | 'pipe';
}

/** Names one run among all runs of this host: `7`, or `7.9` for a run on behalf of `7`. */
export interface ChildRunIdentity {
  readonly runId: string;
}

/** Why there never was a process. */
export interface SpawnError {
  /**
   * The system's code, made definite: `ENOENT` the command was not found, `EACCES` it may not be
   * executed, `EISDIR` it is a folder, `ENOCWD` the folder to start in does not exist, `ENOTDIR` it
   * is not a folder, `ECANCELED` it was stopped before it was started, else as the system said
   * (`EMFILE`, `E2BIG`, `EAGAIN`, …).
   */
  readonly code: string;
  readonly message: string;
}

/** How a run ended. The same shape as the domain's `AgentEnd`. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of standard error, bounded; empty when the caller read it. */
  readonly stderrTail: string;
  /** Set when there never was a process. */
  readonly spawnError?: SpawnError;
}

/** A file that can be executed, with its arguments. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows: the arguments are quoted already. */
  readonly verbatimArguments: boolean;
}
