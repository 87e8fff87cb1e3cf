// The parts of one session, made together and wired to each other, and where the session is between its operations.
import type { AgentRun } from './agentRun.ts';
import { AgentStarter } from './agentStarter.ts';
import { ContextManager, type ContextEvents } from './context.ts';
import { maxChangedFiles } from './fileChanges.ts';
import { Freshness } from './freshness.ts';
import type { TerminationReport } from './info.ts';
import { PendingRequests } from './pendingRequests.ts';
import { policyOf, type PermissionPolicy } from './permissionPolicy.ts';
import type { AgentInfo, AgentLink, AuthMethod } from './agentPort.ts';
import { PromptQueue } from './promptQueue.ts';
import { RestartBackoff, type PlannedRestart } from './restartBackoff.ts';
import { SessionRow } from './sessionRow.ts';
import { StallWatch } from './stallWatch.ts';
import { effectiveConfig, type SessionConfig } from './config.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';
import { TurnRunner } from './turnRunner.ts';

/** Where a session is between its operations. */
export type Phase =
  | { readonly kind: 'rest' }
  | { readonly kind: 'backoff'; readonly planned: PlannedRestart }
  | StartingPhase
  | { readonly kind: 'running'; readonly run: AgentRun }
  | {
      readonly kind: 'stopping';
      readonly link: AgentLink | undefined;
      readonly done: Promise<TerminationReport>;
    }
  /** A stop has failed: the process would not even end by force. */
  | { readonly kind: 'stuck'; readonly from: StoppablePhase };

/** What there is to stop. */
export type StoppablePhase = Extract<Phase, { readonly kind: 'starting' | 'running' }>;

/** A start under way. */
export interface StartingPhase {
  readonly kind: 'starting';
  readonly abort: AbortController;
  readonly done: Promise<void>;
  link: AgentLink | undefined;
}

/** What the operations of one session share. */
export class SessionParts {
  readonly sessionId: string;
  readonly deps: SupervisorDeps;
  readonly row: SessionRow;
  readonly #freshness: Freshness;
  readonly context: ContextManager;
  readonly pending: PendingRequests;
  readonly queue = new PromptQueue();
  readonly stall: StallWatch;
  readonly turns: TurnRunner;
  readonly starter: AgentStarter;
  readonly backoff: RestartBackoff;
  phase: Phase = { kind: 'rest' };
  /** It is being deleted: nothing starts it any more. */
  leaving = false;
  /** How often a stop was asked for: one that comes while a start still looks at the disk ends that start. */
  stops = 0;
  /** The end of an unexpected exit's writing; a start waits for it. */
  settled: Promise<void> = Promise.resolve();
  /** What the agent offers, once it has said so. */
  can: AgentInfo['can'] | undefined;
  /** The ways to sign in that it offered last. */
  authMethods: readonly AuthMethod[] | undefined;
  /** Whether the session has been ready, in this host's life or an earlier one. */
  everReady: boolean;

  constructor(sessionId: string, deps: SupervisorDeps, everReady: boolean) {
    this.sessionId = sessionId;
    this.deps = deps;
    this.everReady = everReady;
    this.row = new SessionRow(sessionId, deps);
    this.#freshness = new Freshness(this.row, deps);
    const { clock, ids, events } = deps;
    this.context = new ContextManager({ clock, ids, events: this.#contextEvents() });
    this.pending = new PendingRequests(
      () => ids.entryId(),
      () => {
        this.syncStatus();
        this.stall.sign();
        events.onChange();
      },
    );
    this.stall = new StallWatch(
      clock,
      () => ({
        limitMs: deps.settings()['supervision.stallMinutes'] * 60_000,
        excused: this.pending.size > 0 || this.runningTerminals > 0,
      }),
      () => {
        events.onChange();
      },
    );
    this.backoff = new RestartBackoff({ ...deps, config: () => this.config });
    this.starter = new AgentStarter({
      ...deps,
      row: this.row,
      context: this.context,
      pending: this.pending,
      policy: () => this.policy,
      onActivity: () => {
        this.#signOfLife();
      },
      onTerminals: () => {
        events.onChange();
      },
    });
    this.turns = new TurnRunner({
      row: this.row,
      context: this.context,
      pending: this.pending,
      queue: this.queue,
      stall: this.stall,
      telemetry: deps.telemetry,
      logger: deps.logger,
      currentRun: () => this.run,
      syncStatus: () => {
        this.syncStatus();
      },
      events,
      onHealthy: () => {
        this.backoff.reset();
      },
    });
  }

  /** The run whose handshake is done, while it runs and nobody stops it. */
  get run(): AgentRun | undefined {
    return this.phase.kind === 'running' ? this.phase.run : undefined;
  }

  /** How many commands run for the agent. */
  get runningTerminals(): number {
    return this.run?.runningTerminals ?? 0;
  }

  /** What is set for the session, its own settings before the general ones. */
  get config(): SessionConfig {
    return effectiveConfig(this.row.state, this.deps.settings());
  }

  /** What answers requests before the user does. */
  get policy(): PermissionPolicy {
    return policyOf(this.row.state, this.config);
  }

  /** Moves the status to what turn and open requests say, along the table. */
  syncStatus(): void {
    const { run } = this;
    if (run === undefined) return;
    const working = run.turn === undefined ? 'ready' : 'working';
    const wanted = this.pending.size > 0 ? 'needsInput' : working;
    const { status } = this.row.state;
    if (status === wanted) return;
    // Ready and needsInput are not neighbours in the table: work lies between asking and resting.
    if (status !== 'working' && wanted !== 'working') this.row.setStatus('working');
    this.row.setStatus(wanted);
  }

  /** Whether there is nothing of it that runs, starts or stops. */
  get atRest(): boolean {
    return this.phase.kind === 'rest' || this.phase.kind === 'backoff';
  }

  /**
   * Takes over what another window has made of the session, where it is at rest. One that was never ready
   * is in no other window's list.
   * @throws SessionError `sessionReadOnly`, `savedSessionUnknown`: see {@link Freshness}
   */
  async look(): Promise<void> {
    if (this.atRest && this.everReady) await this.#freshness.look();
  }

  /** Writes and closes the transcript. Never rejects: what cannot be written is logged. */
  async closeContext(): Promise<void> {
    try {
      await this.context.close();
    } catch (error) {
      this.deps.logger.error(`${this.sessionId}: its transcript could not be closed`, error);
    }
  }

  #signOfLife(): void {
    this.stall.sign();
    this.row.touchLightly();
  }

  #contextEvents(): ContextEvents {
    return {
      onChange: (change) => {
        this.deps.events.onTranscript(change);
      },
      onActivity: () => {
        this.#signOfLife();
      },
      onFailing: () => {
        this.deps.events.onChange();
      },
      onFacts: (patch) => {
        this.row.noteFacts(patch);
      },
      onMessage: () => {
        this.row.patch({ messageCount: this.row.state.messageCount + 1 });
      },
      onFirstChange: (path) => {
        const { changedFiles = [] } = this.row.state;
        if (changedFiles.includes(path) || changedFiles.length >= maxChangedFiles) return false;
        this.row.patch({ changedFiles: [...changedFiles, path] });
        this.deps.events.onChange();
        return true;
      },
    };
  }
}
