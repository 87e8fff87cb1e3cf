// A clock that stands still until a test moves it.
import type { Clock } from '../../src/session/clock.ts';
import type { Disposable } from '../../src/session/event.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time by hand. Wall time starts at a fixed day so that stamps are the same in every run. */
export class FakeClock implements Clock {
  #elapsed = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();
  #fired = 0;
  #epoch = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): Disposable {
    const timer = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, run };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** The computer sleeps: no timer fires, wall time goes on, monotonic time only where the system counts it. */
  sleep(ms: number, countedAsMonotonic: boolean): void {
    if (countedAsMonotonic) this.#elapsed += ms;
    else this.#epoch += ms;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** How many timers have fired. */
  get fired(): number {
    return this.#fired;
  }

  /** Moves time on, firing what falls due in order and letting promises settle between firings. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers]
        .filter((timer) => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#elapsed = Math.max(this.#elapsed, due.at);
      this.#fired += 1;
      due.run();
    }
    this.#elapsed = end;
    await settle();
  }
}

/** Lets everything that waits on settled promises run, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
