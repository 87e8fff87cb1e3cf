// One turn as a command sees it: a place to say things, show tool calls and ask, that ends when cancelled.
import { randomUUID } from 'node:crypto';
import { setImmediate as nextRound } from 'node:timers/promises';
import {
  methods,
  type AgentContext,
  type ClientCapabilities,
  type PlanEntry,
  type SendRequestOptions,
  type SessionUpdate,
  type ToolCallContent,
  type ToolCallLocation,
  type ToolCallStatus,
  type ToolKind,
} from '@agentclientprotocol/sdk';
import { Problem, QuestionClosed } from './problem.ts';
import type { WorkspaceFiles } from './workspaceFiles.ts';

/** Bigger messages are sent in pieces of about this many characters, so that they arrive as a stream. */
const pieceCharacters = 1024;

/** What a turn is part of. */
export interface TurnOptions {
  readonly client: AgentContext;
  readonly capabilities: ClientCapabilities;
  readonly sessionId: string;
  readonly cwd: string;
  readonly files: WorkspaceFiles;
  readonly signal: AbortSignal;
  /** Whether this session may only look. */
  readonly readOnly: boolean;
  /** What the user has allowed for the rest of the session. */
  readonly allowedAlways: Set<string>;
  /** Sends an update, after those before it, and keeps it for the history. */
  readonly send: (update: SessionUpdate) => Promise<void>;
}

/** How a tool call starts. */
export interface ToolCallStart {
  readonly title: string;
  readonly kind: ToolKind;
  readonly status?: ToolCallStatus;
  readonly content?: ToolCallContent[];
  readonly locations?: ToolCallLocation[];
  readonly rawInput?: unknown;
}

/** What may change about a tool call. */
interface ToolCallChange {
  readonly status?: ToolCallStatus;
  readonly title?: string;
  readonly content?: ToolCallContent[];
  readonly locations?: ToolCallLocation[];
  readonly rawOutput?: unknown;
}

/** A tool call that the client shows. */
export interface OpenToolCall {
  readonly toolCallId: string;
  update(change: ToolCallChange): Promise<void>;
}

/** A question for permission. */
export interface PermissionQuestion {
  readonly call: OpenToolCall;
  readonly start: ToolCallStart;
  /** What *always* covers: the same scope is not asked about again in this session. */
  readonly scope: string;
  /** How *always* is offered. */
  readonly alwaysName: string;
}

/** Everything a command may do. Every method throws the signal's reason once the turn is cancelled. */
export class Turn {
  readonly signal: AbortSignal;
  readonly cwd: string;
  readonly sessionId: string;
  readonly files: WorkspaceFiles;
  readonly client: AgentContext;
  readonly capabilities: ClientCapabilities;
  readonly #options: TurnOptions;
  readonly #messageId = randomUUID();
  readonly #open = new Map<string, ToolCallStart>();

  constructor(options: TurnOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.cwd = options.cwd;
    this.sessionId = options.sessionId;
    this.files = options.files;
    this.client = options.client;
    this.capabilities = options.capabilities;
  }

  /** For requests to the client: cancelling the turn takes them back and waits no longer. */
  get requestOptions(): SendRequestOptions {
    return { cancellationSignal: this.signal, stopWaitingOnCancel: true };
  }

  /** Streams Markdown to the user. */
  async say(markdown: string): Promise<void> {
    for (const text of pieces(markdown)) await this.#chunk('agent_message_chunk', text);
  }

  /** Streams what the agent has in mind, apart from what it says. */
  async think(text: string): Promise<void> {
    await this.#chunk('agent_thought_chunk', text);
  }

  /** Shows the plan as it is now. */
  async plan(entries: PlanEntry[]): Promise<void> {
    this.signal.throwIfAborted();
    await this.#options.send({ sessionUpdate: 'plan', entries });
    await nextRound();
  }

  /** Shows a tool call; if the turn ends before it does, it is shown as failed. */
  async toolCall(start: ToolCallStart): Promise<OpenToolCall> {
    this.signal.throwIfAborted();
    const toolCallId = randomUUID();
    this.#open.set(toolCallId, start);
    await this.#options.send({
      sessionUpdate: 'tool_call',
      toolCallId,
      ...start,
      status: start.status ?? 'in_progress',
    });
    return {
      toolCallId,
      update: async (change) => {
        if (change.status === 'completed' || change.status === 'failed')
          this.#open.delete(toolCallId);
        await this.#options.send({ sessionUpdate: 'tool_call_update', toolCallId, ...change });
      },
    };
  }

  /**
   * Whether the user lets a tool call happen. What they allow always is remembered for the session.
   * @throws Problem when the session may only look
   * @throws QuestionClosed when the client answers without a choice
   */
  async isAllowed({ call, start, scope, alwaysName }: PermissionQuestion): Promise<boolean> {
    if (this.#options.readOnly) {
      throw new Problem(
        'This session may only look: choose the mode "Ask" to let it change things.',
      );
    }
    if (this.#options.allowedAlways.has(scope)) return true;
    const { outcome } = await this.client.request(
      methods.client.session.requestPermission,
      {
        sessionId: this.sessionId,
        toolCall: { toolCallId: call.toolCallId, status: 'pending', ...start },
        options: [
          { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
          { optionId: 'always', name: alwaysName, kind: 'allow_always' },
          { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
        ],
      },
      this.requestOptions,
    );
    this.signal.throwIfAborted();
    if (outcome.outcome === 'cancelled') throw new QuestionClosed('The question was closed.');
    if (outcome.optionId === 'always') this.#options.allowedAlways.add(scope);
    return outcome.optionId === 'always' || outcome.optionId === 'allow';
  }

  /** Ends the tool calls that are still open; called when the turn ends, for whatever reason. */
  async close(): Promise<void> {
    for (const toolCallId of this.#open.keys()) {
      await this.#options.send({ sessionUpdate: 'tool_call_update', toolCallId, status: 'failed' });
    }
    this.#open.clear();
  }

  async #chunk(
    sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk',
    text: string,
  ): Promise<void> {
    this.signal.throwIfAborted();
    const content = { type: 'text' as const, text };
    await this.#options.send({ sessionUpdate, content, messageId: this.#messageId });
    // Sending alone can keep a busy loop from ever reading what the client says, a cancel above all.
    await nextRound();
  }
}

/** A text cut behind spaces and line ends, so that no word and no character is torn. */
function* pieces(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + pieceCharacters);
    if (to < text.length) {
      const space = Math.max(text.lastIndexOf('\n', to - 1), text.lastIndexOf(' ', to - 1));
      if (space > from) to = space + 1;
      else if (/[\uD800-\uDBFF]/u.test(text.charAt(to - 1))) to -= 1;
    }
    yield text.slice(from, to);
    from = to;
  }
}
