// Starts one session's agent and watches its process from then on.
import { stoppedMeanwhile } from './agentRun.ts';
import { active, isActive, terminated } from './entry.ts';
import { toSessionError, type SessionError } from './errors.ts';
import type { AgentLink } from './agentPort.ts';
import type { RunEnd } from './runEnd.ts';
import type { SessionParts, StartingPhase } from './sessionParts.ts';
import { beingDeleted } from './sessionRow.ts';

/** The starts of one session. */
export class RunStart {
  readonly #parts: SessionParts;
  readonly #end: RunEnd;

  constructor(parts: SessionParts, end: RunEnd) {
    this.#parts = parts;
    this.#end = end;
  }

  /**
   * Looks at what other windows have made of a session at rest. Others may have begun a start by then.
   * @throws SessionError when another window has the session, or a stop came meanwhile
   */
  async prepare(): Promise<void> {
    const { leaving, phase, sessionId, stops } = this.#parts;
    if (leaving) throw beingDeleted(sessionId);
    if (phase.kind === 'backoff') {
      phase.planned.timer.dispose();
      this.#parts.phase = { kind: 'rest' };
    }
    await this.#parts.look();
    if (stops !== this.#parts.stops) throw stoppedMeanwhile(sessionId);
    if (this.#parts.leaving) throw beingDeleted(sessionId);
  }

  /**
   * Starts the agent of a session at rest.
   * @param signInWith the way to sign in that the user chose, taken before the conversation is opened
   * @throws SessionError that says which step failed, where and why; the row is then `failed`
   */
  begin(signInWith?: string): Promise<void> {
    const { pending, row } = this.#parts;
    const abort = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Promise<void>>();
    const done = promise.then((run) => run);
    const phase: StartingPhase = { kind: 'starting', abort, done, link: undefined };
    row.clear('archived');
    row.setStatus('starting');
    this.#parts.phase = phase;
    pending.open();
    resolve(this.#start(phase, signInWith));
    done.catch(() => undefined);
    return done;
  }

  async #start(phase: StartingPhase, signInWith: string | undefined): Promise<void> {
    const { deps, row, starter, backoff, sessionId, turns } = this.#parts;
    const { clock, telemetry } = deps;
    const startedAt = clock.monotonic();
    try {
      await this.#parts.settled;
      const { run, how, info } = await starter.start({
        signal: phase.abort.signal,
        automatic: backoff.automatic,
        signInWith,
        onIntroduced: ({ authMethods }) => {
          this.#parts.authMethods = authMethods;
        },
        onLaunched: (link) => {
          phase.link = link;
          this.#watch(link);
        },
      });
      // A stop sees to what it has met itself.
      if (phase.abort.signal.aborted) throw stoppedMeanwhile(sessionId);
      this.#parts.can = info.can;
      this.#noteProcess(run.link);
      this.#parts.phase = { kind: 'running', run };
      this.#parts.everReady = true;
      row.setStatus('ready');
      this.#parts.syncStatus();
      const durationMs = clock.monotonic() - startedAt;
      if (how === 'new' || how === 'fork') {
        const origin = how === 'new' ? 'new' : 'forked';
        telemetry.publish('roost.session.created', row.subject, { origin, durationMs });
      } else {
        telemetry.publish('roost.session.restored', row.subject, { bytes: 0, durationMs, how });
      }
      // The agent may have ended between its last answer and here, when nobody counted on it yet.
      if (!isActive(row.entry)) {
        const end = await run.link.ended;
        if (this.#parts.run === run) this.#end.unasked(run, end);
      }
    } catch (thrown) {
      const error = phase.abort.signal.aborted
        ? stoppedMeanwhile(sessionId)
        : toSessionError(thrown, sessionId);
      await this.#failed(phase, error, startedAt);
      throw error;
    }
    await row.reported();
    turns.pump();
  }

  async #failed(phase: StartingPhase, error: SessionError, startedAt: number): Promise<void> {
    const { context, deps, pending, queue, row, backoff } = this.#parts;
    pending.close();
    context.dropReplay();
    const report = await phase.link?.stop({ force: true, graceMs: 0 });
    // A stop that came meanwhile sees to the rest itself.
    if (this.#parts.phase !== phase) return;
    await this.#parts.closeContext();
    this.#parts.phase = { kind: 'rest' };
    row.setStatus('failed', error);
    queue.rejectAll(error);
    deps.telemetry.publish('roost.session.error', row.subject, { code: error.code });
    if (report !== undefined) {
      const { exitCode, signal, forced } = report;
      const how = { exitCode, signal, forced, durationMs: deps.clock.monotonic() - startedAt };
      deps.telemetry.publish('roost.session.terminated', row.subject, { reason: 'failed', ...how });
    }
    // Only a person can sign in: another start would end the same way.
    if (error.code === 'authRequired') backoff.reset();
    if (backoff.automatic) this.#end.restartOrGiveUp(error);
    await row.reported();
  }

  /** The pid is known some time after the launch, when the program has been looked up and started. */
  #noteProcess(link: AgentLink): void {
    const { deps, sessionId } = this.#parts;
    deps.registry.update(sessionId, (entry) =>
      entry.kind === 'terminated' && entry.monitor === link.ended
        ? entry
        : active(entry, { pid: link.pid }, link.ended),
    );
  }

  #watch(link: AgentLink): void {
    const { deps, sessionId } = this.#parts;
    this.#noteProcess(link);
    void link.ended.then((end) => {
      deps.registry.update(sessionId, (entry) =>
        isActive(entry) && entry.monitor === link.ended ? terminated(entry, end) : entry,
      );
      const { run } = this.#parts;
      if (run?.link === link) this.#end.unasked(run, end);
      else deps.events.onChange();
    });
  }
}
