// Takes what one run of an agent reports and hands each thing to the part of the session that it concerns.
import type { AgentRun } from './agentRun.ts';
import type { AgentUpdate } from './agentUpdate.ts';
import type { ContextManager } from './context.ts';
import type { PendingRequests } from './pendingRequests.ts';
import { answerByPolicy, type PermissionPolicy } from './permissionPolicy.ts';
import type { AgentEvents, ElicitationAnswer, ElicitationAsk, PermissionAsk } from './agentPort.ts';
import type { Logger } from './ports.ts';

/** What the sink works with. */
export interface SinkDeps {
  readonly context: ContextManager;
  readonly pending: PendingRequests;
  readonly agentName: string;
  policy(): PermissionPolicy;
  onActivity(): void;
  /** Commands of the agent began or ended. */
  onTerminals(): void;
  onMessage(direction: 'in' | 'out', kind: string, bytes: number): void;
  readonly logger: Logger;
}

/** The events of one run. Nothing here throws: the agent's messages are not its host's problem. */
export class AgentEventSink implements AgentEvents {
  /** The run, once its handshake is done. */
  run: AgentRun | undefined;
  readonly #deps: SinkDeps;
  readonly #strangers = new Set<string>();

  constructor(deps: SinkDeps) {
    this.#deps = deps;
  }

  onUpdate(agentSessionId: string, update: AgentUpdate): void {
    // Before the handshake is done the conversation may not have a name yet: there is only one here.
    if (this.run !== undefined && agentSessionId !== this.run.agentSessionId) {
      this.#stranger(agentSessionId);
      return;
    }
    this.#deps.context.apply(update);
  }

  async requestPermission(ask: PermissionAsk, signal: AbortSignal): Promise<string | undefined> {
    // The request may carry news of the tool call that no update has brought.
    this.#deps.context.apply({ type: 'toolCall', patch: ask.toolCall });
    // Agents often name the call in an update and only its id in the request.
    const call = this.#deps.context.toolCall(ask.toolCall.toolCallId);
    const whole = { ...ask, toolCall: { ...call, ...ask.toolCall } };
    const answered = answerByPolicy(this.#deps.policy(), whole);
    if (answered !== undefined) return answered;
    const title = call?.title ?? ask.toolCall.toolCallId;
    const optionId = await this.#deps.pending.permission(whole, title, signal);
    const kind = ask.options.find((option) => option.optionId === optionId)?.kind;
    if (kind?.startsWith('reject') === true) {
      this.#deps.context.refuseToolCall(ask.toolCall.toolCallId);
    }
    return optionId;
  }

  async elicit(ask: ElicitationAsk, signal: AbortSignal): Promise<ElicitationAnswer> {
    return this.#deps.pending.elicitation(ask, signal);
  }

  onElicitationComplete(elicitationId: string): void {
    this.#deps.pending.completeElicitation(elicitationId);
  }

  onTerminalsChanged(running: number): void {
    if (this.run !== undefined) this.run.runningTerminals = running;
    this.#deps.onActivity();
    this.#deps.onTerminals();
  }

  onErrorFlood(stderrTail: string): void {
    const { agentName, context, logger } = this.#deps;
    logger.warn(`${agentName} floods its standard error. What it wrote last:\n${stderrTail}`);
    context.notice(
      'errorFlood',
      `${agentName} writes very much to its standard error: more than 1 MB in ten seconds. The log has the end of it. ` +
        'Other sessions are not slowed down. If it does not stop, restart the session.',
    );
  }

  onMessage(direction: 'in' | 'out', kind: string, bytes: number): void {
    this.#deps.onMessage(direction, kind, bytes);
  }

  /** Updates for a conversation that is not this one: said once, so that a confused agent is noticed. */
  #stranger(agentSessionId: string): void {
    if (this.#strangers.has(agentSessionId) || this.#strangers.size >= 20) return;
    this.#strangers.add(agentSessionId);
    this.#deps.logger.warn(`update for a conversation that is not open: ${agentSessionId}`);
    this.#deps.context.notice(
      'unknownSession',
      'The agent sent updates for a conversation that is not open here. They are not shown.',
      { agentSessionId },
    );
  }
}
