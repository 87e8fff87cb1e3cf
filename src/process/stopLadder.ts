// The one way a run is ended: ask, close its input, SIGTERM, SIGKILL; then make sure that nothing is left.
import { withDeadline, type Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { StopReport } from '../session/agentPort.ts';
import type { Logger } from '../session/ports.ts';
import type { OwnedRun } from './childRun.ts';
import type { ProcessRef } from './processTable.ts';
import type { TreeTarget } from './processTree.ts';
import type { ReapReport, TreeKeeper } from './reap.ts';

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

/** What is stopped, and with what. */
export interface StopSubject {
  readonly run: OwnedRun;
  /** What belongs to the run at this moment. */
  readonly target: () => TreeTarget;
  /** Whether the run's process only wraps the agent's, which is then its child. */
  readonly wrapped: boolean;
  readonly keeper: TreeKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Shares of the grace time. */
const politeShare = 0.4;
const inputShare = 0.3;
const signalShare = 0.3;

/** A process that has not gone this long after SIGKILL hangs in the kernel. */
const deathMs = 30_000;

/** After the end of a stopped run its output is only waited for this long. */
const outputMs = 2000;

/** One stop under way; asked for again, it is shared. */
export class Stop {
  /** Resolves when the exit was seen, nothing is left and the output is closed. @throws SessionError `internal` */
  readonly report: Promise<StopReport>;
  readonly #subject: StopSubject;
  readonly #hurry = Promise.withResolvers<undefined>();
  #hurried = false;

  /** @param options `undefined`: the run has ended by itself, only what it left behind is to be ended */
  constructor(subject: StopSubject, options: StopOptions | undefined) {
    this.#subject = subject;
    if (options === undefined || options.force) this.hasten();
    this.report = this.#stop(options);
  }

  /** No more politeness. */
  hasten(): void {
    this.#hurried = true;
    this.#hurry.resolve(undefined);
  }

  async #stop(options: StopOptions | undefined): Promise<StopReport> {
    const { run, logger } = this.#subject;
    // What is below the agent is known before it hears anything: once it is gone, ties are gone too.
    const known = run.ended || this.#hurried ? [] : await this.#look();
    const target = (): TreeTarget => ({ ...this.#subject.target(), known });
    if (options !== undefined) await this.#politely(options);
    const endedItself = run.ended;
    const { asked, killed, left } = await this.#endTree(target, options?.graceMs ?? 0);
    if (left.length > 0) {
      const pids = left.map((one) => one.pid).join(', ');
      logger.warn(`Processes below run ${run.runId} could not be ended: ${pids}.`);
    }
    const end = await this.#death();
    if (options !== undefined) await this.#output();
    // Of those that were asked together with the agent, only the ones that had to be killed outlived it.
    const outlived = new Set([...(endedItself ? asked : []), ...killed].map((one) => one.pid));
    if (this.#subject.wrapped) {
      for (const one of killed) if (one.ppid === run.pid) outlived.delete(one.pid);
    }
    if (run.pid !== undefined) outlived.delete(run.pid);
    return {
      exitCode: end.exitCode,
      signal: end.signal,
      forced: killed.length > 0,
      descendantsKilled: outlived.size,
    };
  }

  /** The steps before signals. Each lasts only its share, and is over with the exit. */
  async #politely(options: StopOptions): Promise<void> {
    const { run } = this.#subject;
    const { graceMs, onPolite } = options;
    if (onPolite !== undefined && !run.ended && !this.#hurried) {
      // A rejection says that the agent would not; the next step follows.
      await this.#step(graceMs * politeShare, asPromise(onPolite));
    }
    if (run.ended || this.#hurried) return;
    run.endInput();
    await this.#step(graceMs * (onPolite === undefined ? inputShare + politeShare : inputShare));
  }

  /** Signals to the whole tree, until nothing is left. */
  async #endTree(target: () => TreeTarget, graceMs: number): Promise<ReapReport> {
    const { keeper } = this.#subject;
    if (this.#hurried) return keeper.reap(target(), 0);
    const polite = keeper.reap(target(), graceMs * signalShare);
    const first = await Promise.race([polite, this.#hurry.promise]);
    if (first !== undefined) return first;
    const hurried = await keeper.reap(target(), 0);
    // The polite one sees its processes end and is over as well; either may have killed some.
    const { asked, killed } = await polite;
    return { ...hurried, asked, killed: [...killed, ...hurried.killed] };
  }

  /** Waits for the exit, a step's own end, its time, or a hurry. */
  async #step(ms: number, own?: Promise<void>): Promise<void> {
    const over = Promise.withResolvers<undefined>();
    // No race with a promise that outlives all stops: it would remember every one of them.
    const ends = own === undefined ? [over.promise] : [own, over.promise];
    const timer = this.#subject.clock.after(ms, () => {
      over.resolve(undefined);
    });
    await Promise.race([this.#subject.run.exited, ...ends, this.#hurry.promise]);
    timer.dispose();
  }

  async #look(): Promise<readonly ProcessRef[]> {
    try {
      return await this.#subject.keeper.look(this.#subject.target());
    } catch (thrown) {
      this.#subject.logger.warn(`Could not look at the processes below: ${String(thrown)}`);
      return [];
    }
  }

  #death(): Promise<{ readonly exitCode: number | null; readonly signal: string | null }> {
    const { run, clock } = this.#subject;
    return withDeadline(
      clock,
      deathMs,
      run.exited,
      () =>
        new SessionError('internal', `Process ${String(run.pid)} did not end after SIGKILL.`, {
          hint: 'It hangs in the kernel, for example on a network drive. It ends when that answers.',
        }),
    );
  }

  async #output(): Promise<void> {
    const { run, clock } = this.#subject;
    const timer = clock.after(outputMs, () => {
      run.abandonOutput();
    });
    await run.closed;
    timer.dispose();
  }
}

/** A function's outcome, which only matters as a point in time. */
async function asPromise(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    // The caller's business; here it means that this step is over.
  }
}
