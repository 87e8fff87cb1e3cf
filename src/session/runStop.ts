// Stops one session: whatever it is doing, the outcome is rest, one report, and everything said on disk.
import { nothingRan, stoppedMeanwhile, type AgentRun } from './agentRun.ts';
import { toSessionError } from './errors.ts';
import type { TerminationReport } from './info.ts';
import type { StopReport } from './agentPort.ts';
import type { SessionParts, StartingPhase, StoppablePhase } from './sessionParts.ts';

/** Why a session is stopped. */
export type StopReason = 'user' | 'idle' | 'shutdown' | 'failed';

const forced = { force: true, graceMs: 0 } as const;

/** The stops of one session. */
export class RunStop {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /**
   * Ends the agent and everything below it. Calls while it stops share one stop; `force` hastens it.
   * Never rejects because of storage: a stop that cannot be written down is still a stop.
   * @param then what it is for: a stop for good is the last word for every start that was asked for before it
   * @throws SessionError `internal` when the process would not end; the next call tries again
   */
  stop(
    reason: StopReason,
    force: boolean,
    then: 'rest' | 'restart' = 'rest',
  ): Promise<TerminationReport> {
    const { phase } = this.#parts;
    if (then === 'rest') this.#parts.stops += 1;
    switch (phase.kind) {
      case 'rest':
        return this.#atRest(reason);
      case 'backoff':
        phase.planned.timer.dispose();
        this.#parts.phase = { kind: 'rest' };
        return this.#atRest(reason);
      case 'stopping':
        // A link's stops are one stop and share their outcome: this one only hastens it.
        if (force) phase.link?.stop(forced).catch(() => undefined);
        if (then === 'rest') this.#parts.queue.cancelAll();
        return phase.done;
      case 'starting':
      case 'running':
        return this.#begin(phase, reason, force);
      case 'stuck':
        return this.#begin(phase.from, reason, force);
    }
  }

  /** Waits for a stop before a start. @throws SessionError `sessionStopped` when another came meanwhile */
  async over(stopping: Promise<unknown>): Promise<void> {
    const { sessionId, stops } = this.#parts;
    await stopping;
    if (stops !== this.#parts.stops) throw stoppedMeanwhile(sessionId);
  }

  async #atRest(reason: StopReason): Promise<TerminationReport> {
    const { backoff, deps, queue, row, sessionId } = this.#parts;
    backoff.reset();
    queue.cancelAll();
    await this.#parts.settled;
    // A person has seen the crash and put it away; a window that closes has not.
    const { phase } = this.#parts;
    if (reason === 'user' && phase.kind === 'rest' && row.state.status === 'crashed') {
      try {
        await this.#parts.look();
        if (row.entry.state.status === 'crashed') row.setStatus('dormant');
      } catch (error) {
        // Another window has the session now, and with it what the crash has left.
        deps.logger.info(`${sessionId}: ${toSessionError(error).message}`);
        return nothingRan(sessionId);
      }
    }
    await row.reported();
    return nothingRan(sessionId);
  }

  #begin(from: StoppablePhase, reason: StopReason, force: boolean): Promise<TerminationReport> {
    const { backoff, pending, queue, row, stall } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Promise<TerminationReport>>();
    const link = from.kind === 'running' ? from.run.link : from.link;
    const done = promise.then(
      (report) => report,
      (error: unknown) => {
        this.#parts.phase = { kind: 'stuck', from };
        throw error;
      },
    );
    this.#parts.phase = { kind: 'stopping', link, done };
    backoff.reset();
    stall.stop();
    if (row.state.status !== 'stopping') row.setStatus('stopping');
    queue.cancelAll();
    pending.close();
    resolve(from.kind === 'running' ? this.#run(from.run, reason, force) : this.#start(from));
    return done;
  }

  async #start(from: StartingPhase): Promise<TerminationReport> {
    const startedAt = this.#parts.deps.clock.monotonic();
    from.abort.abort();
    // Nothing was said in this run: there is nothing to be polite about.
    await from.done.catch(() => undefined);
    const report = await from.link?.stop(forced);
    return this.#stopped('user', startedAt, report);
  }

  async #run(run: AgentRun, reason: StopReason, force: boolean): Promise<TerminationReport> {
    const { context, deps, turns } = this.#parts;
    const startedAt = deps.clock.monotonic();
    const { turn } = run;
    context.flush();
    const report = await run.link.stop({
      force,
      graceMs: deps.settings()['supervision.graceSeconds'] * 1000,
      agentSessionId: run.agentSessionId,
    });
    await run.link.ended;
    const cutShort = run.turn === turn && turn !== undefined && !turn.answered;
    if (cutShort) turns.interrupt(run, 'the session was stopped');
    const stopped = await this.#stopped(reason, startedAt, report);
    if (cutShort) {
      turn.prompt.resolve({ stopReason: 'cancelled' });
      turn.markOver();
    }
    return stopped;
  }

  async #stopped(
    reason: StopReason,
    startedAt: number,
    report: StopReport | undefined,
  ): Promise<TerminationReport> {
    const { deps, row, sessionId } = this.#parts;
    const { timeoutMinutes } = this.#parts.config;
    if (reason === 'shutdown') row.patch({ aliveAtShutdown: true });
    if (reason === 'idle') row.patch({ stoppedAfterIdleMinutes: timeoutMinutes });
    await this.#parts.closeContext();
    row.setStatus('dormant');
    this.#parts.phase = { kind: 'rest' };
    await row.reported();
    const durationMs = deps.clock.monotonic() - startedAt;
    const ended = { ...nothingRan(sessionId), ...report, durationMs };
    const { exitCode, signal, forced } = ended;
    deps.telemetry.publish('roost.session.terminated', row.subject, {
      reason,
      exitCode,
      signal,
      durationMs,
      forced,
    });
    return ended;
  }
}
