// How much each session's wire carries: one report per busy session and second, and no timer while all is quiet.
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';
import type { TelemetryPayloads, TelemetrySubject } from './telemetry.ts';

const everyMs = 1000;

/** What one session's wire has carried since the last report. */
interface Carried {
  readonly subject: TelemetrySubject;
  messages: number;
  bytes: number;
}

/** Counts what it is told of. */
export class Throughput implements Disposable {
  readonly #clock: Clock;
  readonly #report: (
    subject: TelemetrySubject,
    payload: TelemetryPayloads['roost.session.throughput'],
  ) => void;
  readonly #carried = new Map<string, Carried>();
  #timer: Disposable | undefined;

  /** @param report called once a second for each session that was busy in it */
  constructor(
    clock: Clock,
    report: (
      subject: TelemetrySubject,
      payload: TelemetryPayloads['roost.session.throughput'],
    ) => void,
  ) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Takes one message. */
  note(subject: TelemetrySubject, bytes: number): void {
    let carried = this.#carried.get(subject.sessionId);
    if (carried === undefined) {
      carried = { subject, messages: 0, bytes: 0 };
      this.#carried.set(subject.sessionId, carried);
    }
    carried.messages += 1;
    carried.bytes += bytes;
    this.#timer ??= this.#clock.after(everyMs, () => {
      this.#timer = undefined;
      const second = [...this.#carried.values()];
      this.#carried.clear();
      for (const { subject: whose, messages, bytes: sum } of second) {
        this.#report(whose, { messages, bytes: sum });
      }
    });
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#carried.clear();
  }
}
