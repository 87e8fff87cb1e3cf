// One run of one agent: its process and its connection together, as the domain sees them.
import type { ChildRun, StartedChild } from '../process/childRun.ts';
import type { AgentUpdate } from '../session/agentUpdate.ts';
import type { SessionError } from '../session/errors.ts';
import type {
  AgentEnd,
  AgentInfo,
  AgentLink,
  ContentBlock,
  OpenedSession,
  LoadOptions,
  OpenOptions,
  ReopenOptions,
  StopReport,
  StopRequest,
} from '../session/agentPort.ts';
import type { AgentFacts } from '../session/state.ts';
import {
  agentAnswered,
  agentExited,
  asksForSignIn,
  connectionLost,
  failedWithoutSignIn,
} from './agentErrors.ts';
import { ClientRequests } from './clientRequests.ts';
import { Conversations } from './conversations.ts';
import { FileChanges } from './fileChanges.ts';
import { Connection, type SkippedMessage } from './connection.ts';
import {
  initializeParams,
  readConfigOptions,
  readIntroduction,
  readStopReason,
} from './handshake.ts';
import type { Share } from './fairShare.ts';
import type { LinkOptions } from './linkOptions.ts';
import { deliver } from './longText.ts';
import { modelAnswers, modelsMeta } from './modelRequests.ts';
import { quirksOf, type Quirks } from './quirks.ts';
import { SecretMask } from './secretMask.ts';
import { Terminals } from './terminals.ts';
import { homelessUpdate, translateUpdate } from './updates.ts';

/** How long after its streams have ended an agent's exit is waited for, in milliseconds. */
const exitAfterEndMs = 1000;

/** The part of a stop's grace time in which the agent's commands may end by themselves. */
const commandsShare = 0.3;

/** Implements {@link AgentLink} for an agent that speaks ACP over its standard streams. */
export class AcpAgentLink implements AgentLink {
  readonly ended: Promise<AgentEnd>;
  readonly #options: LinkOptions;
  readonly #run: ChildRun;
  readonly #terminals: Terminals;
  readonly #requests: ClientRequests;
  readonly #changes: FileChanges;
  #quirks: Quirks;
  readonly #share: Share;
  /** `undefined` when there never was a process. */
  readonly #connection: Promise<Connection | undefined>;
  /** The agent's output has ended and was delivered. */
  readonly #inputEnded = Promise.withResolvers<undefined>();
  readonly #stopping = new AbortController();
  readonly #turns = new Set<Promise<unknown>>();
  readonly #secrets: SecretMask;
  readonly #conversations: Conversations;
  #updates = 0;
  #info: AgentInfo | undefined;
  #polite: Promise<void> | undefined;
  #commandsKilled = 0;

