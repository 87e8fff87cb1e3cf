// The SessionSupervisor: one per session, owns the run of its agent, the restart policy and the stop.
import { cancelTurn, nothingRan, stoppedMeanwhile, type AgentRun } from './agentRun.ts';
import { AgentStarter } from './agentStarter.ts';
import { ContextManager } from './context.ts';
import { active, isActive, terminated, type SessionEntry } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { SavedSessionInfo, TerminationReport } from './info.ts';
import { PendingRequests } from './pendingRequests.ts';
import type { AgentEnd, AgentInfo, AgentLink, ContentBlock, StopReport } from './ports.ts';
import { PromptQueue, type TurnResult } from './promptQueue.ts';
import { RestartBackoff, type PlannedRestart } from './restartBackoff.ts';
import { SessionRow } from './sessionRow.ts';
import { StallWatch } from './stallWatch.ts';
import { endedUnexpectedly, endInWords } from './startErrors.ts';
import { effectiveConfig, type SessionConfig, type SessionState } from './state.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';
import { TurnRunner } from './turnRunner.ts';

/** Where the session is between its operations. */
type Phase =
  | { readonly kind: 'rest' }
  | { readonly kind: 'backoff'; readonly planned: PlannedRestart }
  | {
      readonly kind: 'starting';
      readonly abort: AbortController;
      readonly done: Promise<void>;
      link: AgentLink | undefined;
    }
  | { readonly kind: 'running'; readonly run: AgentRun }
  | {
      readonly kind: 'stopping';
      readonly link: AgentLink | undefined;
      readonly done: Promise<TerminationReport>;
    };

/** Why a session is stopped. */
export type StopReason = 'user' | 'idle' | 'shutdown' | 'failed';

const forced = { force: true, graceMs: 0 } as const;

/** Supervises one session. Every public method may be called at any time; what must wait, waits. */
export class SessionSupervisor {
  readonly sessionId: string;
  readonly context: ContextManager;
  readonly pending: PendingRequests;
  readonly queue = new PromptQueue();
  readonly #deps: SupervisorDeps;
  readonly #row: SessionRow;
  readonly #stall: StallWatch;
  readonly #turns: TurnRunner;
  readonly #starter: AgentStarter;
  readonly #backoff: RestartBackoff;
  #phase: Phase = { kind: 'rest' };
  /** The end of an unexpected exit's writing; a start waits for it. */
  #settled: Promise<void> = Promise.resolve();
  #can: AgentInfo['can'] | undefined;
  #everReady: boolean;

