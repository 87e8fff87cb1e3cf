// The conversations that one run of an agent has open: how each is opened, which one was opened last, and the mode it is in.
import type { Clock } from '../session/clock.ts';
import type {
  LoadOptions,
  OpenedSession,
  OpenOptions,
  ReopenOptions,
} from '../session/agentPort.ts';
import { assertOldEnough, inAskingMode, untilQuiet } from './habits.ts';
import { readOpened } from './handshake.ts';
import { mcpServersParam } from './mcpServers.ts';
import type { Quirks } from './quirks.ts';
import type { SecretMask } from './secretMask.ts';

/** What opening needs. */
export interface ConversationDeps {
  readonly agentName: string;
  readonly clock: Clock;
  readonly secrets: SecretMask;
  /** The agent's habits, as far as they are known by now. */
  readonly quirks: () => Quirks;
  /** How many updates have come so far: whether the agent has gone quiet. */
  readonly updates: () => number;
  readonly request: (method: string, params: unknown) => Promise<unknown>;
}

/** Opens conversations. */
export class Conversations {
  /** The conversation opened last: whose updates those are that name none. */
  agentSessionId = '';
  /** The mode it is in, as far as that was said. */
  modeId: string | undefined;
  readonly #deps: ConversationDeps;

  constructor(deps: ConversationDeps) {
    this.#deps = deps;
  }

  /** A new one, in the mode that asks the user. */
  async begin({ cwd, mcpServers }: OpenOptions): Promise<OpenedSession> {
    const { agentName, quirks, request, secrets } = this.#deps;
    const params = { cwd, mcpServers: mcpServersParam(mcpServers, secrets) };
    const opened = readOpened(await request('session/new', params), undefined, agentName);
    this.agentSessionId = opened.agentSessionId;
    this.modeId = opened.currentModeId;
    return inAskingMode(opened, quirks(), (mode) => this.setMode(this.agentSessionId, mode));
  }

  /** An earlier one, which the agent says again. */
  async load(options: LoadOptions): Promise<OpenedSession> {
    const { agentName, clock, quirks, request, updates } = this.#deps;
    assertOldEnough(clock.now() - (options.begunAt ?? -Infinity), quirks(), agentName);
    const opened = await this.#reopen('session/load', options);
    if (quirks().replaysAfterLoad) {
      await untilQuiet((method) => request(method, {}), updates);
    }
    return opened;
  }

  /** An earlier one, without a word. */
  resume(options: ReopenOptions): Promise<OpenedSession> {
    return this.#reopen('session/resume', options);
  }

  /** A new one that goes on from where another is. */
  async fork(from: ReopenOptions): Promise<OpenedSession> {
    const { agentName, request, secrets } = this.#deps;
    const { cwd, agentSessionId: sessionId } = from;
    const mcpServers = mcpServersParam(from.mcpServers, secrets);
    const answer = await request('session/fork', { cwd, sessionId, mcpServers });
    const opened = readOpened(answer, undefined, agentName);
    this.agentSessionId = opened.agentSessionId;
    return opened;
  }

  async setMode(agentSessionId: string, modeId: string): Promise<void> {
    await this.#deps.request('session/set_mode', { sessionId: agentSessionId, modeId });
    this.modeId = modeId;
  }

  async #reopen(
    method: 'session/load' | 'session/resume',
    options: ReopenOptions,
  ): Promise<OpenedSession> {
    const { agentName, request, secrets } = this.#deps;
    const { cwd, agentSessionId } = options;
    // Set before the answer: a load replays the conversation first.
    this.agentSessionId = agentSessionId;
    const mcpServers = mcpServersParam(options.mcpServers, secrets);
    const params = { cwd, sessionId: agentSessionId, mcpServers };
    const opened = readOpened(await request(method, params), agentSessionId, agentName);
    this.modeId = opened.currentModeId;
    return opened;
  }
}
