// What the domain tells the outside about sessions: the public contract's plain data types.
import type { SessionStatus } from './status.ts';

/** One request of an agent that waits for the user. */
export interface PendingRequest {
  readonly requestId: string;
  readonly kind: 'permission' | 'elicitation';
  readonly title: string;
  readonly options: readonly {
    readonly optionId: string;
    readonly name: string;
    readonly kind: string;
  }[];
}

/** A session as callers see it: a snapshot, never changed after it was handed out. */
export interface SessionInfo {
  readonly sessionId: string;
  readonly title: string;
  readonly agentId: string;
  readonly cwd: string;
  readonly status: SessionStatus;
  readonly processAlive: boolean;
  /** The agent's process id as the extension host sees it. */
  readonly pid?: number;
  /** ISO 8601, as all stamps here. */
  readonly createdAt: string;
  readonly lastActivityAt: string;
  readonly messageCount: number;
  /** When the session will be stopped for being idle; absent while the clock does not run. */
  readonly idleDeadlineAt?: string;
  readonly keepAwake: boolean;
  /** What waits for the user, oldest first. A session that is `starting` can wait, too: for a value that an MCP server needs. */
  readonly pendingRequests: readonly PendingRequest[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** A session as a list shows it: with what the user made of it. */
export interface ListedSession extends SessionInfo {
  /** A turn ended in the background, like this, and the user has not looked since. */
  readonly unread?: 'finished' | 'failed';
  /** The session's place among the pinned ones, lowest first; absent when it is not pinned. */
  readonly pinned?: number;
  /** Put away by the user. */
  readonly archived?: boolean;
  /** How many files it has changed. */
  readonly changedFiles: number;
}

/** How a session's process ended. */
export interface TerminationReport {
  readonly sessionId: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Whether anything had to be killed because it did not end when asked. */
  readonly forced: boolean;
  readonly durationMs: number;
  /** Processes below the agent that were still there after it had ended and were ended too. */
  readonly descendantsKilled: number;
}

/** One saved session, from its head alone. */
export interface SavedSessionInfo {
  readonly sessionId: string;
  readonly title: string;
  readonly agentId: string;
  readonly cwd: string;
  readonly savedAt: string;
  readonly messageCount: number;
  /** Size of head and transcript on disk. */
  readonly bytes: number;
  /** What is wrong with the files, in one sentence; absent when nothing is. */
  readonly damaged?: string;
}
