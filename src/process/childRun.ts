// One run of one child process: its streams, its end, and the scope that everything born with it dies with.
import { spawn, type ChildProcess } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';
import type { ChildRunIdentity, ChildSpec, ProcessEnd, SpawnError } from './childSpec.ts';
import { StandardError } from './standardError.ts';

/** A child that was started. Attach to its streams in the same tick as this is handed out. */
export interface StartedChild {
  readonly pid: number;
  /** Errors on it (the child closed it, or died) are swallowed here: the exit tells. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Only with `stderr: 'pipe'`. */
  readonly stderr: Readable | undefined;
}

/** One run, as its users see it. Its promises never reject and may be awaited by any number of waiters. */
export interface ChildRun extends ChildRunIdentity {
  readonly spec: ChildSpec;
  /** `undefined` before the start and when there never was a process. */
  readonly pid: number | undefined;
  /** Whether there is a process whose exit has not been seen. */
  readonly alive: boolean;
  /** Fires on the exit, or when the start failed: ties timers and listeners to this run. */
  readonly signal: AbortSignal;
  /** Resolves once; `undefined` when there never was a process (then {@link exited} says why). */
  readonly started: Promise<StartedChild | undefined>;
  /** The system has said that the process is dead, or there never was one. Output may still be on its way. */
  readonly exited: Promise<ProcessEnd>;
  /** Exited and its output read to the end; bounded, because a grandchild may hold the pipes for ever. */
  readonly closed: Promise<ProcessEnd>;
  /** Closed, and nothing of what it started is alive any more as far as the system can tell. */
  readonly gone: Promise<ProcessEnd>;
  /** The end of standard error so far, at most 8 KiB. */
  stderrTail(): string;
  /** Resolves when standard error is flooded for the first time; never where it is not. */
  readonly stderrFlooded: Promise<undefined>;
}

/** What exactly to execute, once everything about it is known. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Windows: the arguments are already quoted for the program. */
  readonly verbatimArguments?: boolean;
}

/** How long output may be silent after the exit until the pipes count as held by somebody else. */
const silentMs = 1000;

/** The same while data waits for its reader. */
const unreadMs = 10_000;

/** A run from the inside: what only this room may do with it. */
export class OwnedRun implements ChildRun {
  readonly spec: ChildSpec;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly started: Promise<StartedChild | undefined>;
  readonly exited: Promise<ProcessEnd>;
  readonly closed: Promise<ProcessEnd>;
  readonly gone: Promise<ProcessEnd>;
  readonly stderrFlooded: Promise<undefined>;

  readonly #clock: Clock;
  readonly #scope = new AbortController();
  readonly #started = Promise.withResolvers<StartedChild | undefined>();
  readonly #exited = Promise.withResolvers<ProcessEnd>();
  readonly #closed = Promise.withResolvers<ProcessEnd>();
  readonly #gone = Promise.withResolvers<ProcessEnd>();
  readonly #stderr: StandardError;
  #child: ChildProcess | undefined;
  #stdin: Writable | undefined;
  #end: Omit<ProcessEnd, 'stderrTail'> | undefined;
  #start = 0;
  #outputOpen = false;
  #drain: Disposable | undefined;

  constructor(options: {
    readonly spec: ChildSpec;
    readonly runId: string;
    readonly clock: Clock;
  }) {
    this.spec = options.spec;
    this.runId = options.runId;
    this.#clock = options.clock;
    this.#stderr = new StandardError(options.clock);
    this.stderrFlooded = this.#stderr.flooded;
    this.signal = this.#scope.signal;
    setMaxListeners(0, this.signal);
    this.started = this.#started.promise;
    this.exited = this.#exited.promise;
    this.closed = this.#closed.promise;
    this.gone = this.#gone.promise;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get alive(): boolean {
    return this.pid !== undefined && this.#end === undefined;
  }

  /** Start time of the process as the process table has it; 0 until it is known. */
  get start(): number {
    return this.#start;
  }

  /** Whether the run has ended, or never came to be. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  stderrTail(): string {
    return this.#stderr.text();
  }

  /** Starts the process. Never throws; call once, and not after {@link fail}. */
  begin(launch: Launch): void {
    let child: ChildProcess;
    try {
      child = spawn(launch.file, [...launch.args], {
        cwd: launch.cwd,
        env: { ...launch.env },
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own, so that the group can be signalled. On Windows it would leave the job
        // that kills it with the host.
        detached: process.platform !== 'win32',
        windowsHide: true,
        ...(launch.verbatimArguments === true ? { windowsVerbatimArguments: true } : {}),
      });
    } catch (thrown) {
      // E2BIG and bad arguments are thrown; everything else comes as an event.
      this.fail(spawnErrorFrom(thrown));
      return;
    }
    this.#attach(child);
  }

