// One row of the registry: a session's state, its process handle, the monitor of that process, and when it was last active.
import type { AgentEnd } from './agentPort.ts';
import type { SessionState } from './state.ts';
import { expectsProcess, statusAtRest, transition, type SessionStatus } from './status.ts';

/** A process that stands behind a row. */
export interface ProcessHandle {
  /** `undefined` until the system has given one, and for ever when the spawn failed. */
  readonly pid: number | undefined;
}

interface EntryBase {
  readonly sessionId: string;
  readonly state: SessionState;
  /** Monotonic milliseconds of the last activity. */
  readonly lastActivity: number;
}

/** A row with a process. */
export interface ActiveEntry extends EntryBase {
  readonly kind: 'active';
  readonly process: ProcessHandle;
  /** Resolves with the end of the process, learned from the system's events. */
  readonly monitor: Promise<AgentEnd>;
}

/** A row without one. */
export interface TerminatedEntry extends EntryBase {
  readonly kind: 'terminated';
  /** How the last process ended, when there was one in this host's life. */
  readonly end?: Pick<AgentEnd, 'exitCode' | 'signal'>;
  /** The monitor that said so. */
  readonly monitor?: Promise<AgentEnd>;
}

/** One row of the registry. Rows are values: every change makes a new one. */
export type SessionEntry = ActiveEntry | TerminatedEntry;

/** A row for a session without a process. */
export function createEntry(sessionId: string, state: SessionState, now: number): TerminatedEntry {
  return { kind: 'terminated', sessionId, state, lastActivity: now };
}

/** Whether a process stands behind the row. */
export function isActive(entry: SessionEntry): entry is ActiveEntry {
  return entry.kind === 'active';
}

/** The row with a process behind it. */
export function active(
  entry: SessionEntry,
  process: ProcessHandle,
  monitor: Promise<AgentEnd>,
): ActiveEntry {
  const { sessionId, state, lastActivity } = entry;
  return { kind: 'active', sessionId, state, lastActivity, process, monitor };
}

/** The row after its process has ended. */
export function terminated(
  entry: ActiveEntry,
  end: Pick<AgentEnd, 'exitCode' | 'signal'>,
): TerminatedEntry {
  const { sessionId, state, lastActivity, monitor } = entry;
  return {
    kind: 'terminated',
    sessionId,
    state,
    lastActivity,
    end: { exitCode: end.exitCode, signal: end.signal },
    monitor,
  };
}

/** The row with activity noted at `now` (monotonic) and `at` (ISO 8601). */
export function touchActivity<E extends SessionEntry>(entry: E, now: number, at: string): E {
  return { ...entry, lastActivity: now, state: { ...entry.state, lastActivityAt: at } };
}

/** The row with parts of its state replaced. The status moves only through {@link withStatus}. */
export function withState<E extends SessionEntry>(
  entry: E,
  patch: Partial<Omit<SessionState, 'status'>>,
): E {
  return { ...entry, state: { ...entry.state, ...patch } };
}

/**
 * The row in another status.
 * @throws {IllegalTransition} when the table has no such move
 */
export function withStatus<E extends SessionEntry>(entry: E, to: SessionStatus): E {
  return { ...entry, state: { ...entry.state, status: transition(entry.state.status, to) } };
}

/** A row as plain data, and back: what crosses a process border or is written to disk. */
export interface PlainEntry {
  readonly session_id: string;
  readonly state: SessionState;
}

/** The persistent part of a row: neither the process nor the monotonic clock outlives this host. */
export function toPlain(entry: SessionEntry): PlainEntry {
  return { session_id: entry.sessionId, state: entry.state };
}

/**
 * A row from plain data: at rest, whatever the host that wrote it was doing.
 * @param plain with a state that whoever read it has checked against its schema
 */
export function fromPlain(plain: PlainEntry, now: number): TerminatedEntry {
  const { state } = plain;
  const aliveAtShutdown = state.aliveAtShutdown === true || expectsProcess(state.status);
  const atRest = { ...state, aliveAtShutdown, status: statusAtRest(state.status) };
  return createEntry(plain.session_id, atRest, now);
}
