// Notices a turn that has been silent too long; waiting for the user and running terminals do not count.
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';

/** What the watch needs to know when it looks. */
export interface StallFacts {
  /** Milliseconds of silence that make a stall; 0 = never. */
  readonly limitMs: number;
  /** Whether silence is expected now: a request waits for the user, or a terminal of the agent runs. */
  readonly excused: boolean;
}

/** Watches one turn at a time. One timer, set for the next moment that could matter. */
export class StallWatch {
  readonly #clock: Clock;
  readonly #facts: () => StallFacts;
  readonly #onChange: () => void;
  #timer: Disposable | undefined;
  #lastSign = 0;
  #watching = false;
  #stalledAt: number | undefined;

  /** @param onChange called when {@link stalledSince} has changed */
  constructor(clock: Clock, facts: () => StallFacts, onChange: () => void) {
    this.#clock = clock;
    this.#facts = facts;
    this.#onChange = onChange;
  }

  /** Wall-clock milliseconds since when the running turn has been silent, once that is too long. */
  get stalledSince(): number | undefined {
    return this.#stalledAt;
  }

  /** A turn begins. */
  start(): void {
    this.#watching = true;
    this.sign();
    this.#arm();
  }

  /** The turn is over. */
  stop(): void {
    this.#watching = false;
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#setStalled(undefined);
  }

  /** The agent gave a sign of life. Costs a clock read: called for every update. */
  sign(): void {
    this.#lastSign = this.#clock.monotonic();
    if (this.#stalledAt !== undefined) {
      this.#setStalled(undefined);
      this.#arm();
    }
  }

  #arm(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const { limitMs } = this.#facts();
    if (!this.#watching || limitMs <= 0) return;
    const silent = this.#clock.monotonic() - this.#lastSign;
    this.#timer = this.#clock.after(Math.max(1, limitMs - silent), () => {
      this.#look();
    });
  }

  #look(): void {
    const { limitMs, excused } = this.#facts();
    if (excused) this.#lastSign = this.#clock.monotonic();
    const silent = this.#clock.monotonic() - this.#lastSign;
    if (limitMs > 0 && silent >= limitMs) {
      this.#timer = undefined;
      this.#setStalled(this.#clock.now() - silent);
    } else {
      this.#arm();
    }
  }

  #setStalled(at: number | undefined): void {
    if (this.#stalledAt === at) return;
    this.#stalledAt = at;
    this.#onChange();
  }
}
