// The one error that reaches a user or a caller: a closed set of codes, what happened, and what to do next.

/** Every way a Roost operation can fail. Decisions are made on these, never on message text. */
export const sessionErrorCodes = [
  // Starting an agent
  'agentUnknown',
  'commandNotFound',
  'commandNotExecutable',
  'cwdNotFound',
  'spawnFailed',
  'exitedDuringStart',
  'startTimeout',
  'protocolVersion',
  'authRequired',
  'workspaceUntrusted',
  // Having it
  'installFailed',
  'registryUnreachable',
  // Talking to it
  'agentError',
  'agentExited',
  'connectionClosed',
  'messageTooLarge',
  'requestUnknown',
  // Addressing a session
  'sessionUnknown',
  'sessionStopped',
  'sessionReadOnly',
  'invalidArgument',
  'disposed',
  // Files
  'pathOutsideWorkspace',
  'storageFailed',
  'storageDamaged',
  'storageNewer',
  'savedSessionUnknown',
  // A bug of ours
  'internal',
] as const;

/** How an operation failed: what to decide on. */
export type SessionErrorCode = (typeof sessionErrorCodes)[number];

/** What to do next where whoever throws knows nothing better. Total: a new code needs an entry. */
const usualHints: Readonly<Record<SessionErrorCode, string>> = {
  agentUnknown: 'Choose one of the agents that are configured, or add it to "roost.agents".',
  commandNotFound: 'Install the agent, or correct its command in "roost.agents".',
  commandNotExecutable: 'Name a program that can be executed as the command.',
  cwdNotFound: 'Choose a folder that exists.',
  spawnFailed: 'Run "Roost: Show Log" for details.',
  exitedDuringStart: 'Run the command in a terminal to see why.',
  startTimeout: 'If the agent is only slow, raise "roost.supervision.handshakeTimeoutSeconds".',
  protocolVersion: 'Update Roost or the agent, so that both speak the same version.',
  authRequired: 'Sign in the way the agent offers, then try again.',
  workspaceUntrusted: 'Trust the workspace to start agents in it.',
  installFailed: 'Nothing was changed. Run "Roost: Show Log" to see why.',
  registryUnreachable: 'The list of agents that Roost has stays as it is.',
  agentError: 'This is what the agent said. Try again, or restart the session.',
  agentExited: 'Restart the session: the conversation is saved and goes on where it was.',
  connectionClosed: 'Restart the session.',
  messageTooLarge: 'Ask the agent for less at once, or restart the session.',
  requestUnknown: 'It was answered elsewhere, cancelled, or its agent has ended.',
  sessionUnknown: 'It may have been deleted. "Roost: Restore Session" lists the saved ones.',
  sessionStopped: 'Send a prompt to start the session again.',
  sessionReadOnly: 'Go on with it in the window that has it open.',
  invalidArgument: 'Correct the value and try again.',
  disposed: 'Reload the window.',
  pathOutsideWorkspace: 'Open the folder in this window to let agents work on its files.',
  storageFailed: 'Make room on the disk, or choose another "roost.persistence.directory".',
  storageDamaged: 'Its files are kept as they are. "Roost: Doctor" lists what is damaged.',
  storageNewer: 'Update Roost to go on with it.',
  savedSessionUnknown: 'It may have been deleted, or belong to another folder.',
  internal: 'Run "Roost: Show Log" and report what it says.',
};

/** Facts about a failure; all optional, all plain data. */
export interface SessionErrorDetails {
  /** The command as configured; arguments follow, environment values never. */
  readonly command?: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
  /** The last lines the agent wrote to standard error, at most a few kilobytes. */
  readonly stderrTail?: string;
  /** A file's path (storage) or the path an agent asked for. */
  readonly file?: string;
  /** Error code of the operating system (`ENOENT`, `ENOSPC`, …) or of JSON-RPC. */
  readonly cause?: string | number;
  /** The start step that failed or ran out of time. */
  readonly step?: string;
}

/** The fields of a `SessionError`: what crosses the API's border and what is persisted. */
export interface SessionErrorData {
  readonly name: 'SessionError';
  readonly code: SessionErrorCode;
  readonly sessionId?: string;
  readonly message: string;
  readonly hint?: string;
  readonly details: SessionErrorDetails;
}

/** A failure of a session: `message` says what happened, `hint` what to do next. */
export class SessionError extends Error implements SessionErrorData {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;
  readonly sessionId?: string;
  readonly hint: string;
  readonly details: SessionErrorDetails;

  constructor(
    code: SessionErrorCode,
    message: string,
    more: {
      readonly sessionId?: string | undefined;
      readonly hint?: string | undefined;
      readonly details?: SessionErrorDetails;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    if (more.sessionId !== undefined) this.sessionId = more.sessionId;
    this.hint = more.hint ?? usualHints[code];
    this.details = more.details ?? {};
  }

  /** The error as plain data, safe to post, persist or hand to another extension. */
  toJSON(): SessionErrorData {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      details: this.details,
      ...(this.sessionId === undefined ? {} : { sessionId: this.sessionId }),
      hint: this.hint,
    };
  }

  /** The same failure, naming a session. Rooms that do not know the session throw without one. */
  forSession(sessionId: string): SessionError {
    if (this.sessionId !== undefined) return this;
    const named = new SessionError(this.code, this.message, {
      sessionId,
      hint: this.hint,
      details: this.details,
      cause: this.cause ?? this,
    });
    return named;
  }
}

/** Whether a thrown value is a {@link SessionError}, also one made by another copy of this module. */
export function isSessionError(value: unknown): value is SessionError {
  return value instanceof Error && value.name === 'SessionError' && 'code' in value;
}

/** Any thrown value as a {@link SessionError}; what is not one yet becomes `internal`. */
export function toSessionError(thrown: unknown, sessionId?: string): SessionError {
  if (isSessionError(thrown)) {
    return sessionId === undefined ? thrown : thrown.forSession(sessionId);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new SessionError('internal', message, {
    sessionId,
    hint: 'Run "Roost: Show Log" and report what it says.',
    cause: thrown,
  });
}
