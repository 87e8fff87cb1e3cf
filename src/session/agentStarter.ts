// Brings an agent from nothing to an open conversation: ownership of the files, process, handshake, conversation.
import { AgentEventSink } from './agentEventSink.ts';
import { startStep, stoppedMeanwhile, type AgentRun } from './agentRun.ts';
import { stamp } from './clock.ts';
import type { ContextManager } from './context.ts';
import { carriedContext, openConversation, type OpenedHow } from './conversation.ts';
import { toSessionError } from './errors.ts';
import type { PendingRequests } from './pendingRequests.ts';
import type { PermissionPolicy } from './permissionPolicy.ts';
import type { AgentDefinition, AgentInfo, AgentLink, OpenedSession } from './agentPort.ts';
import type { McpServer } from './mcpServer.ts';
import type { McpRequest } from './provisions.ts';
import { Replay } from './replay.ts';
import type { SessionRow } from './sessionRow.ts';
import { signInDeadlineMs, signInFailed, stillSignedOut } from './signIn.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/** Entries at the end of the transcript that a replay is held against. */
const comparedEntries = 2000;

/** What a starter needs of its session. */
export interface StarterDeps extends DomainDeps {
  readonly row: SessionRow;
  readonly context: ContextManager;
  readonly pending: PendingRequests;
  policy(): PermissionPolicy;
  /** The agent gave a sign of life. */
  onActivity(): void;
  /** Commands of the agent began or ended. */
  onTerminals(): void;
}

/** One start. */
export interface StartRequest {
  /** Fires when the session is stopped meanwhile. */
  readonly signal: AbortSignal;
  /** The start was decided by the restart policy, not by a person. */
  readonly automatic: boolean;
  /** The way to sign in that the user chose: taken before the conversation is opened. */
  readonly signInWith?: string | undefined;
  /** Called with what the agent says about itself, also when the start fails later. */
  onIntroduced(info: AgentInfo): void;
  /** Called as soon as there is a link: from here on there may be a process to end. */
  onLaunched(link: AgentLink): void;
}

/** Starts agents of one session. */
export class AgentStarter {
  readonly #deps: StarterDeps;

  /** Ways to the earlier conversation that took the agent down in this window's life. */
  readonly #avoid = new Set<OpenedHow>();

  constructor(deps: StarterDeps) {
    this.#deps = deps;
  }

