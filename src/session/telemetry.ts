// The specifications of all telemetry events. Ids, enums, counts, sizes and durations only; docs/telemetry.md says the same to others.
import type { SessionErrorCode } from './errors.ts';

/** What a message on the wire can be: the methods of the protocol, an answer, or anything else. */
export const messageKinds = [
  'initialize',
  'authenticate',
  'logout',
  'session/new',
  'session/load',
  'session/resume',
  'session/list',
  'session/fork',
  'session/close',
  'session/delete',
  'session/prompt',
  'session/cancel',
  'session/update',
  'session/set_mode',
  'session/set_config_option',
  'session/request_permission',
  'elicitation/create',
  'elicitation/complete',
  'fs/read_text_file',
  'fs/write_text_file',
  'terminal/create',
  'terminal/output',
  'terminal/wait_for_exit',
  'terminal/kill',
  'terminal/release',
  '$/cancel_request',
  'response',
  'other',
] as const;

/** What a message on the wire is; `other` is a method that the protocol does not have. */
export type MessageKind = (typeof messageKinds)[number];

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
    readonly kind: MessageKind;
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

/** Who an event is about. */
export interface TelemetrySubject {
  readonly sessionId: string;
  readonly agentId: string;
}

const known: ReadonlySet<string> = new Set(messageKinds);

/** The kind of a message whose method is this; methods that nobody knows are `other`. */
export function messageKind(method: string): MessageKind {
  // A member of the set is one of the kinds.
  return known.has(method) ? (method as MessageKind) : 'other';
}
