// One run of one agent: its link, its conversation and its turn; all of it is forgotten together.
import { withDeadline, type Clock } from './clock.ts';
import { isSessionError, SessionError } from './errors.ts';
import type { TerminationReport } from './info.ts';
import type { AgentDefinition, AgentInfo, AgentLink } from './agentPort.ts';
import type { QueuedPrompt } from './promptQueue.ts';
import {
  endedDuringStart,
  startRefused,
  startTimeout,
  type FailureContext,
} from './startErrors.ts';

/** The turn that runs. */
export interface Turn {
  readonly prompt: QueuedPrompt;
  /** The agent has answered; what is left is writing it down. */
  answered: boolean;
  /** Resolves when the turn is over, however it ended. */
  readonly over: Promise<void>;
  readonly markOver: () => void;
}

/** A run whose handshake is done. */
export interface AgentRun {
  readonly agent: AgentDefinition;
  readonly link: AgentLink;
  readonly info: AgentInfo;
  readonly agentSessionId: string;
  turn: Turn | undefined;
  /** Text that goes in front of the first prompt, because the agent could not load what was said. */
  carried: string | undefined;
  /** When the conversation was opened; ISO 8601. */
  readonly begunAt: string;
  runningTerminals: number;
}

/** A turn for a prompt that is about to be sent. */
export function createTurn(prompt: QueuedPrompt): Turn {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    prompt,
    answered: false,
    over: promise,
    markOver: () => {
      resolve(undefined);
    },
  };
}

/** How long a cancelled turn may take to end before the caller is told that it does not. */
const cancelDeadlineMs = 30_000;

/** Asks the agent to end its turn; resolves when it has. @throws SessionError `agentError` when it does not in time */
export async function cancelTurn(run: AgentRun, clock: Clock, sessionId: string): Promise<void> {
  const { turn } = run;
  if (turn === undefined) return;
  run.link.cancel(run.agentSessionId);
  await withDeadline(clock, cancelDeadlineMs, turn.over, () => {
    return new SessionError('agentError', `${run.agent.name} does not end its turn.`, {
      sessionId,
      hint: 'Restart the session, or kill it; what was said is saved.',
    });
  });
}

/** The report of a stop that found nothing to stop. */
export function nothingRan(sessionId: string): TerminationReport {
  return {
    sessionId,
    exitCode: null,
    signal: null,
    forced: false,
    durationMs: 0,
    descendantsKilled: 0,
  };
}

/** The error of everything that waited on a session that was stopped meanwhile. */
export function stoppedMeanwhile(sessionId: string): SessionError {
  return new SessionError('sessionStopped', 'The session was stopped.', {
    sessionId,
    hint: 'Send a prompt or run "Roost: Restart Session" to start it again.',
  });
}

/** How long the end of a process is waited for once its connection is known to be lost. */
const endAfterLossMs = 2000;

/**
 * Runs one step of a start: raced with its deadline, with the end of the process and with a stop.
 * @throws SessionError that names the step, the command and what the agent printed
 */
export async function startStep<T>(
  deps: {
    readonly clock: Clock;
    readonly where: FailureContext;
    readonly link: AgentLink;
    readonly signal: AbortSignal;
    readonly deadlineMs: number;
  },
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const { clock, where, link, signal, deadlineMs } = deps;
  if (signal.aborted) throw stoppedMeanwhile(where.sessionId);
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => {
    stopped.reject(stoppedMeanwhile(where.sessionId));
  };
  signal.addEventListener('abort', onAbort);
  const ended = link.ended.then((end) => {
    throw endedDuringStart(where, name, end);
  });
  const answer = work().catch(async (error: unknown) => {
    const lost =
      isSessionError(error) && (error.code === 'agentExited' || error.code === 'connectionClosed');
    // The connection is lost a moment before the exit is seen, and only the exit says why.
    if (lost)
      await withDeadline(clock, endAfterLossMs, ended, () => startRefused(where, name, error));
    throw startRefused(where, name, error);
  });
  // Whichever loses the race may still reject later; it has been heard here.
  ended.catch(() => undefined);
  answer.catch(() => undefined);
  stopped.promise.catch(() => undefined);
  try {
    return await withDeadline(
      clock,
      deadlineMs,
      Promise.race([answer, ended, stopped.promise]),
      () => startTimeout(where, name, deadlineMs, link.stderrTail()),
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