  /** @param everReady whether the session has been ready before, in an earlier host's life */
  constructor(sessionId: string, deps: SupervisorDeps, everReady: boolean) {
    this.sessionId = sessionId;
    this.#deps = deps;
    this.#everReady = everReady;
    this.#row = new SessionRow(sessionId, deps);
    const { clock, ids, events } = deps;
    this.context = new ContextManager({ clock, ids, events: this.#contextEvents() });
    this.pending = new PendingRequests(
      () => ids.entryId(),
      () => {
        this.#syncStatus();
        this.#stall.sign();
        events.onChange();
      },
    );
    this.#stall = new StallWatch(
      clock,
      () => ({
        limitMs: deps.settings()['supervision.stallMinutes'] * 60_000,
        excused: this.pending.size > 0 || this.runningTerminals > 0,
      }),
      () => {
        events.onChange();
      },
    );
    this.#backoff = new RestartBackoff({ ...deps, config: () => this.config });
    this.#starter = new AgentStarter({
      ...deps,
      row: this.#row,
      context: this.context,
      pending: this.pending,
      permissionMode: () => this.config.permissionMode,
      onActivity: () => {
        this.#stall.sign();
        this.touch();
      },
    });
    this.#turns = new TurnRunner({
      row: this.#row,
      context: this.context,
      pending: this.pending,
      queue: this.queue,
      stall: this.#stall,
      telemetry: deps.telemetry,
      logger: deps.logger,
      currentRun: () => (this.#phase.kind === 'running' ? this.#phase.run : undefined),
      syncStatus: () => {
        this.#syncStatus();
      },
      onHealthy: () => {
        this.#backoff.reset();
      },
    });
  }

  /** The session's row. */
  get entry(): SessionEntry {
    return this.#row.entry;
  }

  /** What the agent offers, once it has said so. */
  get can(): AgentInfo['can'] | undefined {
    return this.#can;
  }

  /** When a crashed session will be started again by itself; ISO 8601. */
  get restartAt(): string | undefined {
    return this.#phase.kind === 'backoff' ? this.#phase.planned.at : undefined;
  }

  /** Since when the running turn has been silent too long; ISO 8601. */
  get stalledSince(): string | undefined {
    const since = this.#stall.stalledSince;
    return since === undefined ? undefined : new Date(since).toISOString();
  }

  /** How many commands run for the agent. */
  get runningTerminals(): number {
    return this.#phase.kind === 'running' ? this.#phase.run.runningTerminals : 0;
  }

  /** Whether something of the session is not safely on disk. */
  get storageFailing(): boolean {
    return this.#row.saveFailed || this.context.failing;
  }

  /** What is set for the session, its own settings before the general ones. */
  get config(): SessionConfig {
    return effectiveConfig(this.entry.state.config, this.#deps.settings());
  }

  /** Whether the session never became ready: then a stop leaves nothing behind. */
  get neverReady(): boolean {
    return !this.#everReady;
  }

  /** Resolves when every status so far has been reported. */
  reported(): Promise<void> {
    return this.#row.reported();
  }

  /**
   * Starts the agent, after a stop under way has ended. Calls while it starts share one start.
   * @throws SessionError that says which step failed, where and why; the row is then `failed`
   */
  async start(): Promise<void> {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'running':
        return;
      case 'starting':
        return phase.done;
      case 'stopping':
        await phase.done;
        return this.start();
      case 'backoff':
        phase.planned.timer.dispose();
        return this.#begin();
      case 'rest':
        return this.#begin();
    }
  }

  /** Queues a prompt, starting the agent first where it does not run; resolves at the turn's end. */
  async prompt(blocks: readonly ContentBlock[]): Promise<TurnResult> {
    const prompt = this.queue.push(this.#deps.ids.entryId(), blocks);
    this.touch();
    this.#deps.events.onChange();
    if (this.#phase.kind === 'running') {
      this.#turns.pump();
    } else {
      this.start().then(
        () => {
          this.#turns.pump();
        },
        (error: unknown) => {
          this.queue.rejectAll(toSessionError(error, this.sessionId));
          this.#deps.events.onChange();
        },
      );
    }
    return prompt.done;
  }

  /** Asks the agent to end its turn; resolves when it has. @throws SessionError `agentError` when it does not in time */
  async cancel(): Promise<void> {
    if (this.#phase.kind !== 'running') return;
    this.pending.cancelAll();
    await cancelTurn(this.#phase.run, this.#deps.clock, this.sessionId);
  }

  /**
   * Ends the agent and everything below it. Calls while it stops share one stop; `force` hastens it.
   * Never rejects because of storage: a stop that cannot be written down is still a stop.
   */
  stop(reason: StopReason, force: boolean): Promise<TerminationReport> {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'rest':
        return this.#stopAtRest(reason);
      case 'backoff':
        phase.planned.timer.dispose();
        this.#phase = { kind: 'rest' };
        return this.#stopAtRest(reason);
      case 'stopping':
        // A link's stops are one stop and share their outcome: this one only hastens it.
        if (force) phase.link?.stop(forced).catch(() => undefined);
        return phase.done;
      case 'starting':
      case 'running':
        return this.#stop(phase, reason, force);
    }
  }

  /** Writes everything said and the state; resolves when it is on stable storage. @throws SessionError `storageFailed` */
  async save(): Promise<SavedSessionInfo> {
    await this.context.sync();
    return this.#row.save();
  }

  /** Notes activity: by the agent, or by the user. */
  touch(): void {
    this.#row.touchLightly();
  }

  /** Replaces parts of the state, saves it and tells. @throws SessionError `storageFailed` */
  async change(patch: Partial<Omit<SessionState, 'status'>>): Promise<void> {
    this.#row.patch(patch);
    this.#deps.events.onChange();
    await this.#row.save();
  }

  /** Sets a mode of the agent. @throws SessionError */
  async setMode(modeId: string): Promise<void> {
    const run = this.#running();
    await run.link.setMode(run.agentSessionId, modeId);
    this.#row.noteFacts({ currentModeId: modeId });
  }

  /** Sets a config option of the agent. @throws SessionError */
  async setConfigOption(configId: string, value: unknown): Promise<void> {
    const run = this.#running();
    const configOptions = await run.link.setConfigOption(run.agentSessionId, configId, value);
    if (configOptions !== undefined) this.#row.noteFacts({ configOptions });
  }

  #running(): AgentRun {
    if (this.#phase.kind === 'running') return this.#phase.run;
    throw new SessionError('sessionStopped', 'The session has no running agent.', {
      sessionId: this.sessionId,
      hint: 'Send a prompt, or run "Roost: Resume Session", to start it.',
    });
  }

  // ---- start ----------------------------------------------------------------------------------

  #begin(): Promise<void> {
    const abort = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Promise<void>>();
    const phase: Phase = {
      kind: 'starting',
      abort,
      done: promise.then((run) => run),
      link: undefined,
    };
    this.#phase = phase;
    this.pending.open();
    this.#row.setStatus('starting');
    resolve(this.#startRun(phase));
    phase.done.catch(() => undefined);
    return phase.done;
  }

  async #startRun(phase: Extract<Phase, { kind: 'starting' }>): Promise<void> {
    const { clock, telemetry } = this.#deps;
    const startedAt = clock.monotonic();
    try {
      await this.#settled;
      const { run, how, info } = await this.#starter.start({
        signal: phase.abort.signal,
        automatic: this.#backoff.automatic,
        onLaunched: (link) => {
          phase.link = link;
          this.#watch(link);
        },
      });
      this.#can = info.can;
      this.#noteProcess(run.link);
      this.#phase = { kind: 'running', run };
      this.#everReady = true;
      this.#row.setStatus('ready');
      this.#syncStatus();
      const durationMs = clock.monotonic() - startedAt;
      if (how === 'new') {
        telemetry.publish('roost.session.created', this.#row.subject, {
          origin: 'new',
          durationMs,
        });
      } else {
        telemetry.publish('roost.session.restored', this.#row.subject, {
          bytes: 0,
          durationMs,
          how,
        });
      }
      // The agent may have ended between its last answer and here, when nobody counted on it yet.
      if (!isActive(this.entry)) this.#settled = this.#endedUnasked(run, await run.link.ended);
    } catch (thrown) {
      const error = phase.abort.signal.aborted
        ? stoppedMeanwhile(this.sessionId)
        : toSessionError(thrown, this.sessionId);
      await this.#startFailed(phase, error);
      throw error;
    }
    await this.#row.reported();
    this.#turns.pump();
  }

  #contextEvents(): ConstructorParameters<typeof ContextManager>[0]['events'] {
    return {
      onChange: (change) => {
        this.#deps.events.onTranscript(change);
      },
      onActivity: () => {
        this.#stall.sign();
        this.touch();
      },
      onFacts: (patch) => {
        this.#row.noteFacts(patch);
      },
      onMessage: () => {
        this.#row.patch({ messageCount: this.#row.state.messageCount + 1 });
      },
    };
  }

  async #startFailed(
    phase: Extract<Phase, { kind: 'starting' }>,
    error: SessionError,
  ): Promise<void> {
    this.pending.close();
    this.context.setReplaying(false);
    if (phase.link !== undefined) await phase.link.stop(forced);
    // A stop that came meanwhile sees to the rest itself.
    if (this.#phase !== phase) return;
    await this.#closeContext();
    this.#phase = { kind: 'rest' };
    this.#row.setStatus('failed', error);
    this.queue.rejectAll(error);
    this.#deps.telemetry.publish('roost.session.error', this.#row.subject, { code: error.code });
    if (this.#backoff.automatic) this.#restartOrGiveUp(error);
    await this.#row.reported();
  }

  // ---- ends -----------------------------------------------------------------------------------

  /** The pid is known some time after the launch, when the program has been looked up and started. */
  #noteProcess(link: AgentLink): void {
    this.#deps.registry.update(this.sessionId, (entry) =>
      entry.kind === 'terminated' && entry.monitor === link.ended
        ? entry
        : active(entry, { pid: link.pid }, link.ended),
    );
  }

  #watch(link: AgentLink): void {
    const { registry } = this.#deps;
    this.#noteProcess(link);
    void link.ended.then((end) => {
      registry.update(this.sessionId, (entry) =>
        isActive(entry) && entry.monitor === link.ended ? terminated(entry, end) : entry,
      );
      if (this.#phase.kind === 'running' && this.#phase.run.link === link) {
        this.#settled = this.#endedUnasked(this.#phase.run, end);
      } else {
        this.#deps.events.onChange();
      }
    });
  }

  /** The agent ended and nobody had asked it to. Never rejects. */
  async #endedUnasked(run: AgentRun, end: AgentEnd): Promise<void> {
    const where = { sessionId: this.sessionId, agent: run.agent, cwd: this.entry.state.cwd };
    const error = endedUnexpectedly(where, end);
    const turn = run.turn;
    const cutShort = turn !== undefined && !turn.answered;
    this.#phase = { kind: 'rest' };
    this.#stall.stop();
    this.pending.close();
    if (cutShort) this.#turns.interrupt(run, `${run.agent.name} ended with ${endInWords(end)}`);
    const clean = !cutShort && end.exitCode === 0 && end.signal === null;
    if (clean) {
      this.context.notice('agentEnded', `${run.agent.name} ended by itself.`);
      this.#row.setStatus('stopping');
      this.#row.setStatus('dormant');
    } else {
      this.#row.setStatus('crashed', error);
      this.#restartOrGiveUp(error);
    }
    await this.#closeContext();
    await this.#row.reported();
    if (cutShort) turn.prompt.reject(error);
    turn?.markOver();
    const { exitCode, signal } = end;
    this.#deps.telemetry.publish('roost.session.terminated', this.#row.subject, {
      reason: clean ? 'shutdown' : 'crash',
      exitCode,
      signal,
      durationMs: 0,
      forced: false,
    });
    if (!clean)
      this.#deps.telemetry.publish('roost.session.error', this.#row.subject, { code: error.code });
    if (clean && this.queue.list().length > 0) this.#startForQueue();
  }

  /** Prompts were waiting when the agent left by itself: they are why a new one is started. */
  #startForQueue(): void {
    this.start().catch((error: unknown) => {
      this.queue.rejectAll(toSessionError(error, this.sessionId));
    });
  }

  /** Whatever waits when there is no restart waits in vain: it gets the crash as its answer. */
  #restartOrGiveUp(error: SessionError): void {
    const { events, telemetry } = this.#deps;
    const planned = this.#backoff.plan(({ attempt, delayMs }) => {
      telemetry.publish('roost.session.restarted', this.#row.subject, { attempt, delayMs });
      // A failed restart has shown itself on the row and decided about the next one already.
      this.#begin().catch(() => undefined);
    });
    if (planned === undefined) this.queue.rejectAll(error);
    else this.#phase = { kind: 'backoff', planned };
    events.onChange();
  }

  async #stopAtRest(reason: StopReason): Promise<TerminationReport> {
    this.#backoff.reset();
    this.queue.cancelAll();
    await this.#settled;
    // A person has seen the crash and put it away; a window that closes has not.
    if (reason === 'user' && this.#phase.kind === 'rest' && this.entry.state.status === 'crashed') {
      this.#row.setStatus('dormant');
    }
    await this.#row.reported();
    return nothingRan(this.sessionId);
  }

  #stop(
    from: Extract<Phase, { kind: 'starting' | 'running' }>,
    reason: StopReason,
    force: boolean,
  ): Promise<TerminationReport> {
    const { promise, resolve } = Promise.withResolvers<Promise<TerminationReport>>();
    const link = from.kind === 'running' ? from.run.link : from.link;
    const phase: Phase = { kind: 'stopping', link, done: promise.then((report) => report) };
    this.#phase = phase;
    this.#backoff.reset();
    this.#stall.stop();
    this.#row.setStatus('stopping');
    this.queue.cancelAll();
    this.pending.close();
    resolve(
      from.kind === 'running' ? this.#stopRun(from.run, reason, force) : this.#stopStart(from),
    );
    return phase.done;
  }

  async #stopStart(from: Extract<Phase, { kind: 'starting' }>): Promise<TerminationReport> {
    const startedAt = this.#deps.clock.monotonic();
    from.abort.abort();
    // Nothing was said in this run: there is nothing to be polite about.
    await from.done.catch(() => undefined);
    const report = await from.link?.stop(forced);
    return this.#stopped('user', startedAt, report);
  }

  async #stopRun(run: AgentRun, reason: StopReason, force: boolean): Promise<TerminationReport> {
    const { clock, settings } = this.#deps;
    const startedAt = clock.monotonic();
    const { turn } = run;
    this.context.flush();
    const report = await run.link.stop({
      force,
      graceMs: settings()['supervision.graceSeconds'] * 1000,
      agentSessionId: run.agentSessionId,
    });
    await run.link.ended;
    const cutShort = run.turn === turn && turn !== undefined && !turn.answered;
    if (cutShort) this.#turns.interrupt(run, 'the session was stopped');
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
    const { clock, telemetry } = this.#deps;
    if (reason === 'shutdown') this.#row.patch({ aliveAtShutdown: true });
    if (reason === 'idle') this.#row.patch({ stoppedAfterIdleMinutes: this.config.timeoutMinutes });
    await this.#closeContext();
    this.#row.setStatus('dormant');
    this.#phase = { kind: 'rest' };
    await this.#row.reported();
    const durationMs = clock.monotonic() - startedAt;
    const ended = { ...nothingRan(this.sessionId), ...report, durationMs };
    const { exitCode, signal, forced } = ended;
    telemetry.publish('roost.session.terminated', this.#row.subject, {
      reason,
      exitCode,
      signal,
      durationMs,
      forced,
    });
    return ended;
  }

  /** Moves the status to what turn and open requests say, along the table. */
  #syncStatus(): void {
    if (this.#phase.kind !== 'running') return;
    const { turn } = this.#phase.run;
    const wanted = this.pending.size > 0 ? 'needsInput' : turn === undefined ? 'ready' : 'working';
    const { status } = this.entry.state;
    if (status === wanted) return;
    // Ready and needsInput are not neighbours in the table: work lies between asking and resting.
    if (status !== 'working' && wanted !== 'working') this.#row.setStatus('working');
    this.#row.setStatus(wanted);
  }

  async #closeContext(): Promise<void> {
    try {
      await this.context.close();
    } catch (error) {
      this.#deps.logger.error(`${this.sessionId}: its transcript could not be closed`, error);
    }
  }
}
