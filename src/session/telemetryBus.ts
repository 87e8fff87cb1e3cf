// Publishes telemetry events inside the process; costs nothing while nobody listens.
import { stamp, type Clock } from './clock.ts';
import { Emitter, type Event } from './event.ts';
import type { TelemetryEvent, TelemetryEventName, TelemetryPayloads } from './telemetry.ts';

/** Who an event is about. */
export interface TelemetrySubject {
  readonly sessionId: string;
  readonly agentId: string;
}

/** The bus all telemetry goes through. A throwing subscriber harms neither Roost nor other subscribers. */
export class TelemetryBus {
  readonly #clock: Clock;
  readonly #emitter = new Emitter<TelemetryEvent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every event published from now on. */
  readonly onEvent: Event<TelemetryEvent> = this.#emitter.event;

  /** Whether anybody listens. */
  get listening(): boolean {
    return this.#emitter.hasListeners;
  }

  /** Publishes one event. */
  publish<Name extends TelemetryEventName>(
    name: Name,
    subject: TelemetrySubject | undefined,
    payload: TelemetryPayloads[Name],
  ): void {
    if (!this.#emitter.hasListeners) return;
    const event = {
      name,
      at: stamp(this.#clock),
      ...(subject === undefined ? {} : { sessionId: subject.sessionId, agentId: subject.agentId }),
      ...payload,
    };
    // Name and payload belong together by the signature; a union over names cannot express it here.
    this.#emitter.fire(event as unknown as TelemetryEvent);
  }
}
