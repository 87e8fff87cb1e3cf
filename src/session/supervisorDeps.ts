// What a SessionSupervisor is given.
import type { Clock } from './clock.ts';
import type { AgentCatalog, AgentLauncher } from './agentPort.ts';
import type { IdSource, Logger } from './ports.ts';
import type { SessionStore } from './storePort.ts';
import type { AgentProvisions } from './provisions.ts';
import type { SessionRegistry } from './registry.ts';
import type { TurnOutcome } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { SessionStatus } from './status.ts';
import type { TelemetryBus } from './telemetryBus.ts';
import type { TranscriptChange } from './transcript.ts';

/** What the domain works with; the same for all sessions. */
export interface DomainDeps {
  readonly registry: SessionRegistry;
  /** Resolves with what starts agents; its code is loaded when the first one is to start. */
  readonly launcher: () => Promise<AgentLauncher>;
  readonly catalog: AgentCatalog;
  /** Keys and MCP servers for agents; none when absent. */
  readonly provisions?: AgentProvisions | undefined;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly telemetry: TelemetryBus;
  /** A number from 0 to 1, for jitter. */
  readonly chance: () => number;
  readonly settings: () => Settings;
}

/** What one supervisor works with. */
export interface SupervisorDeps extends DomainDeps {
  readonly events: {
    /** The session has this status, and it is on disk. In order, none left out. */
    onStatus(status: SessionStatus): void;
    /** Something else about the session changed. */
    onChange(): void;
    onTranscript(change: TranscriptChange): void;
    /** A turn has ended and its end is on disk; called before its sender is told. */
    onTurnEnd(outcome: TurnOutcome): void;
    /** Another window has the session open, has deleted it, or has had it since this one last looked. */
    onElsewhere(how: 'open' | 'deleted' | 'changed'): void;
  };
}
