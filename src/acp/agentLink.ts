// One run of one agent: its process and its connection together, as the domain sees them.
import type { ChildRun, StartedChild } from '../process/childRun.ts';
import type { ProcessHost } from '../process/processHost.ts';
import type { AgentUpdate } from '../session/agentUpdate.ts';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type {
  AgentDefinition,
  AgentEnd,
  AgentEvents,
  AgentInfo,
  AgentLink,
  ContentBlock,
  Logger,
  OpenedSession,
  StopReport,
  StopRequest,
  WorkspaceFiles,
  WorkspaceRoots,
} from '../session/ports.ts';
import type { AgentFacts } from '../session/state.ts';
import { agentAnswered, agentExited, connectionLost } from './agentErrors.ts';
import { ClientRequests } from './clientRequests.ts';
import { Connection, type SkippedMessage } from './connection.ts';
import {
  initializeParams,
  readConfigOptions,
  readIntroduction,
  readOpened,
  readStopReason,
} from './handshake.ts';
import { quirksOf, type Quirks } from './quirks.ts';
import { Terminals } from './terminals.ts';
import { translateUpdate } from './updates.ts';

/** How long after its streams have ended an agent's exit is waited for, in milliseconds. */
const exitAfterEndMs = 1000;

/** The part of a stop's grace time in which the agent's commands may end by themselves. */
const commandsShare = 0.3;

/** What a link needs besides the agent and the folder. */
export interface LinkServices {
  readonly processHost: ProcessHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files: WorkspaceFiles;
  readonly roots: WorkspaceRoots;
  /** Roost's own version, told to agents. */
  readonly clientVersion: string;
  /** The user's login shell, for command lines of agents. */
  readonly shell?: string | undefined;
  /** Longest message taken from an agent, in bytes; 64 MiB if absent. */
  readonly maxMessageBytes?: number;
  /** Given every line on the wire while it returns a function: the setting `log.protocol`. */
  readonly wireLog?: () => ((direction: 'in' | 'out', line: string) => void) | undefined;
}

/** What a link is made of. */
export interface LinkOptions {
  readonly services: LinkServices;
  readonly sessionId: string;
  readonly agent: AgentDefinition;
  readonly cwd: string;
  readonly events: AgentEvents;
  /** When conversations were created, by their ids, on the monotonic clock: shared by all links. */
  readonly createdAt: Map<string, number>;
}

/** Implements {@link AgentLink} for an agent that speaks ACP over its standard streams. */
export class AcpAgentLink implements AgentLink {
  readonly ended: Promise<AgentEnd>;
  readonly #options: LinkOptions;
  readonly #run: ChildRun;
  readonly #terminals: Terminals;
  readonly #requests: ClientRequests;
  readonly #quirks: Quirks;
  /** `undefined` when there never was a process. */
  readonly #connection: Promise<Connection | undefined>;
  /** The agent's output has ended and was delivered. */
  readonly #inputEnded = Promise.withResolvers<undefined>();
  readonly #stopping = new AbortController();
  readonly #turns = new Set<Promise<unknown>>();
  /** The conversation opened last: whose updates those are that name none. */
  #agentSessionId = '';
  #info: AgentInfo | undefined;
  #polite: Promise<void> | undefined;
  #commandsKilled = 0;