  /** Ends a run that has no process. */
  fail(error: SpawnError): void {
    if (this.#end !== undefined) return;
    this.#finish({ exitCode: null, signal: null, spawnError: error });
    this.#closed.resolve(this.#report());
    this.#gone.resolve(this.#report());
  }

  /** Remembers the start time that its owner found out, and gives it back. */
  recordStart(start: number): number {
    this.#start = start;
    return start;
  }

  /** Half-closes standard input, the polite way to end most agents. */
  endInput(): void {
    this.#stdin?.end();
  }

  /** Gives up output that somebody else still holds open; `closed` resolves. */
  abandonOutput(): void {
    for (const stream of this.#child?.stdio ?? []) stream?.destroy();
  }

  /** Called by the owner when it has made sure that nothing of the run is alive. */
  confirmGone(): void {
    void this.closed.then((end) => {
      this.abandonOutput();
      this.#gone.resolve(end);
    });
  }

  #attach(child: ChildProcess): void {
    this.#child = child;
    // One listener each for the child's life, attached in the tick of the spawn; waiters get promises.
    child.on('error', (error) => {
      if (child.pid === undefined) this.fail(spawnErrorFrom(error));
    });
    child.on('exit', (exitCode, signal) => {
      this.#finish({ exitCode, signal });
      this.#boundOutput(child);
    });
    child.on('close', () => {
      this.#outputOpen = false;
      this.#drain?.dispose();
      if (this.#end?.spawnError === undefined) this.#closed.resolve(this.#report());
    });
    // With EMFILE there are no streams at all, whatever the type says.
    const { stdin, stdout, stderr } = child as Partial<
      Pick<ChildProcess, 'stdin' | 'stdout' | 'stderr'>
    >;
    for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => undefined);
    if (child.pid === undefined || !stdin || !stdout || !stderr) return;
    this.#outputOpen = true;
    this.#stdin = stdin;
    if (this.spec.stdin === 'closed') stdin.end();
    const own = this.spec.stderr !== 'pipe';
    if (own) {
      this.#stderr.read(stderr);
    }
    this.#started.resolve({ pid: child.pid, stdin, stdout, stderr: own ? undefined : stderr });
  }

  #finish(end: Omit<ProcessEnd, 'stderrTail'>): void {
    this.#end = end;
    this.#started.resolve(undefined);
    this.#exited.resolve(this.#report());
    this.#scope.abort();
  }

  #report(): ProcessEnd {
    return { exitCode: null, signal: null, ...this.#end, stderrTail: this.#stderr.text() };
  }

  /** After the exit: the output must move, or be given up. */
  #boundOutput(child: ChildProcess): void {
    let seen = -1;
    let silentSince = this.#clock.monotonic();
    const look = (): void => {
      if (!this.#outputOpen) return;
      const read = bytesRead(child);
      const now = this.#clock.monotonic();
      if (read !== seen) silentSince = now;
      seen = read;
      if (now - silentSince >= (unread(child) ? unreadMs : silentMs)) {
        // What a terminal's command left running goes on writing until the terminal is released.
        if (this.spec.parent === undefined) this.abandonOutput();
        else this.#closed.resolve(this.#report());
      } else {
        this.#drain = this.#clock.after(silentMs / 4, look);
      }
    };
    look();
  }
}

/** Bytes handed to readers so far, which moves as long as anything does. */
function bytesRead(child: ChildProcess): number {
  let total = 0;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    // A child's pipe is a socket; its type does not say so.
    const received = (stream as Readable & { readonly bytesRead?: number }).bytesRead ?? 0;
    total += received - stream.readableLength;
  }
  return total;
}

function unread(child: ChildProcess): boolean {
  return (child.stdout?.readableLength ?? 0) + (child.stderr?.readableLength ?? 0) > 0;
}

/** A thrown or emitted error of `spawn` as data. */
function spawnErrorFrom(thrown: unknown): SpawnError {
  if (!(thrown instanceof Error)) return { code: 'UNKNOWN', message: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'UNKNOWN';
  return { code, message: thrown.message };
}
