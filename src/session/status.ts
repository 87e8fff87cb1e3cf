// The states of a session and the one table that says which may follow which.

/** What a session is doing. `processAlive` is a separate fact and shown apart. */
export const sessionStatuses = [
  'starting',
  'ready',
  'working',
  'needsInput',
  'stopping',
  'dormant',
  'crashed',
  'failed',
] as const;

/** What a session is doing; whether a process stands behind it is a fact of its own. */
export type SessionStatus = (typeof sessionStatuses)[number];

/** Every status and the statuses that may follow it. `deleted` is the end of the row. */
export const transitions: Readonly<Record<SessionStatus, readonly (SessionStatus | 'deleted')[]>> =
  {
    starting: ['ready', 'failed', 'stopping'],
    ready: ['working', 'stopping', 'crashed'],
    working: ['needsInput', 'ready', 'stopping', 'crashed'],
    needsInput: ['working', 'stopping', 'crashed'],
    stopping: ['dormant'],
    dormant: ['starting', 'deleted'],
    crashed: ['starting', 'dormant', 'deleted'],
    failed: ['starting', 'deleted'],
  };

/** Whether a session in `from` may go to `to`. */
export function canTransition(from: SessionStatus, to: SessionStatus | 'deleted'): boolean {
  return transitions[from].includes(to);
}

/** Thrown when code asks for a transition that the table forbids: always a bug, found by tests. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  readonly from: SessionStatus;
  readonly to: string;

  constructor(from: SessionStatus, to: string) {
    super(`a session that is ${from} cannot become ${to}`);
    this.from = from;
    this.to = to;
  }
}

/**
 * The status after a move.
 * @throws {IllegalTransition} when the table has no such move
 */
export function transition<To extends SessionStatus | 'deleted'>(from: SessionStatus, to: To): To {
  if (!canTransition(from, to)) throw new IllegalTransition(from, to);
  return to;
}

/** Statuses in which a process is expected to exist. */
export function expectsProcess(status: SessionStatus): boolean {
  return status === 'ready' || status === 'working' || status === 'needsInput';
}

/**
 * What a status found on disk means after the host that wrote it has gone: nothing runs any more.
 * A start, turn or stop that was under way has become rest; failures stay as they were.
 */
export function statusAtRest(status: SessionStatus): 'dormant' | 'crashed' | 'failed' {
  return status === 'crashed' || status === 'failed' ? status : 'dormant';
}
