// Publishes telemetry events inside the process; costs nothing while nobody listens.
import { stamp, type Clock } from './clock.ts';
import { Emitter, type Event } from './event.ts';
import type { TelemetryEvent, TelemetryEventName, TelemetryPayloads } from './telemetry.ts';

/** Who an event is about. */
export interface TelemetrySubject {
  readonly sessionId: string;
  readonly agentId: string;
}

/** A named channel of the process, as `node:diagnostics_channel` has them. */
export interface TelemetryChannel {
  readonly hasSubscribers: boolean;
  publish(message: TelemetryEvent): void;
}

/** The bus all telemetry goes through. A throwing subscriber harms neither Roost nor other subscribers. */
export class TelemetryBus {
  readonly #clock: Clock;
  readonly #channel: ((name: TelemetryEventName) => TelemetryChannel) | undefined;
  readonly #emitter = new Emitter<TelemetryEvent>();

  /** @param channel the process-wide channel of an event, where there are such channels */
  constructor(clock: Clock, channel?: (name: TelemetryEventName) => TelemetryChannel) {
    this.#clock = clock;
    this.#channel = channel;
  }

  /** Every event published from now on. */
  readonly onEvent: Event<TelemetryEvent> = this.#emitter.event;

  /** Whether anybody listens to this event: what is costly to make need not be made otherwise. */
  isHeard(name: TelemetryEventName): boolean {
    return this.#emitter.hasListeners || this.#channel?.(name).hasSubscribers === true;
  }

  /** Publishes one event. */
  publish<Name extends TelemetryEventName>(
    name: Name,
    subject: TelemetrySubject | undefined,
    payload: TelemetryPayloads[Name],
  ): void {
    if (!this.isHeard(name)) return;
    // Frozen: every subscriber is given the same object.
    const event = Object.freeze({
      name,
      at: stamp(this.#clock),
      ...(subject === undefined ? {} : { sessionId: subject.sessionId, agentId: subject.agentId }),
      ...payload,
    });
    // Name and payload belong together by the signature; a union over names cannot express it here.
    const typed = event as unknown as TelemetryEvent;
    this.#channel?.(name).publish(typed);
    this.#emitter.fire(typed);
  }
}
