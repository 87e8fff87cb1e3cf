// What else the domain asks of the world: a log, ids, the workspace's files and what processes cost. Other rooms implement these.

/** Where messages for the developer of an agent, or of Roost, go. Never given prompts or secrets. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
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
