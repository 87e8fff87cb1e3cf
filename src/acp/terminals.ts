// Commands that Roost runs for an agent: each a supervised child of its own that dies with the agent at the latest.
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import type { ChildRun, StartedChild } from '../process/childRun.ts';
import type { ProcessHost } from '../process/processHost.ts';
import type { StopOptions } from '../process/stopLadder.ts';
import type { AgentUpdate } from '../session/agentUpdate.ts';
import type { Clock } from '../session/clock.ts';
import type { Disposable } from '../session/event.ts';
import { programFor } from './commandLine.ts';
import type { Share } from './fairShare.ts';
import { OutputBuffer } from './outputBuffer.ts';
import { RpcError, rpcCodes } from './rpcError.ts';

/** Bytes of output kept when the agent names no limit, and at most whatever it names. */
const defaultOutputBytes = 256 * 1024;
const maxOutputBytes = 16 * 1024 * 1024;
/** Output is reported at most this often, and read no faster than the agent's share in between. */
const reportMs = 50;
/** How long a command that is killed gets to end by itself. */
const killGraceMs = 2000;
/** Terminals of one agent at once, released ones not counted. */
const maxTerminals = 256;

/** How a command ended, as the protocol says it. */
export interface TerminalExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What to run. */
export interface TerminalRequest {
  /** The agent's id for the conversation that the command belongs to. */
  readonly agentSessionId: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute and checked. */
  readonly cwd: string;
  readonly outputByteLimit: number | undefined;
}

/** What terminals are made of and whom they tell. */
export interface TerminalsOptions {
  readonly processHost: ProcessHost;
  readonly clock: Clock;
  readonly share: Share;
  /** Roost's id of the session. */
  readonly sessionId: string;
  /** The agent's run: its terminals are children on its behalf. */
  readonly agent: ChildRun;
  /** The user's login shell, where that is known. */
  readonly shell: string | undefined;
  /** Must not throw. */
  onUpdate(agentSessionId: string, update: AgentUpdate): void;
  /** Must not throw. */
  onRunningChanged(running: number): void;
}

/** The terminals of one agent. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #terminals = new Map<string, Terminal>();
  /** Everything started of which something may be alive, released terminals too. */
  readonly #living = new Set<Terminal>();
  #running = 0;
  #stopped = false;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /**
   * Starts a command; resolves with the terminal's id once its process runs.
   * @throws RpcError when it cannot be started
   */
  async create(request: TerminalRequest): Promise<string> {
    const { processHost, agent, sessionId } = this.#options;
    if (this.#stopped) throw new RpcError(rpcCodes.internalError, 'The session is being stopped');
    if (this.#terminals.size >= maxTerminals) {
      throw new RpcError(rpcCodes.internalError, 'Too many terminals: release some first');
    }
    const run = processHost.spawn({
      sessionId,
      ...programFor(request.command, request.args, {
        platform: process.platform,
        shell: this.#options.shell,
      }),
      cwd: request.cwd,
      env: request.env,
      parent: agent,
      stdin: 'closed',
      stderr: 'pipe',
    });
    const terminal = new Terminal(`roost-${run.runId}`, run, request, this.#options);
    this.#living.add(terminal);
    // Gone is later than its exit: what a command started in the background stays until it is released.
    void terminal.gone.then(() => {
      this.#living.delete(terminal);
    });
    const started = await run.started;
    if (started === undefined) {
      const { spawnError } = await run.exited;
      throw new RpcError(
        rpcCodes.internalError,
        `The command could not be started: ${spawnError?.message ?? request.command}`,
        { cause: spawnError?.code },
      );
    }
    this.#terminals.set(terminal.id, terminal);
    // Attached in the tick in which the streams were handed out.
    terminal.attach(started);
    this.#count(1);
    void terminal.exit.then(() => {
      this.#count(-1);
    });
    return terminal.id;
  }

  /** @throws RpcError when there is no such terminal */
  output(terminalId: string): {
    output: string;
    truncated: boolean;
    exitStatus?: TerminalExit;
  } {
    return this.#get(terminalId).output();
  }

  /** Resolves when the command has ended and its output has been read. @throws RpcError when there is no such terminal */
  waitForExit(terminalId: string): Promise<TerminalExit> {
    return this.#get(terminalId).exit;
  }

  /** Ends the command with everything it started; what it said can still be read. @throws RpcError when there is no such terminal */
  async kill(terminalId: string): Promise<void> {
    await this.#stop(this.#get(terminalId), { force: false, graceMs: killGraceMs });
  }

  /** Ends the command and forgets its id. @throws RpcError when there is no such terminal */
  async release(terminalId: string): Promise<void> {
    const terminal = this.#get(terminalId);
    this.#terminals.delete(terminalId);
    await this.#stop(terminal, { force: false, graceMs: killGraceMs });
  }

  /**
   * Ends all commands and what they started; none can be started afterwards. How many processes it
   * ended. Callable repeatedly; never rejects: one that cannot be ended is the agent's stop to report.
   */
  async stopAll(options: StopOptions): Promise<number> {
    this.#stopped = true;
    const stops = [...this.#living].map((terminal) => this.#stop(terminal, options));
    const killed = await Promise.allSettled(stops);
    return killed.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
  }

  #count(change: 1 | -1): void {
    this.#running += change;
    this.#options.onRunningChanged(this.#running);
  }

  #get(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId);
    if (terminal === undefined) {
      throw new RpcError(rpcCodes.invalidParams, `There is no terminal ${terminalId}`);
    }
    return terminal;
  }

  async #stop(terminal: Terminal, options: StopOptions): Promise<number> {
    const alive = terminal.run.alive ? 1 : 0;
    const report = await this.#options.processHost.stop(terminal.run, options);
    await terminal.gone;
    return alive + report.descendantsKilled;
  }
}