  /**
   * Starts the agent and opens the conversation. What was launched is the caller's to end on failure.
   * @throws SessionError that says which step failed, where and why
   */
  async start(
    request: StartRequest,
  ): Promise<{ readonly run: AgentRun; readonly how: OpenedHow; readonly info: AgentInfo }> {
    const { catalog, clock, context, logger, row, settings } = this.#deps;
    const { sessionId, state } = row;
    const { signal } = request;
    const agent = await catalog.find(state.agentId);
    const launcher = await this.#deps.launcher();
    signal.throwIfAborted();
    const where = { sessionId, agent, cwd: state.cwd };
    const keys = await this.#keys(agent);
    signal.throwIfAborted();
    const sink = this.#sink(agent.name);
    const signInKnown = (): Promise<boolean> => this.#signInKnown(agent);
    const attached = Promise.withResolvers<undefined>();
    const heardFrom = attached.promise;
    const link = launcher.launch({ ...where, keys, signInKnown, heardFrom }, sink);
    request.onLaunched(link);
    // The files are taken while the process starts, for both take a while; but a conversation is only
    // gone on with by whoever owns its files.
    await this.#attach().finally(() => {
      attached.resolve(undefined);
    });
    signal.throwIfAborted();
    const deadlineMs = settings()['supervision.handshakeTimeoutSeconds'] * 1000;
    const step = <T>(name: string, work: () => Promise<T>, ms = deadlineMs): Promise<T> =>
      startStep({ clock, where, link, signal, deadlineMs: ms }, name, work);
    const info = await step('initialize', () => link.initialize());
    request.onIntroduced(info);
    this.#forgetOlderVersion(info);
    const { signInWith } = request;
    if (signInWith !== undefined) {
      await step('authenticate', () => link.authenticate(signInWith), signInDeadlineMs).catch(
        (error: unknown) => {
          throw signInFailed(error, agent.name);
        },
      );
    }
    const replay = await this.#replay();
    const { opened, how } = await openConversation({
      link,
      info,
      cwd: state.cwd,
      mcpServers: await this.#mcpServers(info, link, signal),
      agentSessionId: state.agentSessionId,
      begunAt: state.agentSessionAt === undefined ? undefined : Date.parse(state.agentSessionAt),
      modeId: state.facts?.currentModeId,
      forkOf: state.forkOf,
      hasHistory: state.messageCount > 0,
      step,
      avoid: this.#avoid,
      beginReplay: () => {
        if (replay !== undefined) context.beginReplay(replay());
      },
      dropReplay: () => {
        context.dropReplay();
      },
      onLost: (lost) => {
        if (!signal.aborted) this.#avoid.add(lost);
      },
      onRefused: (refused, error) => {
        logger.warn(`${sessionId}: ${refused} refused: ${toSessionError(error).message}`);
      },
    }).catch((error: unknown) => {
      throw signInWith === undefined ? error : stillSignedOut(error, agent.name);
    });
    if (how === 'load') await context.replayed();
    const carried = how === 'replay' ? await this.#carried() : undefined;
    if (signal.aborted) throw stoppedMeanwhile(sessionId);
    context.settleReplay();
    const begunAt = stamp(clock);
    // A conversation that is still to be told of the earlier one does not replace it yet.
    if (carried === undefined) {
      row.patch({
        agentSessionId: opened.agentSessionId,
        ...(how === 'resume' || how === 'load' ? {} : { agentSessionAt: begunAt }),
      });
    }
    this.#noteVersion(agent, info);
    this.#noteOpened(agent, info, opened);
    this.#noteHow(agent, carried, request.automatic);
    const run: AgentRun = {
      agent,
      link,
      info,
      agentSessionId: opened.agentSessionId,
      turn: undefined,
      begunAt,
      carried: carried?.text,
      runningTerminals: 0,
    };
    sink.run = run;
    return { run, how, info };
  }

  async #attach(): Promise<void> {
    const { context, row, store } = this.#deps;
    context.attach(await store.open(row.sessionId));
  }

  async #keys(agent: AgentDefinition): Promise<Readonly<Record<string, string>>> {
    const { provisions, logger } = this.#deps;
    try {
      return (await provisions?.environment(agent.id)) ?? {};
    } catch {
      // What was thrown may quote what it was about.
      logger.warn(`The keys of ${agent.id} could not be read; it starts without them.`);
      return {};
    }
  }

  async #signInKnown({ id }: AgentDefinition): Promise<boolean> {
    const { provisions, logger } = this.#deps;
    try {
      return (await provisions?.signInKnown(id)) ?? false;
    } catch (error) {
      logger.warn(`It could not be found out how to sign in to ${id}: ${String(error)}`);
      return false;
    }
  }

  async #mcpServers(
    info: AgentInfo,
    link: AgentLink,
    stopped: AbortSignal,
  ): Promise<readonly McpServer[]> {
    const { logger, pending, provisions, row } = this.#deps;
    const { sessionId, state } = row;
    const transports = info.mcp ?? { http: false, sse: false };
    // Nobody is asked for anything for an agent that has ended meanwhile.
    const ended = new AbortController();
    void link.ended.then(() => {
      ended.abort();
    });
    const signal = AbortSignal.any([stopped, ended.signal]);
    try {
      const request: McpRequest = {
        ...{ sessionId, cwd: state.cwd, transports, signal },
        ask: (question, unasked) => pending.elicitation(question, unasked),
      };
      return (await provisions?.mcpServers(request)) ?? [];
    } catch (error) {
      const { message } = toSessionError(error);
      logger.warn(`${sessionId}: no MCP servers are passed on: ${message}`);
      return [];
    }
  }

  #sink(agentName: string): AgentEventSink {
    const { context, logger, pending, row, telemetry } = this.#deps;
    return new AgentEventSink({
      context,
      pending,
      agentName,
      policy: () => this.#deps.policy(),
      onActivity: () => {
        this.#deps.onActivity();
      },
      onTerminals: () => {
        this.#deps.onTerminals();
      },
      onMessage: (direction, kind, bytes) => {
        telemetry.message(row.subject, direction, kind, bytes);
      },
      logger,
    });
  }

  /** Commands, modes and options that another version had told of may be gone; this one tells of its own. */
  #forgetOlderVersion({ version }: AgentInfo): void {
    const { row } = this.#deps;
    const before = row.state.facts?.agentVersion;
    if (before === undefined || version === undefined || before === version) return;
    row.noteFacts({ commands: [], modes: [], configOptions: [], currentModeId: undefined });
  }

  /** What an agent can, and how it behaves, changes with its version: whoever reads on is told from where on it is another one. */
  #noteVersion(agent: AgentDefinition, { version, name }: AgentInfo): void {
    const { context, row } = this.#deps;
    const before = row.state.facts?.agentVersion;
    if (before === undefined || version === undefined || before === version) return;
    if (row.state.messageCount === 0) return;
    context.notice('agentChanged', `${name ?? agent.name} ${before} has become ${version}.`);
  }

  #noteOpened(agent: AgentDefinition, info: AgentInfo, opened: OpenedSession): void {
    const { row } = this.#deps;
    row.patch({ turnRunning: false });
    row.clear('stoppedAfterIdleMinutes');
    row.clear('aliveAtShutdown');
    row.clear('interrupted');
    row.clear('forkOf');
    row.noteFacts({
      agentName: info.name ?? agent.name,
      canFork: info.can.fork,
      ...(info.version === undefined ? {} : { agentVersion: info.version }),
      ...(opened.modes === undefined ? {} : { modes: opened.modes }),
      ...(opened.currentModeId === undefined ? {} : { currentModeId: opened.currentModeId }),
      ...(opened.configOptions === undefined ? {} : { configOptions: opened.configOptions }),
    });
  }

  #noteHow(
    agent: AgentDefinition,
    carried: ReturnType<typeof carriedContext>,
    automatic: boolean,
  ): void {
    const { context } = this.#deps;
    if (automatic) context.notice('restarted', `${agent.name} was restarted.`);
    if (carried !== undefined) {
      const what = carried.complete ? 'what was said so far' : 'the newest part of what was said';
      context.notice(
        'resumedWithContext',
        `${agent.name} could not load this conversation. A new one was begun; it is given ${what} with your next message.`,
      );
    }
  }

  /** Makes what a replay is held against; `undefined` when there is nothing that could be doubled. */
  async #replay(): Promise<(() => Replay) | undefined> {
    const { clock, ids, row, store } = this.#deps;
    const { sessionId, state } = row;
    if (state.messageCount === 0 || state.agentSessionId === undefined) return undefined;
    const { entries } = await store.readSlice(sessionId, { limit: comparedEntries });
    return () => new Replay(entries, { clock, ids });
  }

  /** What a new conversation is told of the one that could not be loaded. */
  async #carried(): Promise<ReturnType<typeof carriedContext>> {
    const { context, row, store } = this.#deps;
    await context.sync();
    const slice = await store.readSlice(row.sessionId, { limit: 500 });
    const carried = carriedContext(slice.entries);
    return carried === undefined || slice.before === undefined
      ? carried
      : { ...carried, complete: false };
  }
}
