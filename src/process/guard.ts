// The host's side of its guard: starts it, feeds it, asks it to look and to kill, and replaces it when it dies.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import * as z from 'zod/mini';
import type { Clock } from '../session/clock.ts';
import type { Logger, ResourceUse } from '../session/ports.ts';
import { LineReader, toLine, type GuardRequest, type ToGuard } from './guardProtocol.ts';
import { hostEntry, type HostIdentity } from './ownerMarker.ts';
import type { ProcessRef } from './processTable.ts';
import type { TreeTarget } from './processTree.ts';
import type { ReapReport, TreeKeeper } from './reap.ts';

/** What {@link Guard} is given. */
export interface GuardOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Absolute path of the guard's program. */
  readonly guardPath: string;
  readonly host: HostIdentity;
  /** Does the work when the guard cannot: in this process, in slices. */
  readonly fallback: TreeKeeper;
}

/** Longer than any answer takes; a guard that is silent for so long is replaced. */
const answerMs = 8000;

/** A guard that keeps dying is not started again until this long after its last start. */
const respawnPauseMs = 10_000;
const respawnsInARow = 5;

/** After the host's goodbye the guard looks once more; then it ends. */
const farewellMs = 3000;

const refSchema = z.object({ pid: z.number(), start: z.number() });
const answerSchema = z.object({
  type: z.literal('answer'),
  id: z.number(),
  failed: z.optional(z.string()),
  refs: z.optional(z.array(refSchema)),
  reap: z.optional(
    z.object({
      asked: z.array(refSchema),
      killed: z.array(z.extend(refSchema, { ppid: z.number() })),
      left: z.array(refSchema),
    }),
  ),
  use: z.optional(z.object({ cpuMs: z.number(), rssBytes: z.number(), processes: z.number() })),
});
type Answer = z.output<typeof answerSchema>;

/** One guard process at a time, and its replacement. Its questions never reject because of the guard. */
export class Guard implements TreeKeeper {
  readonly #options: GuardOptions;
  readonly #groups = new Map<string, Extract<ToGuard, { type: 'begin' }>>();
  #process: GuardProcess | undefined;
  #closing = false;
  #starts: number[] = [];

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** The guard's pid while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Where the guard stands, in words for a person. */
  get state(): string {
    if (this.pid === undefined) return 'not running';
    return `process ${this.pid}, ${this.#process?.ready === true ? 'ready' : 'starting'}`;
  }

