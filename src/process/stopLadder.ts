// The one way a run is ended: ask, close its input, SIGTERM, SIGKILL; then make sure that nothing is left.
import { withDeadline, type Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { Logger, StopReport } from '../session/ports.ts';
import type { OwnedRun } from './childRun.ts';
import type { ProcessRef } from './processTable.ts';
import type { TreeTarget } from './processTree.ts';
import type { TreeKeeper } from './reap.ts';

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
    const { run, keeper } = this.#subject;
    // What is below the agent is known before it hears anything: once it is gone, ties are gone too.
    const known = run.ended ? [] : await this.#look();
    const target = (): TreeTarget => ({ ...this.#subject.target(), known });
    const outlived = new Map<number, ProcessRef>();
    if (options !== undefined && !this.#hurried) {
      await this.#politely(options, target, outlived);
    }
    const { killed, left } = await keeper.reap(target());
    const pid = run.pid;
    for (const one of killed) {
      if (!this.#subject.wrapped || one.ppid !== pid) outlived.set(one.pid, one);
    }
    if (pid !== undefined) outlived.delete(pid);
    if (left.length > 0) {
      this.#subject.logger.warn(
        `Processes below run ${run.runId} could not be ended: ${left.map((one) => one.pid).join(', ')}.`,
      );
    }
    const end = await this.#death();
    if (options !== undefined) await this.#output();
    return {
      exitCode: end.exitCode,
      signal: end.signal,
      forced: killed.length > 0,
      descendantsKilled: outlived.size,
    };
  }

  /** The steps before SIGKILL. Each lasts only its share, and each but the last is over with the exit. */
  async #politely(
    options: StopOptions,
    target: () => TreeTarget,
    outlived: Map<number, ProcessRef>,
  ): Promise<void> {
    const { run, keeper } = this.#subject;
    const { graceMs, onPolite } = options;
    if (onPolite !== undefined && !run.ended) {
      // A rejection says that the agent would not; the next step follows.
      await this.#step(graceMs * politeShare, asPromise(onPolite));
    }
    // A command whose input was closed from the start does not notice that it is closed again.
    if (!run.ended && !this.#hurried && run.spec.stdin !== 'closed') {
      run.endInput();
      await this.#step(graceMs * (onPolite === undefined ? inputShare + politeShare : inputShare));
    }
    if (this.#hurried) return;
    const endedItself = run.ended;
    const signalled = await Promise.race([
      keeper.terminate(target(), graceMs * signalShare),
      this.#hurry.promise,
    ]);
    // Of those that were signalled together with the agent, only the ones that stayed outlived it.
    const rest = endedItself ? signalled?.found : signalled?.left;
    for (const one of rest ?? []) outlived.set(one.pid, one);
  }

  /** Waits for the exit, a step's own end, its time, or a hurry. */
  async #step(ms: number, own = never): Promise<void> {
    const over = Promise.withResolvers<undefined>();
    const timer = this.#subject.clock.after(ms, () => {
      over.resolve(undefined);
    });
    await Promise.race([this.#subject.run.exited, own, over.promise, this.#hurry.promise]);
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

/** For steps that end only by time or exit. */
const never = new Promise<void>(() => undefined);

/** A function's outcome, which only matters as a point in time. */
async function asPromise(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    // The caller's business; here it means that this step is over.
  }
}
