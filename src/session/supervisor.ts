// The SessionSupervisor: one per session, the one door to its agent, its turns, its transcript and its state.
import { cancelTurn, type AgentRun } from './agentRun.ts';
import { effectiveConfig, type SessionConfig } from './config.ts';
import type { ContextManager } from './context.ts';
import type { SessionEntry } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { SavedSessionInfo, TerminationReport } from './info.ts';
import type { PendingRequests } from './pendingRequests.ts';
import type { AgentInfo, AuthMethod, ContentBlock } from './agentPort.ts';
import { answerByPolicy } from './permissionPolicy.ts';
import type { OptionalState } from './sessionRow.ts';
import type { PromptQueue, QueuedPrompt, TurnResult } from './promptQueue.ts';
import { RunEnd } from './runEnd.ts';
import { RunStart } from './runStart.ts';
import { RunStop, type StopReason } from './runStop.ts';
import { SessionParts } from './sessionParts.ts';
import { signInRunning } from './signIn.ts';
import type { SessionState } from './state.ts';
import { StateKeeper } from './stateKeeper.ts';
import type { PendingRequestDetails } from './sessions.ts';
import type { DomainDeps, SupervisorDeps } from './supervisorDeps.ts';

/** What a session works with once it does anything. */
interface Works {
  readonly parts: SessionParts;
  readonly start: RunStart;
  readonly stop: RunStop;
  readonly keeper: StateKeeper;
}

/**
 * Supervises one session. Every public method may be called at any time; what must wait, waits. Of a session
 * that has been at rest since it was listed there is nothing but this object: thousands of them cost little.
 */
export class SessionSupervisor {
  readonly sessionId: string;
  readonly #domain: DomainDeps;
  readonly #depsOf: (sessionId: string) => SupervisorDeps;
  readonly #everReady: boolean;
  #made: Works | undefined;
  #disposed = false;

  /**
   * @param depsOf makes what this session alone works with, when it first does something
   * @param everReady whether the session has been ready before, in an earlier host's life
   */
  constructor(
    sessionId: string,
    domain: DomainDeps,
    depsOf: (sessionId: string) => SupervisorDeps,
    everReady: boolean,
  ) {
    this.sessionId = sessionId;
    this.#domain = domain;
    this.#depsOf = depsOf;
    this.#everReady = everReady;
  }

