// Publishes telemetry events inside the process; costs nothing while nobody listens.
import { stamp, type Clock } from './clock.ts';
import { Emitter, type Disposable, type Event } from './event.ts';
import {
  messageKind,
  type TelemetryEvent,
  type TelemetryEventName,
  type TelemetryPayloads,
  type TelemetrySubject,
} from './telemetry.ts';
import { Throughput } from './throughput.ts';

/** A named channel of the process, as `node:diagnostics_channel` has them. */
export interface TelemetryChannel {
  readonly hasSubscribers: boolean;
  publish(message: TelemetryEvent): void;
}

/** The bus all telemetry goes through. A throwing subscriber harms neither Roost nor other subscribers. */
export class TelemetryBus implements Disposable {
  readonly #clock: Clock;
  readonly #channel: ((name: TelemetryEventName) => TelemetryChannel) | undefined;
  readonly #emitter = new Emitter<TelemetryEvent>();
  readonly #throughput: Throughput;

  /** @param channel the process-wide channel of an event, where there are such channels */
  constructor(clock: Clock, channel?: (name: TelemetryEventName) => TelemetryChannel) {
    this.#clock = clock;
    this.#channel = channel;
    this.#throughput = new Throughput(clock, (subject, payload) => {
      this.publish('roost.session.throughput', subject, payload);
    });
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

  /** One message on a session's wire: an event of its own, and its share of this second's throughput. */
  message(subject: TelemetrySubject, direction: 'in' | 'out', method: string, bytes: number): void {
    if (this.isHeard('roost.session.message')) {
      const kind = messageKind(method);
      this.publish('roost.session.message', subject, { direction, kind, bytes });
    }
    if (this.isHeard('roost.session.throughput')) this.#throughput.note(subject, bytes);
  }

  dispose(): void {
    this.#throughput.dispose();
    this.#emitter.dispose();
  }
}
