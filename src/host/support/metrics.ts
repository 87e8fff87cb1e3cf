// What the metrics view shows, gathered from telemetry while it is open: the last minutes, second by second. No editor.
import type { MetricsView } from '../../metricsView.ts';
import type { Clock } from '../../session/clock.ts';
import type { Disposable, Event } from '../../session/event.ts';
import type { TelemetryEvent } from '../../session/telemetry.ts';

/** How many seconds are kept: five minutes. */
export const metricsSeconds = 300;

/** So many sessions get a chart of their own, the busiest first. */
const chartsAtMost = 12;

/** Sessions at one moment. */
type Level = Omit<Extract<TelemetryEvent, { name: 'roost.sessions.active' }>, 'name' | 'at'>;

/** What one session's wire carried. */
interface Wire {
  readonly bytes: number[];
  messages: number;
  total: number;
}

/** What metrics are made from. */
export interface MetricsDeps {
  readonly clock: Clock;
  readonly onTelemetry: Event<TelemetryEvent>;
  /** The sessions now; telemetry tells of changes only. */
  readonly level: () => Level;
  readonly titleOf: (sessionId: string) => string;
}

/** Gathers from its making until it is disposed. Nothing of it grows without bound. */
export class Metrics implements Disposable {
  readonly #deps: MetricsDeps;
  readonly #subscription: Disposable;
  readonly #levels: Level[] = [];
  readonly #wires = new Map<string, Wire>();
  /** Bytes since the last second ended. */
  readonly #current = new Map<string, number>();
  readonly #counts = { started: 0, idle: 0, crashes: 0, restarts: 0, errors: 0, saves: 0 };
  #saveMs = 0;

  constructor(deps: MetricsDeps) {
    this.#deps = deps;
    this.#levels.push(deps.level());
    this.#subscription = deps.onTelemetry((event) => {
      this.#hear(event);
    });
  }

  /** Ends a second. Called once a second by whoever shows this. */
  tick(): void {
    this.#levels.push(this.#deps.level());
    if (this.#levels.length > metricsSeconds) this.#levels.shift();
    for (const [sessionId, wire] of this.#wires) {
      wire.bytes.push(this.#current.get(sessionId) ?? 0);
      if (wire.bytes.length > metricsSeconds) wire.bytes.shift();
      // A session that was quiet for the whole time is not shown any more.
      if (wire.bytes.length === metricsSeconds && wire.bytes.every((bytes) => bytes === 0)) {
        this.#wires.delete(sessionId);
      }
    }
    this.#current.clear();
  }

  /** What is to be shown now. */
  view(): MetricsView {
    const pick = (name: keyof Level): number[] =>
      this.#levels.map((level) => Number(level[name] ?? 0));
    const wires = [...this.#wires]
      .sort(([, a], [, b]) => b.total - a.total)
      .slice(0, chartsAtMost)
      .map(([sessionId, wire]) => ({
        title: this.#deps.titleOf(sessionId),
        bytes: [...wire.bytes],
        messages: wire.messages,
        total: wire.total,
      }));
    return {
      seconds: metricsSeconds,
      levels: {
        active: pick('active'),
        working: pick('working'),
        needsInput: pick('needsInput'),
        dormant: pick('dormant'),
      },
      wires,
      counts: {
        ...this.#counts,
        saveMs: this.#counts.saves === 0 ? 0 : this.#saveMs / this.#counts.saves,
      },
    };
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #hear(event: TelemetryEvent): void {
    const counts = this.#counts;
    switch (event.name) {
      case 'roost.session.throughput':
        this.#carried(event.sessionId ?? '', event);
        return;
      case 'roost.session.created':
        counts.started += 1;
        return;
      case 'roost.session.restored':
        if (event.how !== 'readonly') counts.started += 1;
        return;
      case 'roost.session.terminated':
        if (event.reason === 'idle') counts.idle += 1;
        if (event.reason === 'crash') counts.crashes += 1;
        return;
      case 'roost.session.restarted':
        counts.restarts += 1;
        return;
      case 'roost.session.error':
        counts.errors += 1;
        return;
      case 'roost.session.saved':
        counts.saves += 1;
        this.#saveMs += event.durationMs;
        return;
      case 'roost.session.message':
      case 'roost.sessions.active':
        return;
    }
  }

  #carried(sessionId: string, { messages, bytes }: { messages: number; bytes: number }): void {
    let wire = this.#wires.get(sessionId);
    if (wire === undefined) {
      wire = { bytes: [], messages: 0, total: 0 };
      this.#wires.set(sessionId, wire);
    }
    wire.messages += messages;
    wire.total += bytes;
    this.#current.set(sessionId, (this.#current.get(sessionId) ?? 0) + bytes);
  }
}