  constructor(options: LinkOptions) {
    const { services, agent, cwd, sessionId, events } = options;
    const { processHost } = services;
    this.#options = options;
    this.#quirks = quirksOf(agent);
    this.#run = processHost.spawn({
      sessionId,
      command: agent.command,
      args: agent.args,
      cwd: agent.cwd ?? cwd,
      env: agent.env,
    });
    this.#terminals = new Terminals({
      processHost,
      clock: services.clock,
      sessionId,
      agent: this.#run,
      shell: services.shell,
      onUpdate: (agentSessionId, update) => {
        this.#report(agentSessionId, update);
      },
      onRunningChanged: (running) => {
        events.onTerminalsChanged(running);
      },
    });
    this.#requests = new ClientRequests({
      events,
      files: services.files,
      roots: services.roots,
      terminals: this.#terminals,
      cwd,
      stopping: this.#stopping.signal,
    });
    // Connected in the tick in which the streams are handed out.
    this.#connection = this.#run.started.then((child) =>
      child === undefined ? undefined : this.#connect(child),
    );
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#run.pid;
  }

  stderrTail(): string {
    return this.#run.stderrTail();
  }

  async initialize(): Promise<AgentInfo> {
    const { agent, services } = this.#options;
    const params = initializeParams(services.clientVersion, this.#quirks);
    const info = readIntroduction(await this.#request('initialize', params), agent.name);
    this.#info = info;
    return info;
  }

  async newSession(options: { readonly cwd: string }): Promise<OpenedSession> {
    const params = { cwd: options.cwd, mcpServers: [] };
    const { agent, createdAt, services } = this.#options;
    const opened = readOpened(await this.#request('session/new', params), undefined, agent.name);
    this.#agentSessionId = opened.agentSessionId;
    if (this.#quirks.minLoadAgeMs > 0) {
      createdAt.set(opened.agentSessionId, services.clock.monotonic());
    }
    return opened;
  }

  async loadSession(options: {
    readonly cwd: string;
    readonly agentSessionId: string;
  }): Promise<OpenedSession> {
    const { agent, createdAt, services } = this.#options;
    const created = createdAt.get(options.agentSessionId) ?? -Infinity;
    if (services.clock.monotonic() - created < this.#quirks.minLoadAgeMs) {
      throw new SessionError(
        'agentError',
        `${agent.name} cannot load a conversation that was begun less than ${Math.ceil(this.#quirks.minLoadAgeMs / 1000)} s ago.`,
        { hint: 'Try again in a minute.', details: { step: 'session/load', cause: 'tooYoung' } },
      );
    }
    return this.#reopen('session/load', options);
  }

  resumeSession(options: {
    readonly cwd: string;
    readonly agentSessionId: string;
  }): Promise<OpenedSession> {
    return this.#reopen('session/resume', options);
  }

  async authenticate(methodId: string): Promise<void> {
    await this.#request('authenticate', { methodId });
  }

  async prompt(
    agentSessionId: string,
    blocks: readonly ContentBlock[],
  ): Promise<{ readonly stopReason: string }> {
    const turn = this.#request('session/prompt', { sessionId: agentSessionId, prompt: blocks });
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.add(settled);
    try {
      return readStopReason(await turn, this.#options.agent.name);
    } finally {
      this.#turns.delete(settled);
    }
  }

  cancel(agentSessionId: string): void {
    void this.#cancel(agentSessionId);
  }

  async setMode(agentSessionId: string, modeId: string): Promise<void> {
    await this.#request('session/set_mode', { sessionId: agentSessionId, modeId });
  }

  async setConfigOption(
    agentSessionId: string,
    configId: string,
    value: unknown,
  ): Promise<AgentFacts['configOptions'] | undefined> {
    return readConfigOptions(
      await this.#request('session/set_config_option', {
        sessionId: agentSessionId,
        configId,
        value,
        ...(typeof value === 'boolean' ? { type: 'boolean' } : {}),
      }),
    );
  }

  async stop(request: StopRequest): Promise<StopReport> {
    const { force, graceMs } = request;
    const report = await this.#options.services.processHost.stop(this.#run, {
      force,
      graceMs,
      onPolite: () => (this.#polite ??= this.#windDown(request)),
    });
    await this.ended;
    return { ...report, descendantsKilled: report.descendantsKilled + this.#commandsKilled };
  }

  #connect(child: StartedChild): Connection {
    const { services, events, agent } = this.#options;
    const { wireLog } = services;
    const connection = new Connection({
      input: child.stdout,
      output: child.stdin,
      clock: services.clock,
      logger: services.logger,
      ...(services.maxMessageBytes === undefined
        ? {}
        : { maxMessageBytes: services.maxMessageBytes }),
      trace: wireLog === undefined ? undefined : (way, line) => wireLog()?.(way, line),
      handlers: {
        onNotification: (method, params) => {
          this.#notified(method, params);
        },
        onRequest: (method, params, signal) => this.#requests.answer(method, params, signal),
        onSkipped: (skipped) => {
          this.#skipped(skipped);
        },
        onMessage: (direction, kind, bytes) => {
          events.onMessage(direction, kind, bytes);
        },
        onInputEnd: () => {
          this.#inputEnded.resolve(undefined);
          this.#loseSoon(connection, connectionLost(agent.name, 'closed its output'));
        },
        onOutputFailed: (error) => {
          this.#loseSoon(connection, connectionLost(agent.name, 'does not take input', error));
        },
      },
    });
    void Promise.all([this.#run.exited, this.#inputEnded.promise]).then(([end]) => {
      connection.close(agentExited(end, agent.name));
    });
    return connection;
  }

  /** Streams usually end because the process does; its exit, which follows at once, says more. */
  #loseSoon(connection: Connection, error: SessionError): void {
    const timer = this.#options.services.clock.after(exitAfterEndMs, () => {
      if (this.#run.alive) connection.close(error);
    });
    void this.#run.exited.then(() => {
      timer.dispose();
    });
  }

  async #end(): Promise<AgentEnd> {
    const connection = await this.#connection;
    const end = await this.#run.exited;
    this.#stopping.abort();
    await Promise.all([
      this.#terminals.stopAll({ force: true, graceMs: 0 }),
      this.#run.gone,
      connection === undefined ? undefined : this.#inputEnded.promise,
    ]);
    // Standard error was read to its end only now.
    return { ...end, stderrTail: this.#run.stderrTail() };
  }

  /**
   * The turn is cancelled, the conversation closed and the agent's commands ended, as far as each
   * listens: an agent that waits for a command can end its turn then.
   */
  async #windDown({ agentSessionId, graceMs }: StopRequest): Promise<void> {
    const commands = this.#terminals.stopAll({ force: false, graceMs: graceMs * commandsShare });
    const goodbyes: Promise<unknown>[] = [...this.#turns];
    if (agentSessionId !== undefined) {
      // Before its questions are answered: else the agent goes on with the turn.
      await this.#cancel(agentSessionId);
    }
    this.#stopping.abort();
    if (agentSessionId !== undefined && this.#info?.can.close === true) {
      goodbyes.push(this.#request('session/close', { sessionId: agentSessionId }));
    }
    await Promise.allSettled(goodbyes);
    this.#commandsKilled = await commands;
  }

  async #cancel(agentSessionId: string): Promise<void> {
    // Over the same promise as requests, so that it cannot overtake the prompt it cancels.
    const connection = await this.#connection;
    connection?.notify('session/cancel', { sessionId: agentSessionId });
  }

  async #reopen(
    method: 'session/load' | 'session/resume',
    options: { readonly cwd: string; readonly agentSessionId: string },
  ): Promise<OpenedSession> {
    const { cwd, agentSessionId } = options;
    // Set before the answer: a load replays the conversation first.
    this.#agentSessionId = agentSessionId;
    const params = { cwd, sessionId: agentSessionId, mcpServers: [] };
    return readOpened(
      await this.#request(method, params),
      agentSessionId,
      this.#options.agent.name,
    );
  }

  async #request(method: string, params: unknown): Promise<unknown> {
    const { agent } = this.#options;
    const connection = await this.#connection;
    if (connection === undefined) throw agentExited(await this.#run.exited, agent.name);
    try {
      return await connection.request(method, params);
    } catch (thrown) {
      throw agentAnswered(thrown, agent.name, method);
    }
  }

  #notified(method: string, params: unknown): void {
    const { events, services } = this.#options;
    const { sessionId, update, elicitationId } = asFields(params);
    if (method === 'session/update') {
      const id = typeof sessionId === 'string' ? sessionId : undefined;
      const known = id === undefined ? [malformed(params)] : translateUpdate(update);
      for (const one of known) this.#report(id ?? this.#agentSessionId, one);
    } else if (method === 'elicitation/complete' && typeof elicitationId === 'string') {
      events.onElicitationComplete(elicitationId);
    } else {
      services.logger.debug(`The agent sent a notification that is ignored: ${method}`);
    }
  }

  /** A message too long to be read is still said to have been there. */
  #skipped({ method, bytes, head }: SkippedMessage): void {
    const sessionId = /"sessionId"\s*:\s*"([^"\\]+)"/.exec(head)?.[1] ?? this.#agentSessionId;
    const raw = { method, bytes, head: head.slice(0, 1000) };
    this.#report(sessionId, { type: 'unknown', variant: 'messageTooLarge', raw });
  }

  #report(agentSessionId: string, update: AgentUpdate): void {
    this.#options.events.onUpdate(agentSessionId, update);
  }
}

function malformed(params: unknown): AgentUpdate {
  return { type: 'unknown', variant: '(no session)', raw: params };
}

function asFields(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null
    ? (params as Readonly<Record<string, unknown>>)
    : {};
}
