// Sends queued prompts to a running agent, one turn at a time, and writes down how each turn ended.
import { createTurn, type AgentRun, type Turn } from './agentRun.ts';
import type { ContextManager } from './context.ts';
import { toSessionError, type SessionError } from './errors.ts';
import type { PendingRequests } from './pendingRequests.ts';
import type { Logger } from './ports.ts';
import { fitPrompt } from './promptFit.ts';
import { promptText, type PromptQueue, type QueuedPrompt } from './promptQueue.ts';
import type { SessionRow } from './sessionRow.ts';
import type { TurnOutcome } from './sessions.ts';
import type { StallWatch } from './stallWatch.ts';
import { earlyEnd } from './stopReasons.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';
import type { TelemetryBus } from './telemetryBus.ts';
import { titleFromPrompt } from './titles.ts';

/** What turns need of their session. */
export interface TurnDeps {
  readonly row: SessionRow;
  readonly context: ContextManager;
  readonly pending: PendingRequests;
  readonly queue: PromptQueue;
  readonly stall: StallWatch;
  readonly telemetry: TelemetryBus;
  readonly logger: Logger;
  /** The run that prompts may go to now. */
  currentRun(): AgentRun | undefined;
  /** The turn or its absence may mean another status. */
  syncStatus(): void;
  /** Told of turns that ended with an answer, or with a failure that the agent lives on after. */
  readonly events: Pick<SupervisorDeps['events'], 'onTurnEnd'>;
  /** An agent has answered: whatever made it crash before is over. */
  onHealthy(): void;
}

/** Runs turns. */
export class TurnRunner {
  readonly #deps: TurnDeps;

  constructor(deps: TurnDeps) {
    this.#deps = deps;
  }

  /** Starts the next turn, if the agent runs, is free, and a prompt waits. */
  pump(): void {
    const run = this.#deps.currentRun();
    if (run === undefined || run.turn !== undefined) return;
    const prompt = this.#deps.queue.shift();
    if (prompt === undefined) return;
    const turn = createTurn(prompt);
    run.turn = turn;
    void this.#run(run, turn);
  }

  /** Marks the running turn as cut short; its sender is told by the caller. */
  interrupt(run: AgentRun, why: string): void {
    const { row, context } = this.#deps;
    run.turn = undefined;
    row.patch({ turnRunning: false, interrupted: true });
    context.endTurn('failed');
    context.notice(
      'interrupted',
      `This turn was cut short: ${why}. It is not sent again by itself.`,
    );
  }

  /** Never rejects: what goes wrong reaches the prompt's sender. */
  async #run(run: AgentRun, turn: Turn): Promise<void> {
    const { context, row, stall, telemetry } = this.#deps;
    const { prompt } = turn;
    context.endReplay();
    this.#titleFrom(prompt);
    row.patch({ turnRunning: true });
    context.userPrompt(prompt.blocks, prompt.again);
    const fitted = fitPrompt(prompt.blocks, run.info.can);
    if (fitted.leftOut.length > 0) {
      context.notice(
        'attachmentLeftOut',
        `${run.agent.name} cannot take this, so it was not sent: ${fitted.leftOut.join(', ')}.`,
      );
    }
    this.#deps.syncStatus();
    stall.start();
    let settle: () => void;
    let outcome: TurnOutcome;
    try {
      const result = await run.link.prompt(run.agentSessionId, withCarried(run, fitted.blocks));
      if (run.turn !== turn) return;
      turn.answered = true;
      this.#carriedArrived(run);
      this.#deps.onHealthy();
      const cancelled = result.stopReason === 'cancelled';
      context.endTurn(cancelled ? 'cancelled' : undefined);
      const early = earlyEnd(result.stopReason, run.agent.name);
      if (early !== undefined) context.notice('endedEarly', early);
      outcome = cancelled ? 'cancelled' : 'finished';
      settle = () => {
        prompt.resolve({ stopReason: result.stopReason });
      };
    } catch (thrown) {
      const error = toSessionError(thrown, row.sessionId);
      if (run.turn !== turn || (await this.#lost(run, turn, error))) return;
      turn.answered = true;
      context.endTurn('failed');
      context.notice('turnFailed', error.message, { code: error.code });
      telemetry.publish('roost.session.error', row.subject, { code: error.code });
      outcome = 'failed';
      settle = () => {
        prompt.reject(error);
      };
    }
    await this.#answered(run, turn, () => {
      this.#deps.events.onTurnEnd(outcome);
      settle();
    });
  }

  /** Whether a failed prompt means that the agent is gone; then its exit, once seen, ends the turn. */
  async #lost(run: AgentRun, turn: Turn, error: SessionError): Promise<boolean> {
    if (error.code !== 'agentExited' && error.code !== 'connectionClosed') return false;
    // An agent that closed its output but lives can never answer again.
    if (error.code === 'connectionClosed') await run.link.stop({ force: true, graceMs: 0 });
    await run.link.ended;
    await turn.over;
    return true;
  }

  async #answered(run: AgentRun, turn: Turn, settle: () => void): Promise<void> {
    const { context, row, pending, stall, logger } = this.#deps;
    stall.stop();
    pending.cancelAll();
    try {
      await context.sync();
    } catch (error) {
      logger.error(`${row.sessionId}: its transcript could not be written`, error);
    }
    const current = run.turn === turn;
    if (current) {
      run.turn = undefined;
      row.patch({ turnRunning: false });
      // A long turn that has just ended is activity: the idle clock starts anew here.
      row.touch();
      this.#deps.syncStatus();
    }
    await row.reported();
    settle();
    turn.markOver();
    if (current) this.pump();
  }

  /** The agent's new conversation holds the old one now: it is the one to go on with. */
  #carriedArrived(run: AgentRun): void {
    if (run.carried === undefined) return;
    run.carried = undefined;
    this.#deps.row.patch({ agentSessionId: run.agentSessionId, agentSessionAt: run.begunAt });
  }

  #titleFrom(prompt: QueuedPrompt): void {
    const { row } = this.#deps;
    if (row.state.titleSource !== 'default') return;
    const title = titleFromPrompt(promptText(prompt.blocks));
    if (title !== undefined) row.patch({ title, titleSource: 'prompt' });
  }
}

/** The prompt's blocks, after what the agent has to be told of the conversation it could not load. */
function withCarried(run: AgentRun, prompt: QueuedPrompt['blocks']): QueuedPrompt['blocks'] {
  if (run.carried === undefined) return prompt;
  return [{ type: 'text', text: run.carried }, ...prompt];
}
