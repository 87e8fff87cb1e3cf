// Carries out the restart policy of one session: counts, waits, and knows which restart the present run came from.
import type { Clock } from './clock.ts';
import type { Disposable } from './event.ts';
import { RestartPolicy } from './restartPolicy.ts';
import type { Settings } from './settings.ts';
import type { SessionConfig } from './config.ts';

const firstDelayMs = 500;
const maxDelayMs = 30_000;

/** A restart that has been decided and waits for its time. */
export interface PlannedRestart {
  readonly attempt: number;
  readonly delayMs: number;
  /** ISO 8601. */
  readonly at: string;
  readonly timer: Disposable;
}

/** What a decision needs to know. */
export interface RestartBackoffDeps {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly settings: () => Settings;
  readonly config: () => SessionConfig;
}

/** One session's restarts. */
export class RestartBackoff {
  readonly #deps: RestartBackoffDeps;
  #policy = new RestartPolicy();
  #attempt = 0;

  constructor(deps: RestartBackoffDeps) {
    this.#deps = deps;
  }

  /** Whether the present run was started by the policy and has not proven itself since. */
  get automatic(): boolean {
    return this.#attempt > 0;
  }

  /** A person took over, or the agent answered: the next crash is a first one. */
  reset(): void {
    this.#attempt = 0;
  }

  /** Plans the restart after a crash; `undefined` when there is to be none. */
  plan(restart: (planned: PlannedRestart) => void): PlannedRestart | undefined {
    const { clock, chance, config } = this.#deps;
    const settings = this.#deps.settings();
    const decision = this.#policy.decide(
      {
        maxRestarts: config().restart === 'never' ? 0 : settings['supervision.maxRestarts'],
        withinMs: settings['supervision.withinSeconds'] * 1000,
        firstDelayMs,
        maxDelayMs,
      },
      clock.monotonic(),
      chance(),
    );
    if (!decision.restart) {
      this.#attempt = 0;
      return undefined;
    }
    const { attempt, delayMs } = decision;
    this.#policy = decision.next;
    this.#attempt = attempt;
    const at = new Date(clock.now() + delayMs).toISOString();
    const planned = { attempt, delayMs, at };
    const timer = clock.after(delayMs, () => {
      restart({ ...planned, timer });
    });
    return { ...planned, timer };
  }
}