  get #works(): Works {
    if (this.#made !== undefined) return this.#made;
    const parts = new SessionParts(this.sessionId, this.#depsOf(this.sessionId), this.#everReady);
    if (this.#disposed) parts.row.dispose();
    const start = new RunStart(parts, new RunEnd(parts, () => this.start()));
    this.#made = { parts, start, stop: new RunStop(parts), keeper: new StateKeeper(parts) };
    return this.#made;
  }

  get #parts(): SessionParts {
    return this.#works.parts;
  }

  /** Whether the session has done anything since it was listed. */
  get awake(): boolean {
    return this.#made !== undefined;
  }

  /** The transcript as it is being made. */
  get context(): ContextManager {
    return this.#parts.context;
  }

  /** The requests that wait for the user, to answer them. */
  get pending(): PendingRequests {
    return this.#parts.pending;
  }

  /** The prompts that wait for their turn, to change them. */
  get queue(): PromptQueue {
    return this.#parts.queue;
  }

  /** What waits for the user, oldest first. */
  get pendingRequests(): readonly PendingRequestDetails[] {
    return this.#made?.parts.pending.list() ?? [];
  }

  /** The prompts that wait for their turn, oldest first. */
  get queuedPrompts(): readonly QueuedPrompt[] {
    return this.#made?.parts.queue.list() ?? [];
  }

  /** The session's row. */
  get entry(): SessionEntry {
    return this.#domain.registry.get(this.sessionId);
  }

  /** What the agent offers, once it has said so. */
  get can(): AgentInfo['can'] | undefined {
    return this.#made?.parts.can;
  }

  /** The ways to sign in that the agent offered last; `undefined` when it was not asked in this window. */
  get authMethods(): readonly AuthMethod[] | undefined {
    return this.#made?.parts.authMethods;
  }

  /** When a crashed session will be started again by itself; ISO 8601. */
  get restartAt(): string | undefined {
    const phase = this.#made?.parts.phase;
    return phase?.kind === 'backoff' ? phase.planned.at : undefined;
  }

  /** Since when the running turn has been silent too long; ISO 8601. */
  get stalledSince(): string | undefined {
    const since = this.#made?.parts.stall.stalledSince;
    return since === undefined ? undefined : new Date(since).toISOString();
  }

  /** How many commands run for the agent. */
  get runningTerminals(): number {
    return this.#made?.parts.runningTerminals ?? 0;
  }

  /** Why something of the session is not safely on disk; `undefined` when all of it is. */
  get storageError(): SessionError | undefined {
    return this.#made?.parts.context.failure ?? this.#made?.parts.row.saveFailure;
  }

  /** What is set for the session, its own settings before the general ones. */
  get config(): SessionConfig {
    return effectiveConfig(this.entry.state, this.#domain.settings());
  }

  /** Whether the session never became ready: then a stop leaves nothing behind. */
  get neverReady(): boolean {
    return !(this.#made?.parts.everReady ?? this.#everReady);
  }

  /** Resolves when every status so far has been reported. */
  async reported(): Promise<void> {
    await this.#made?.parts.row.reported();
  }

  /** Hands what is shown but not yet written of the transcript to the disk. */
  flush(): void {
    this.#made?.parts.context.flush();
  }

  /**
   * Starts the agent, after a stop under way has ended. Calls while it starts share one start.
   * @throws SessionError that says which step failed, where and why; the row is then `failed`
   */
  async start(): Promise<void> {
    const { phase } = this.#parts;
    switch (phase.kind) {
      case 'running':
        return;
      case 'starting':
        return phase.done;
      case 'stopping':
        await this.#works.stop.over(phase.done);
        return this.start();
      case 'stuck':
        // Two agents on one conversation must never be: the old one has to go first.
        await this.stop('user', true);
        return this.start();
      case 'backoff':
      case 'rest':
        await this.#works.start.prepare();
        // Somebody else may have begun one meanwhile.
        return this.#parts.atRest ? this.#works.start.begin() : this.start();
    }
  }

  /**
   * Signs in with a method of the agent: with the one that runs, else as part of a start.
   * @throws SessionError `authRequired` when the agent refuses, or asks again after it accepted
   */
  async signIn(methodId: string): Promise<void> {
    const { phase, deps, row } = this.#parts;
    switch (phase.kind) {
      case 'running': {
        const where = { sessionId: this.sessionId, cwd: row.state.cwd };
        return signInRunning(phase.run, deps.clock, where, methodId);
      }
      case 'stuck':
        // The old process has to go first, as for any start.
        await this.stop('user', true);
        return this.signIn(methodId);
      case 'stopping':
        // One that fails leaves a process that has to go first.
        await this.#works.stop.over(phase.done.catch(() => undefined));
        return this.signIn(methodId);
      case 'starting':
        // A start that fails is what the sign-in is for.
        await phase.done.catch(() => undefined);
        return this.signIn(methodId);
      case 'backoff':
      case 'rest':
        await this.#works.start.prepare();
        return this.#parts.atRest ? this.#works.start.begin(methodId) : this.signIn(methodId);
    }
  }

  /** Queues a prompt, starting the agent first where it does not run; resolves at the turn's end. */
  async prompt(blocks: readonly ContentBlock[], again?: boolean): Promise<TurnResult> {
    const { deps, turns } = this.#parts;
    const prompt = this.queue.push(deps.ids.entryId(), blocks, again);
    this.touch();
    deps.events.onChange();
    if (this.#parts.run !== undefined) {
      turns.pump();
    } else {
      this.start().then(
        () => {
          turns.pump();
        },
        (error: unknown) => {
          this.queue.rejectAll(toSessionError(error, this.sessionId));
          deps.events.onChange();
        },
      );
    }
    return prompt.done;
  }

  /** Asks the agent to end its turn; resolves when it has. @throws SessionError `agentError` when it does not in time */
  async cancel(): Promise<void> {
    const { deps, run } = this.#parts;
    if (run === undefined) return;
    this.pending.cancelAll();
    await cancelTurn(run, deps.clock, this.sessionId);
  }

  /**
   * Ends the agent and everything below it. Calls while it stops share one stop; `force` hastens it.
   * Never rejects because of storage: a stop that cannot be written down is still a stop.
   */
  stop(reason: StopReason, force: boolean): Promise<TerminationReport> {
    return this.#works.stop.stop(reason, force);
  }

  /**
   * Stops the agent where one runs, and starts it again, unless somebody stops it meanwhile.
   * @param mayStart throws when it may not be started any more
   */
  async restart(mayStart: () => void): Promise<void> {
    await this.#works.stop.over(this.#works.stop.stop('user', false, 'restart'));
    mayStart();
    await this.start();
  }

  /**
   * Stops the session and then does what takes it off the disk; from now on nothing starts it, and from
   * the stop on nothing of it is saved. When that fails, it goes on.
   */
  async leave(takeAway: () => Promise<void>): Promise<void> {
    await this.#works.keeper.leave(() => this.stop('user', false), takeAway);
  }

  /** Writes everything said and the state; resolves when it is on stable storage. @throws SessionError `storageFailed` */
  async save(): Promise<SavedSessionInfo> {
    await this.look();
    await this.context.sync();
    return this.#parts.row.save();
  }

  /**
   * Takes over what another window has made of the session since, where it is at rest.
   * @throws SessionError `sessionReadOnly`, `savedSessionUnknown`: what is at rest here, another window has open or has deleted
   */
  async look(): Promise<void> {
    await this.#parts.look();
  }

  /** Lets go of what would go on by itself: the session has left the list, or the window ends. */
  dispose(): void {
    this.#disposed = true;
    this.#made?.parts.row.dispose();
  }

  /** Notes activity: by the agent, or by the user. */
  touch(): void {
    this.#parts.row.touchLightly();
  }

  /** Replaces parts of the state, saves it and tells. @throws SessionError `storageFailed` */
  async change(patch: Partial<Omit<SessionState, 'status'>>): Promise<void> {
    await this.#works.keeper.change(patch);
  }

  /** Takes an optional part of the state away, saves it and tells. @throws SessionError `storageFailed` */
  async clear(key: OptionalState): Promise<void> {
    await this.#works.keeper.clear(key);
  }

  /** Answers the requests that the policy has an answer for by now. */
  reconsider(): void {
    const { policy } = this.#parts;
    this.pending.reconsider((ask) => answerByPolicy(policy, ask));
  }

  /** Sets a mode of the agent. @throws SessionError */
  async setMode(modeId: string): Promise<void> {
    const run = this.#running();
    await run.link.setMode(run.agentSessionId, modeId);
    this.#parts.row.noteFacts({ currentModeId: modeId });
  }

  /** Sets a config option of the agent. @throws SessionError */
  async setConfigOption(configId: string, value: unknown): Promise<void> {
    const run = this.#running();
    const configOptions = await run.link.setConfigOption(run.agentSessionId, configId, value);
    if (configOptions !== undefined) this.#parts.row.noteFacts({ configOptions });
  }

  #running(): AgentRun {
    const { run } = this.#parts;
    if (run !== undefined) return run;
    throw new SessionError('sessionStopped', 'The session has no running agent.', {
      sessionId: this.sessionId,
      hint: 'Send a prompt, or run "Roost: Resume Session", to start it.',
    });
  }
}