  /** Makes sure that a guard runs. Cheap when it does; never waits for it: the pipe keeps what it is told. */
  ensure(): void {
    if (this.#process !== undefined || this.#closing) return;
    const now = this.#options.clock.monotonic();
    this.#starts = this.#starts.filter((at) => now - at < respawnPauseMs);
    if (this.#starts.length >= respawnsInARow) return;
    this.#starts.push(now);
    const guard = new GuardProcess(this.#options);
    this.#process = guard;
    guard.tell({
      type: 'host',
      entry: hostEntry(this.#options.host),
      since: this.#options.host.start,
    });
    for (const begun of this.#groups.values()) guard.tell(begun);
    void guard.exited.then((why) => {
      if (this.#process === guard) this.#process = undefined;
      if (this.#closing) return;
      this.#options.logger.warn(`The guard process ended (${why}); starting another.`);
      this.ensure();
      if (this.#process === undefined) {
        this.#options.logger.error(
          'The guard process keeps ending. Agents would outlive a crash of the extension host until the next start.',
        );
      }
    });
  }

  /** A run began; `polite` when it may not be killed without a word, as a user's own shell. */
  begin(runId: string, group: ProcessRef, polite = false): void {
    const begun = { type: 'begin', runId, group, polite } as const;
    this.#groups.set(runId, begun);
    this.ensure();
    this.#process?.tell(begun);
  }

  /** A run is gone: nobody may be killed because of its pid any more. */
  gone(runId: string): void {
    if (this.#groups.delete(runId)) this.#process?.tell({ type: 'gone', runId });
  }

  async look(target: TreeTarget): Promise<readonly ProcessRef[]> {
    const answer = await this.#ask('look', target);
    return answer?.refs ?? (await this.#options.fallback.look(target));
  }

  async reap(target: TreeTarget, politeMs: number): Promise<ReapReport> {
    const answer = await this.#ask('reap', target, politeMs);
    return answer?.reap ?? (await this.#options.fallback.reap(target, politeMs));
  }

  async use(target: TreeTarget): Promise<ResourceUse> {
    const answer = await this.#ask('use', target);
    return answer?.use ?? (await this.#options.fallback.use(target));
  }

  /** Says goodbye: the guard reaps what is left of this host and ends. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing = true;
    const guard = this.#process;
    if (guard === undefined) return;
    guard.tell({ type: 'bye' });
    await guard.endWithin(farewellMs);
  }

  async #ask(
    what: GuardRequest['what'],
    target: TreeTarget,
    politeMs = 0,
  ): Promise<Answer | undefined> {
    this.ensure();
    const guard = this.#process;
    const answer = await guard?.ask({ what, target, politeMs });
    if (answer === undefined) {
      this.#options.logger.warn(`The guard did not answer "${what}"; done in the extension host.`);
    } else if (answer.failed !== undefined) {
      this.#options.logger.warn(`The guard could not "${what}": ${answer.failed}`);
    }
    return answer;
  }
}

/** One run of the guard's program. */
class GuardProcess {
  readonly exited: Promise<string>;
  /** Whether it has reported for duty; what it was told before waits in its pipe. */
  ready = false;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>();
  #nextId = 1;
  #over = false;

  constructor(options: GuardOptions) {
    this.#clock = options.clock;
    // Detached, so that what ends the host's group or session leaves the guard alive. Its environment is
    // bare: nothing the user has set may change how it starts, and it carries no marker.
    this.#child = spawn(process.execPath, [options.guardPath], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      cwd: '/',
      env: { ...systemVariables(), ELECTRON_RUN_AS_NODE: '1' },
    });
    const ended = Promise.withResolvers<string>();
    this.exited = ended.promise;
    const child = this.#child;
    const finish = (why: string): void => {
      this.#over = true;
      for (const settle of this.#pending.values()) settle(undefined);
      this.#pending.clear();
      child.stdin?.destroy();
      child.stdout?.destroy();
      ended.resolve(why);
    };
    child.on('error', (error) => {
      if (child.pid === undefined) finish(error.message);
    });
    child.on('exit', (code, signal) => {
      finish(signal ?? `exit code ${String(code)}`);
    });
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('error', () => undefined);
    const lines = new LineReader();
    child.stdout?.setEncoding('utf8');
    child.stdout?.on('data', (piece: string) => {
      for (const raw of lines.push(piece)) this.#receive(raw);
    });
    this.#hold(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  tell(message: ToGuard): void {
    this.#child.stdin?.write(toLine(message));
  }

  /** The answer; `undefined` when the guard ended or kept silent, which ends it. */
  async ask(request: Omit<GuardRequest, 'type' | 'id'>): Promise<Answer | undefined> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    this.#pending.set(id, resolve);
    this.#hold(true);
    const timer = this.#clock.after(answerMs + request.politeMs, () => {
      this.#child.kill('SIGKILL');
      resolve(undefined);
    });
    if (this.#over) resolve(undefined);
    this.tell({ type: 'ask', id, ...request });
    try {
      return await promise;
    } finally {
      timer.dispose();
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#hold(false);
    }
  }

  /** Waits for its end, and makes it happen when it takes longer. */
  async endWithin(ms: number): Promise<void> {
    this.#hold(true);
    const timer = this.#clock.after(ms, () => {
      this.#child.kill('SIGKILL');
    });
    await this.exited;
    timer.dispose();
  }

  #receive(raw: Readonly<Record<string, unknown>>): void {
    if (raw['type'] === 'ready') this.ready = true;
    const parsed = answerSchema.safeParse(raw);
    if (parsed.success) this.#pending.get(parsed.data.id)?.(parsed.data);
  }

  /** Whether the guard keeps this process's event loop alive: only while something is asked of it. */
  #hold(hold: boolean): void {
    // A child's pipes are sockets; their types do not say so.
    const sockets = [this.#child.stdin, this.#child.stdout] as unknown as (Socket | null)[];
    for (const handle of [this.#child, ...sockets]) {
      if (hold) handle?.ref();
      else handle?.unref();
    }
  }
}

/** What the system itself needs to run a program: the PATH, and on Windows where Windows is. */
function systemVariables(): Readonly<Record<string, string>> {
  const names = ['PATH', 'SystemRoot'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}