/** One command: its output so far, and its end. */
class Terminal {
  readonly id: string;
  readonly run: ChildRun;
  /** The command has ended, and its output was read and reported. */
  readonly exit: Promise<TerminalExit>;
  /** Ended and reported, and nothing below it is alive. */
  readonly gone: Promise<void>;
  readonly #request: TerminalRequest;
  readonly #options: TerminalsOptions;
  readonly #buffer: OutputBuffer;
  readonly #streams: Readable[] = [];
  #ended: TerminalExit | undefined;
  #unreported = '';
  #reportTimer: Disposable | undefined;

  constructor(id: string, run: ChildRun, request: TerminalRequest, options: TerminalsOptions) {
    this.id = id;
    this.run = run;
    this.#request = request;
    this.#options = options;
    this.#buffer = new OutputBuffer(
      Math.min(request.outputByteLimit ?? defaultOutputBytes, maxOutputBytes),
    );
    this.exit = run.closed.then(({ exitCode, signal }) => this.#finish({ exitCode, signal }));
    this.gone = Promise.all([this.exit, run.gone]).then(() => undefined);
  }

  /** Begins to read. */
  attach(started: StartedChild): void {
    const { command, args, cwd } = this.#request;
    this.#report({
      type: 'terminal',
      terminalId: this.id,
      command: [command, ...args].join(' '),
      cwd,
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (stream === undefined) continue;
      this.#streams.push(stream);
      // One each, so that a character split between two reads of one stream stays whole.
      const decoder = new StringDecoder('utf8');
      stream.on('data', (chunk: Buffer) => {
        this.#say(decoder.write(chunk));
      });
      stream.on('end', () => {
        this.#say(decoder.end());
      });
    }
  }

  output(): { output: string; truncated: boolean; exitStatus?: TerminalExit } {
    const ended = this.#ended;
    return { ...this.#buffer.read(), ...(ended === undefined ? {} : { exitStatus: ended }) };
  }

  #say(text: string): void {
    if (text === '') return;
    this.#buffer.push(text);
    this.#unreported += text;
    if (this.#reportTimer === undefined) this.#reportOutput();
    else if (this.#unreported.length >= this.#options.share.outputLength) {
      // A command that floods waits for its pipe instead of holding up everything else here.
      for (const stream of this.#streams) stream.pause();
    }
  }

  /** The first output at once, then what has come at most every so often. */
  #reportOutput(): void {
    const data = this.#unreported;
    this.#unreported = '';
    this.#report({ type: 'terminalOutput', terminalId: this.id, data });
    this.#reportTimer = this.#options.clock.after(reportMs, () => {
      this.#reportTimer = undefined;
      if (this.#unreported !== '') this.#reportOutput();
      for (const stream of this.#streams) stream.resume();
    });
  }

  #finish(exit: TerminalExit): TerminalExit {
    this.#reportTimer?.dispose();
    if (this.#unreported !== '') {
      this.#report({ type: 'terminalOutput', terminalId: this.id, data: this.#unreported });
      this.#unreported = '';
    }
    this.#ended = exit;
    if (this.run.pid !== undefined) {
      this.#report({ type: 'terminalExit', terminalId: this.id, ...exit });
    }
    return exit;
  }

  #report(update: AgentUpdate): void {
    this.#options.onUpdate(this.#request.agentSessionId, update);
  }
}