  constructor(options: LinkOptions) {
    const { services, agent, cwd, keys, sessionId, events } = options;
    const { processHost } = services;
    this.#options = options;
    this.#quirks = quirksOf(agent);
    this.#share = options.fairShare.join();
    this.#secrets = new SecretMask(Object.values(keys ?? {}));
    this.#run = processHost.spawn({
      sessionId,
      command: agent.command,
      args: agent.args,
      cwd: agent.cwd ?? cwd,
      env: { ...agent.env, ...keys },
    });
    this.#conversations = new Conversations({
      agentName: agent.name,
      clock: services.clock,
      secrets: this.#secrets,
      quirks: () => this.#quirks,
      updates: () => this.#updates,
      request: (method, params) => this.#request(method, params),
    });
    const report = (agentSessionId: string, update: AgentUpdate): void => {
      this.#report(agentSessionId, update);
    };
    this.#terminals = new Terminals({
      processHost,
      clock: services.clock,
      share: this.#share,
      sessionId,
      agent: this.#run,
      shell: services.shell,
      onUpdate: report,
      onRunningChanged: (running) => {
        events.onTerminalsChanged(running);
      },
    });
    this.#changes = new FileChanges({ ...services, report });
    this.#requests = new ClientRequests({
      events,
      changes: this.#changes,
      files: services.files,
      roots: services.roots,
      terminals: this.#terminals,
      cwd,
      stopping: this.#stopping.signal,
      more: modelAnswers(options, this.#stopping.signal, (method, params) => {
        void this.#connection.then((connection) => connection?.notify(method, params));
      }),
      writesUnasked: () => this.#quirks.writesUnasked.includes(this.#conversations.modeId ?? ''),
      onUpdate: (agentSessionId, update) => {
        this.#report(agentSessionId, update);
      },
    });
    // Connected in the tick in which the streams are handed out.
    this.#connection = this.#run.started.then((child) =>
      child === undefined ? undefined : this.#connect(child),
    );
    void Promise.all([this.#run.stderrFlooded, options.heardFrom]).then(() => {
      events.onErrorFlood(this.stderrTail());
    });
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#run.pid;
  }

  stderrTail(): string {
    return this.#secrets.mask(this.#run.stderrTail());
  }

  async initialize(): Promise<AgentInfo> {
    const { agent, services } = this.#options;
    const more = modelsMeta(this.#options);
    const params = initializeParams(services.clientVersion, this.#quirks, more);
    const info = readIntroduction(await this.#request('initialize', params), agent.name);
    this.#info = info;
    this.#quirks = quirksOf(agent, info.programName);
    return info;
  }

  newSession(options: OpenOptions): Promise<OpenedSession> {
    return this.#conversations.begin(options);
  }

  loadSession(options: LoadOptions): Promise<OpenedSession> {
    return this.#conversations.load(options);
  }

  resumeSession(options: ReopenOptions): Promise<OpenedSession> {
    return this.#conversations.resume(options);
  }

  forkSession(from: ReopenOptions): Promise<OpenedSession> {
    return this.#conversations.fork(from);
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

  setMode(agentSessionId: string, modeId: string): Promise<void> {
    return this.#conversations.setMode(agentSessionId, modeId);
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
    const { services, events, agent, heardFrom } = this.#options;
    const { wireLog } = services;
    const connection = new Connection({
      input: child.stdout,
      output: child.stdin,
      heardFrom,
      clock: services.clock,
      logger: services.logger,
      maxMessageBytes: services.maxMessageBytes,
      trace: this.#secrets.tracer(wireLog),
      share: this.#share,
      longMessages: this.#options.longMessages,
      handlers: {
        onNotification: (method, params) => this.#notified(method, params),
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
    return { ...end, stderrTail: this.stderrTail() };
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

  async #request(method: string, params: unknown): Promise<unknown> {
    const { agent } = this.#options;
    const connection = await this.#connection;
    if (connection === undefined) throw agentExited(await this.#run.exited, agent.name);
    try {
      return await connection.request(method, params);
    } catch (thrown) {
      const mask = (text: string): string => this.#secrets.mask(text);
      const context = { agentName: agent.name, method, mask };
      if (method === 'session/prompt' && asksForSignIn(thrown) && !(await this.#signInOffered())) {
        throw failedWithoutSignIn(thrown, context);
      }
      throw agentAnswered(thrown, context);
    }
  }

  /** Whether the user can do anything about a missing sign-in here. */
  async #signInOffered(): Promise<boolean> {
    if ((this.#info?.authMethods ?? []).length > 0) return true;
    return (await this.#options.signInKnown?.()) ?? false;
  }

  #notified(method: string, params: unknown): undefined | Promise<void> {
    const { events, services } = this.#options;
    const { sessionId, update, elicitationId } = asFields(params);
    if (method === 'session/update') {
      const id = typeof sessionId === 'string' ? sessionId : undefined;
      const known = id === undefined ? [homelessUpdate(params)] : translateUpdate(update);
      const agentSessionId = id ?? this.#conversations.agentSessionId;
      return deliver(known, { clock: services.clock, share: this.#share }, (one) => {
        this.#report(agentSessionId, one);
        // What is replayed while no turn runs was changed long ago.
        if (this.#turns.size > 0) this.#changes.shown(agentSessionId, one);
      });
    } else if (method === 'elicitation/complete' && typeof elicitationId === 'string') {
      events.onElicitationComplete(elicitationId);
    } else {
      services.logger.debug(`The agent sent a notification that is ignored: ${method}`);
    }
    return undefined;
  }

  /** A message too long to be read is still said to have been there. */
  #skipped({ method, bytes, head }: SkippedMessage): void {
    const sessionId =
      /"sessionId"\s*:\s*"([^"\\]+)"/.exec(head)?.[1] ?? this.#conversations.agentSessionId;
    const raw = { method, bytes, head: head.slice(0, 1000) };
    this.#report(sessionId, { type: 'unknown', variant: 'messageTooLarge', raw });
  }

  #report(agentSessionId: string, update: AgentUpdate): void {
    this.#updates += 1;
    if (update.type === 'mode') this.#conversations.modeId = update.modeId;
    this.#options.events.onUpdate(agentSessionId, update);
  }
}

function asFields(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null
    ? (params as Readonly<Record<string, unknown>>)
    : {};
}
