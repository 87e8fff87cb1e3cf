// What follows when one session's agent ends and nobody had asked it to: the turn is marked, the row tells, the policy decides.
import type { AgentRun } from './agentRun.ts';
import { toSessionError, type SessionError } from './errors.ts';
import type { AgentEnd } from './agentPort.ts';
import type { SessionParts } from './sessionParts.ts';
import { endedUnexpectedly, endInWords } from './startErrors.ts';

/** The unasked ends of one session's agents. */
export class RunEnd {
  readonly #parts: SessionParts;
  readonly #start: () => Promise<void>;

  /** @param start starts the session again, whatever it does just then */
  constructor(parts: SessionParts, start: () => Promise<void>) {
    this.#parts = parts;
    this.#start = start;
  }

  /** Writes down that a run ended by itself; a start waits for it. */
  unasked(run: AgentRun, end: AgentEnd): void {
    this.#parts.settled = this.#unasked(run, end);
  }

  /** Whatever waits when there is no restart waits in vain: it gets the crash as its answer. */
  restartOrGiveUp(error: SessionError): void {
    const { backoff, deps, queue, row } = this.#parts;
    const planned = backoff.plan(({ attempt, delayMs }) => {
      deps.telemetry.publish('roost.session.restarted', row.subject, { attempt, delayMs });
      // A failed restart has shown itself on the row and decided about the next one already.
      this.#start().catch(() => undefined);
    });
    if (planned === undefined) queue.rejectAll(error);
    else this.#parts.phase = { kind: 'backoff', planned };
    deps.events.onChange();
  }

  /** Never rejects. */
  async #unasked(run: AgentRun, end: AgentEnd): Promise<void> {
    const { context, deps, pending, queue, row, sessionId, stall, turns } = this.#parts;
    const where = { sessionId, agent: run.agent, cwd: row.state.cwd };
    const error = endedUnexpectedly(where, end);
    const { exitCode, signal } = end;
    const turn = run.turn;
    const cutShort = turn !== undefined && !turn.answered;
    this.#parts.phase = { kind: 'rest' };
    stall.stop();
    pending.close();
    if (cutShort) turns.interrupt(run, `${run.agent.name} ended with ${endInWords(end)}`);
    const clean = !cutShort && exitCode === 0 && signal === null;
    if (clean) {
      context.notice('agentEnded', `${run.agent.name} ended by itself.`);
      row.setStatus('stopping');
      row.setStatus('dormant');
    } else {
      row.setStatus('crashed', error);
      this.restartOrGiveUp(error);
    }
    await this.#parts.closeContext();
    await row.reported();
    if (cutShort) {
      deps.events.onTurnEnd('failed');
      turn.prompt.reject(error);
    }
    turn?.markOver();
    deps.telemetry.publish('roost.session.terminated', row.subject, {
      reason: clean ? 'shutdown' : 'crash',
      exitCode,
      signal,
      durationMs: 0,
      forced: false,
    });
    if (!clean) {
      deps.telemetry.publish('roost.session.error', row.subject, { code: error.code });
    } else if (queue.list().length > 0) {
      this.#startForQueue();
    }
  }

  /** Prompts were waiting when the agent left by itself: they are why a new one is started. */
  #startForQueue(): void {
    const { queue, sessionId } = this.#parts;
    this.#start().catch((error: unknown) => {
      queue.rejectAll(toSessionError(error, sessionId));
    });
  }
}
