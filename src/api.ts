// The public contract: what `activate()` returns to other extensions. Types only.
import type * as vscode from 'vscode';
import type {
  PendingRequest,
  SavedSessionInfo,
  SessionInfo,
  TerminationReport,
} from './session/info.ts';
import type { ContentBlock } from './session/agentPort.ts';
import type { SessionConfig } from './session/config.ts';
import type { SessionStatus } from './session/status.ts';
import type { TelemetryEvent } from './session/telemetry.ts';
import type { TranscriptEntry } from './session/transcript.ts';

export type {
  ContentBlock,
  PendingRequest,
  SavedSessionInfo,
  SessionConfig,
  SessionInfo,
  SessionStatus,
  TelemetryEvent,
  TerminationReport,
  TranscriptEntry,
};

/**
 * Roost for other extensions: `vscode.extensions.getExtension<RoostApi>('roost.roost')`.
 * Every rejection is a `SessionError` with the fields of `SessionErrorData`. Besides the codes named
 * here, every function can reject with `invalidArgument` (a value of the wrong type), `disposed`
 * (Roost was turned off in this window) and `internal` (a bug of Roost).
 */
export interface RoostApi {
  /** Within a version nothing is taken away or changed. */
  readonly version: 1;
  /**
   * Creates a session and starts its agent; resolves when the session is ready. What is left out follows the
   * settings: the agent, the folder (absolute), the idle time. A title that is given is kept.
   * Rejects with `agentUnknown`, `workspaceUntrusted`, or with why the agent could not be started
   * (`commandNotFound`, `commandNotExecutable`, `cwdNotFound`, `spawnFailed`, `exitedDuringStart`,
   * `startTimeout`, `protocolVersion`, `authRequired`, `agentError`); the row then stays in the list as `failed`.
   */
  createSession(options?: {
    agent?: string;
    cwd?: string;
    title?: string;
    config?: Partial<SessionConfig>;
  }): Promise<SessionInfo>;
  /** All sessions in the list, live and at rest. */
  listSessions(): readonly SessionInfo[];
  /** The session as it is now; `undefined` when it is not in the list. */
  getSession(sessionId: string): SessionInfo | undefined;
  /**
   * Sends a prompt; queued behind a running turn; a dormant session is resumed first. Resolves at the turn's end,
   * with `cancelled` when the session is stopped before. Rejects with `sessionUnknown`, `sessionReadOnly`,
   * `agentError`, `agentExited`, `connectionClosed`, or with why the agent could not be started.
   */
  sendPrompt(sessionId: string, prompt: string | ContentBlock[]): Promise<{ stopReason: string }>;
  /**
   * Asks the agent to end its turn; resolves when the turn has ended. Nothing to cancel is not an error.
   * Rejects with `sessionUnknown`, or with `agentError` when the turn does not end.
   */
  cancelPrompt(sessionId: string): Promise<void>;
  /**
   * Answers a request of the agent with one of its options; `undefined` cancels it. Rejects with
   * `sessionUnknown`, or with `requestUnknown` when it was answered before.
   */
  respondToPermission(
    sessionId: string,
    requestId: string,
    optionId: string | undefined,
  ): Promise<void>;
  /** The whole transcript, in order, from disk where the session is at rest. Rejects with `savedSessionUnknown`, `storageFailed`. */
  getTranscript(sessionId: string): Promise<readonly TranscriptEntry[]>;
  /**
   * Ends the agent and everything below it; resolves when the system has said that the whole tree is gone. `force` does
   * not ask first. Ending what does not run is not an error. Rejects with `sessionUnknown`.
   */
  terminateSession(sessionId: string, options?: { force?: boolean }): Promise<TerminationReport>;
  /** Stops the agent if it runs and starts it again, continuing the conversation. Rejects as `createSession` does, and with `sessionUnknown`. */
  restartSession(sessionId: string): Promise<SessionInfo>;
  /** Resolves when everything said so far is on disk. Rejects with `sessionUnknown`, `sessionReadOnly`, `storageFailed`. */
  saveSession(sessionId: string): Promise<SavedSessionInfo>;
  /**
   * Brings a saved session into the list and resolves when it is there; twice is once. A process starts only where
   * `roost.restore.policy` is `eager`. Rejects with `savedSessionUnknown`, `storageDamaged`, `storageNewer`.
   */
  restoreSession(sessionId: string): Promise<SessionInfo>;
  /** What is on disk, damaged ones too, whether it is in the list or not. */
  listSavedSessions(): Promise<readonly SavedSessionInfo[]>;
  /** Moves a saved session to the trash, after stopping it if it lives. Rejects with `savedSessionUnknown`, `sessionReadOnly`. */
  deleteSavedSession(sessionId: string): Promise<void>;
  /** Stops the sessions that are due for being idle, each saved first; the ids of those that ended. */
  terminateIdleSessions(): Promise<readonly string[]>;
  /** Something visible about a session changed. Each status but `starting` is on disk before it is told; in order, none left out. */
  readonly onDidChangeSessions: vscode.Event<{
    sessionId: string;
    status: SessionStatus | 'deleted';
  }>;
  /** Every telemetry event from the subscription on. */
  readonly onTelemetry: vscode.Event<TelemetryEvent>;
}
