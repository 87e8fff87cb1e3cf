// The public contract: what `activate()` returns to other extensions. Types only.
import type * as vscode from 'vscode';
import type {
  PendingRequest,
  SavedSessionInfo,
  SessionInfo,
  TerminationReport,
} from './session/info.ts';
import type { ContentBlock } from './session/ports.ts';
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
 * Every rejection is a `SessionError` (`name`, `code`, `sessionId`, `message`, `hint`, `details`).
 */
export interface RoostApi {
  readonly version: 1;
  /** Creates a session and starts its agent; resolves when the session is ready. */
  createSession(options?: {
    agent?: string;
    cwd?: string;
    title?: string;
    config?: Partial<SessionConfig>;
  }): Promise<SessionInfo>;
  /** All sessions in the list, live and at rest. */
  listSessions(): readonly SessionInfo[];
  getSession(sessionId: string): SessionInfo | undefined;
  /** Sends a prompt; queued behind a running turn; a dormant session is resumed first. Resolves at the turn's end. */
  sendPrompt(sessionId: string, prompt: string | ContentBlock[]): Promise<{ stopReason: string }>;
  /** Asks the agent to end its turn; resolves when the turn has ended. Nothing to cancel is not an error. */
  cancelPrompt(sessionId: string): Promise<void>;
  /** Answers a pending request; `undefined` cancels it. */
  respondToPermission(
    sessionId: string,
    requestId: string,
    optionId: string | undefined,
  ): Promise<void>;
  /** The whole transcript, from disk where the session is at rest. */
  getTranscript(sessionId: string): Promise<readonly TranscriptEntry[]>;
  /** Ends the agent and everything below it; resolves when the whole tree is gone. */
  terminateSession(sessionId: string, options?: { force?: boolean }): Promise<TerminationReport>;
  /** Stops the agent if it runs and starts it again, continuing the conversation. */
  restartSession(sessionId: string): Promise<SessionInfo>;
  /** Resolves when everything said so far is on disk. */
  saveSession(sessionId: string): Promise<SavedSessionInfo>;
  /** Brings a saved session into the list; a process starts only as `roost.restore.policy` says. */
  restoreSession(sessionId: string): Promise<SessionInfo>;
  listSavedSessions(): Promise<readonly SavedSessionInfo[]>;
  /** Moves a saved session to the trash. */
  deleteSavedSession(sessionId: string): Promise<void>;
  /** Stops the sessions that are due for being idle; the ids of those it ended. */
  terminateIdleSessions(): Promise<readonly string[]>;
  readonly onDidChangeSessions: vscode.Event<{
    sessionId: string;
    status: SessionStatus | 'deleted';
  }>;
  readonly onTelemetry: vscode.Event<TelemetryEvent>;
}
