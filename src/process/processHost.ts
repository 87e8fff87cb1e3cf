// The room's one door: starts children, stops them with everything below them, and cleans up after dead hosts.
import { homedir } from 'node:os';
import type { Clock } from '../session/clock.ts';
import type { StopReport } from '../session/agentPort.ts';
import type { Logger, Machine, ResourceUse } from '../session/ports.ts';
import type { ChildRun, OwnedRun } from './childRun.ts';
import type { ChildSpec } from './childSpec.ts';
import { checkFolder, resolveCommand } from './commandLookup.ts';
import { childEnvironment, UserEnvironment, type Environment } from './environment.ts';
import { Guard } from './guard.ts';
import {
  appendEntry,
  hostEntry,
  markerName,
  runEntry,
  systemIdentity,
  type HostIdentity,
} from './ownerMarker.ts';
import { PidNamespace } from './pidNamespace.ts';
import { processSystem, type ProcessSystem } from './processSystem.ts';
import type { TreeKeeper } from './reap.ts';
import { RunBook } from './runBook.ts';
import { Stop, type StopOptions } from './stopLadder.ts';
import { sweep, type SweepReport } from './sweep.ts';

/** What {@link ProcessHost} is given. */
export interface ProcessHostOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Absolute path of the guard's bundle. */
  readonly guardPath: string;
  /** `roost.supervision.pidNamespace`, read at each start. */
  readonly pidNamespace?: () => 'off' | 'auto';
  /** This process's own environment; a seam for tests. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How processes are read and ended; this platform's way by default. A seam for tests. */
  readonly system?: ProcessSystem;
}

/** Everything that is found out once, before the first child. */
interface Ground {
  readonly self: HostIdentity;
  readonly guard: Guard;
  /** Who looks at trees and ends them. */
  readonly keeper: TreeKeeper;
}

