// The specifications of all telemetry events, and the bus they are published on. Ids, enums, counts, sizes and durations only.
import type { SessionErrorCode } from './errors.ts';

/** Payload of each event, besides what every event has. */
export interface TelemetryPayloads {
  'roost.session.created': {
    readonly origin: 'new' | 'restored' | 'forked' | 'imported';
    readonly durationMs: number;
  };
  'roost.session.terminated': {
    readonly reason: 'user' | 'idle' | 'shutdown' | 'crash' | 'failed';
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly durationMs: number;
    readonly forced: boolean;
  };
  'roost.session.restarted': { readonly attempt: number; readonly delayMs: number };
  'roost.session.message': {
    readonly direction: 'in' | 'out';
    readonly kind: string;
    readonly bytes: number;
  };
  'roost.session.throughput': { readonly messages: number; readonly bytes: number };
  'roost.sessions.active': {
    readonly active: number;
    readonly working: number;
    readonly needsInput: number;
    readonly dormant: number;
  };
  'roost.session.saved': { readonly bytes: number; readonly durationMs: number };
  'roost.session.restored': {
    readonly bytes: number;
    readonly durationMs: number;
    readonly how: 'resume' | 'load' | 'replay' | 'readonly';
  };
  'roost.session.error': { readonly code: SessionErrorCode };
}

/** Name of a telemetry event. */
export type TelemetryEventName = keyof TelemetryPayloads;

/** One telemetry event; `at` is ISO 8601. `roost.sessions.active` speaks of all and has no session. */
export type TelemetryEvent = {
  [Name in TelemetryEventName]: {
    readonly name: Name;
    readonly at: string;
    readonly sessionId?: string;
    readonly agentId?: string;
  } & TelemetryPayloads[Name];
}[TelemetryEventName];