/** Starts and ends processes. One per extension host. */
export class ProcessHost implements Machine {
  readonly #options: ProcessHostOptions;
  readonly #environment: UserEnvironment;
  readonly #ownMarker: string | undefined;
  readonly #pidNamespace = new PidNamespace();
  readonly #system: ProcessSystem;
  readonly #runs = new RunBook();
  readonly #wrapped = new Set<string>();
  readonly #stops = new Map<string, Stop>();
  readonly #reports = new WeakMap<ChildRun, StopReport>();
  #ground: Promise<Ground> | undefined;
  #guard: Guard | undefined;
  #over = false;
  #swept = 0;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
    this.#system = options.system ?? processSystem();
    const base = options.environment ?? process.env;
    this.#ownMarker = base[markerName];
    this.#environment = new UserEnvironment({
      logger: options.logger,
      clock: options.clock,
      base,
      onShell: (pid) => this.#watchShell(pid),
    });
  }

  /** Finds out in advance what the first start needs (the user's environment above all). Never rejects. */
  async warmUp(): Promise<void> {
    const probe =
      this.#options.pidNamespace?.() === 'auto' ? this.#pidNamespace.prefix() : undefined;
    await Promise.allSettled([this.#environment.get(), this.#prepare(), probe]);
  }

  /**
   * Starts one child. Never throws: a failed start shows in the run's `exited`. A run on behalf of
   * another one is kept, with what it started, until it is stopped or the other one ends.
   */
  spawn(spec: ChildSpec): ChildRun {
    const run = this.#runs.begin(spec, this.#options.clock);
    void run.exited.then((end) => {
      if (end.spawnError !== undefined) this.#settle(run);
      else if (spec.parent === undefined) void this.#endLeftovers(run);
    });
    void this.#start(run);
    return run;
  }

  /**
   * Ends a run and everything below it; resolves when its exit was seen, nothing below it is alive
   * and its output is closed. Callable at any time and repeatedly, also while the run is being started:
   * all calls share one stop, a later `force` hastens it.
   * @throws SessionError `internal` when the process does not even end by SIGKILL
   */
  async stop(run: ChildRun, options: StopOptions): Promise<StopReport> {
    const owned = this.#runs.get(run.runId);
    if (owned !== undefined && owned.pid === undefined) {
      owned.fail({ code: 'ECANCELED', message: 'stopped before it was started' });
    }
    if (owned?.pid === undefined) {
      const { exitCode, signal } = await run.gone;
      const none = { exitCode, signal, forced: false, descendantsKilled: 0 };
      return this.#reports.get(run) ?? none;
    }
    const running = this.#stops.get(run.runId);
    if (running !== undefined && options.force) running.hasten();
    return (running ?? (await this.#beginStop(owned, options))).report;
  }

  /** The file of a program on the user's own PATH (or of a path); `undefined` where there is none. */
  async locate(command: string): Promise<string | undefined> {
    const env = await this.#environment.get();
    const found = await resolveCommand(command, [], { env, cwd: homedir() });
    return 'code' in found ? undefined : found.file;
  }

  /** Processor time and memory of a run and everything below it; `undefined` when it has no process. */
  async resourceUse(run: ChildRun): Promise<ResourceUse | undefined> {
    const owned = this.#runs.get(run.runId);
    if (owned?.alive !== true) return undefined;
    const { self, keeper } = await this.#prepare();
    return keeper.use(this.#runs.targetOf(owned, self));
  }

  /** Processes, memory and processor time of a session, or of all sessions, with everything below them: one look. */
  async useOf(sessionId?: string): Promise<ResourceUse> {
    if (!this.#runs.anyAlive(sessionId)) return { cpuMs: 0, rssBytes: 0, processes: 0 };
    const { self, keeper } = await this.#prepare();
    return keeper.use(this.#runs.treeOf(sessionId, self));
  }

  /** The living processes of a session: its agent and everything below it. */
  async pidsOf(sessionId: string): Promise<readonly number[]> {
    if (!this.#runs.anyAlive(sessionId)) return [];
    const { self, keeper } = await this.#prepare();
    return (await keeper.look(this.#runs.treeOf(sessionId, self))).map(({ pid }) => pid);
  }

  /** Ends what dead hosts of this user left behind; never what a live host owns. Call off the critical path. */
  async sweep(): Promise<SweepReport> {
    const { self } = await this.#prepare();
    const report = await sweep({
      clock: this.#options.clock,
      reader: this.#system.reader,
      self,
      ownMarker: this.#ownMarker,
      breathe,
    });
    this.#swept += report.killed;
    if (report.killed > 0) {
      this.#options.logger.info(
        `Ended ${report.killed} processes that ${report.deadHosts} earlier extension hosts left behind.`,
      );
    }
    return report;
  }

  /** Facts about supervision on this machine, for a report to a person. */
  async describe(): Promise<Readonly<Record<string, string>>> {
    const { self, guard } = await this.#prepare();
    const prefix = await this.#pidNamespace.prefix();
    return {
      platform: process.platform,
      host: hostEntry(self),
      guard: guard.state,
      environment: this.#environment.source,
      pidNamespace: prefix === undefined ? 'not available' : `available (${prefix.join(' ')})`,
      pidNamespaceSetting: this.#options.pidNamespace?.() ?? 'off',
      runs: String(this.#runs.size),
      orphansEnded: String(this.#swept),
    };
  }

  /** Stops every run, then the guard. No run can be started afterwards. */
  async shutdown(options: { readonly graceMs: number } = { graceMs: 2000 }): Promise<void> {
    this.#over = true;
    const stops = this.#runs
      .all()
      .map((run) => this.stop(run, { force: false, graceMs: options.graceMs }));
    for (const result of await Promise.allSettled(stops)) {
      if (result.status === 'rejected') {
        this.#options.logger.error('A process could not be stopped.', result.reason);
      }
    }
    await this.#guard?.close();
  }

  async #start(run: OwnedRun): Promise<void> {
    try {
      const [user, ground] = await Promise.all([this.#environment.get(), this.#prepare()]);
      if (!run.ended) await this.#launch(run, user, ground);
    } catch (thrown) {
      this.#options.logger.error('A start failed unexpectedly.', thrown);
      run.fail({ code: 'UNKNOWN', message: String(thrown) });
    }
  }

  async #launch(run: OwnedRun, user: Environment, { self, guard }: Ground): Promise<void> {
    const { spec, runId } = run;
    const marker = appendEntry(this.#ownMarker, runEntry(self, spec.sessionId, runId));
    const env = childEnvironment(user, spec.env ?? {}, marker);
    const folder = checkFolder(spec.cwd);
    const program = await resolveCommand(spec.command, spec.args, { env, cwd: spec.cwd });
    if (folder !== undefined) run.fail(folder);
    if ('code' in program) {
      run.fail(program);
      return;
    }
    const wanted = this.#options.pidNamespace?.() === 'auto';
    const prefix = wanted ? await this.#pidNamespace.prefix() : undefined;
    if (this.#over) run.fail({ code: 'ECANCELED', message: 'Roost is shutting down' });
    if (run.ended) return;
    const [file = program.file, ...args] = [...(prefix ?? []), program.file, ...program.args];
    if (prefix !== undefined) this.#wrapped.add(runId);
    // First: a host that dies right after the spawn, or in it, leaves somebody who knows its marker.
    guard.ensure();
    run.begin({ ...program, file, args, cwd: spec.cwd, env });
    const { pid } = run;
    if (pid === undefined) return;
    guard.begin(runId, { pid, start: run.recordStart(this.#system.reader.startNow?.(pid) ?? 0) });
    if (run.start !== 0) return;
    // Where it takes a program to find out, the group counts as ours while the process is alive.
    const start = await this.#system.reader.startOf(pid).catch(() => undefined);
    if (start === undefined || !run.alive) return;
    guard.begin(runId, { pid, start: run.recordStart(start) });
  }

  #prepare(): Promise<Ground> {
    this.#ground ??= this.#findGround();
    return this.#ground;
  }

  async #findGround(): Promise<Ground> {
    const [system, start] = await Promise.all([
      systemIdentity(),
      this.#system.reader.startOf(process.pid).catch(() => undefined),
    ]);
    const self = { ...system, pid: process.pid, start: start ?? 0 };
    const { logger, clock, guardPath } = this.#options;
    const own = this.#system.keeper({
      clock,
      logger,
      reader: this.#system.reader,
      breathe,
      spare: () => (this.#guard?.pid === undefined ? [] : [this.#guard.pid]),
      holds: (pid) => this.#runs.holds(pid),
    });
    const guard = new Guard({ logger, clock, guardPath, host: self, fallback: own });
    this.#guard = guard;
    return { self, guard, keeper: this.#system.hasSignals ? guard : own };
  }

  async #beginStop(run: OwnedRun, options: StopOptions | undefined): Promise<Stop> {
    const { self, keeper } = await this.#prepare();
    const earlier = this.#stops.get(run.runId);
    if (earlier !== undefined) {
      if (options?.force === true) earlier.hasten();
      return earlier;
    }
    const stop = new Stop(
      {
        run,
        target: () => this.#runs.targetOf(run, self),
        wrapped: this.#wrapped.has(run.runId),
        keeper,
        clock: this.#options.clock,
        logger: this.#options.logger,
      },
      options,
    );
    this.#stops.set(run.runId, stop);
    void stop.report.then(
      (report) => {
        this.#reports.set(run, report);
        this.#settle(run);
      },
      () => {
        // The caller hears why; a later stop may try again.
        this.#stops.delete(run.runId);
      },
    );
    return stop;
  }

  /** After an exit that nobody asked for. */
  async #endLeftovers(run: OwnedRun): Promise<void> {
    try {
      await (
        await this.#beginStop(run, undefined)
      ).report;
    } catch (thrown) {
      this.#options.logger.error(`What run ${run.runId} left behind could not be ended.`, thrown);
    }
  }

  /** Forgets a run of which nothing is left, and what ran on its behalf. */
  #settle(run: OwnedRun): void {
    for (const other of this.#runs.familyOf(run)) {
      void other.exited.then(() => {
        this.#runs.delete(other.runId);
        this.#stops.delete(other.runId);
        this.#wrapped.delete(other.runId);
        this.#guard?.gone(other.runId);
        other.confirmGone();
      });
    }
  }

  /** The shell that is asked for the environment ends with the host, too. */
  #watchShell(pid: number): { dispose(): void } {
    const start = this.#system.reader.startNow?.(pid) ?? 0;
    void this.#prepare().then(({ guard }) => {
      if (start !== 0) guard.begin(`shell-${pid}`, { pid, start }, true);
    });
    return { dispose: () => this.#guard?.gone(`shell-${pid}`) };
  }
}

/** A turn of the event loop for everybody else. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
