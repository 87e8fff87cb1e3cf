// What goes wrong between Roost and an agent, as the errors that a person reads.
import { SessionError, type SessionErrorCode } from '../session/errors.ts';
import { isSessionError } from '../session/errors.ts';
import type { AgentEnd } from '../session/agentPort.ts';
import { RpcError, rpcCodes } from './rpcError.ts';

/** How an agent's answer is to be understood. */
export interface AnswerContext {
  readonly agentName: string;
  readonly method: string;
  /** Takes the user's keys out of what the agent said: some quote the one they refuse. */
  readonly mask: (text: string) => string;
}

/** An agent's answer to a request, as an error of the session. Errors of ours pass unchanged. */
export function agentAnswered(thrown: unknown, context: AnswerContext): SessionError {
  const { agentName, method, mask } = context;
  if (isSessionError(thrown)) return thrown;
  if (!(thrown instanceof RpcError)) {
    return new SessionError('internal', `${method} failed.`, { cause: thrown });
  }
  if (!asksForSignIn(thrown)) return answered(thrown, context);
  const said = mask(words(thrown));
  const what = `${agentName} wants you to log in`;
  return new SessionError('authRequired', said === '' ? `${what}.` : `${what}: ${said}`, {
    details: { cause: thrown.code, step: method },
    hint: 'Log in with one of the ways the agent offers, then try again.',
    cause: thrown,
  });
}

/** Whether an agent's answer has the code of a missing sign-in. */
export function asksForSignIn(thrown: unknown): thrown is RpcError {
  return thrown instanceof RpcError && thrown.code === rpcCodes.authRequired;
}

/**
 * A turn that failed with the code of a missing sign-in, by an agent to which nobody can sign in: programs use that code, the
 * first one that is free, for anything.
 */
export function failedWithoutSignIn(thrown: RpcError, context: AnswerContext): SessionError {
  return answered(
    thrown,
    context,
    'Its code is that of a missing sign-in, and it offers no way to sign in. If it wants one, use its own program in a terminal.',
  );
}

function answered(
  thrown: RpcError,
  { agentName, method, mask }: AnswerContext,
  hint?: string,
): SessionError {
  return new SessionError(
    'agentError',
    `${agentName} answered ${method} with: ${mask(words(thrown))}`,
    {
      details: { cause: thrown.code, step: method },
      cause: thrown,
      ...(hint === undefined ? {} : { hint }),
    },
  );
}

/** What the agent said, with what it put beside that. */
function words({ message, data }: RpcError): string {
  return [message, detailIn(data)].filter((part) => part !== '').join(': ');
}

/** Many agents say "Internal error" and put what happened into the data. */
function detailIn(data: unknown): string {
  if (typeof data === 'string') return data;
  if (typeof data !== 'object' || data === null) return '';
  for (const field of ['details', 'message', 'reason']) {
    const value = (data as Record<string, unknown>)[field];
    if (typeof value === 'string') return value;
  }
  return '';
}

/** The agent's process is dead, or there never was one. */
export function agentExited(end: AgentEnd, agentName: string): SessionError {
  const { exitCode, signal, stderrTail, spawnError } = end;
  const how =
    spawnError !== undefined
      ? `could not be started: ${spawnError.message}`
      : signal !== null
        ? `was ended by signal ${signal}.`
        : `exited with code ${exitCode ?? 'unknown'}.`;
  return new SessionError('agentExited', `${agentName} ${how}`, {
    details: {
      exitCode,
      signal,
      stderrTail,
      ...(spawnError === undefined ? {} : { cause: spawnError.code }),
    },
  });
}

/** The agent lives, but nothing can be said to it or heard from it any more. */
export function connectionLost(agentName: string, how: string, cause?: unknown): SessionError {
  return new SessionError('connectionClosed', `${agentName} ${how}.`, {
    hint: 'Restart the session.',
    cause,
  });
}

/** JSON-RPC codes for failures of ours that an agent's request runs into. */
const answers: Partial<Record<SessionErrorCode, number>> = {
  pathOutsideWorkspace: rpcCodes.invalidParams,
  invalidArgument: rpcCodes.invalidParams,
};

/** What an agent is answered when its request failed here. */
export function answerTo(thrown: unknown): RpcError {
  if (thrown instanceof RpcError) return thrown;
  if (!isSessionError(thrown)) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new RpcError(rpcCodes.internalError, message);
  }
  const missing = thrown.details.cause === 'ENOENT' || thrown.details.cause === 'FileNotFound';
  const code = missing
    ? rpcCodes.resourceNotFound
    : (answers[thrown.code] ?? rpcCodes.internalError);
  return new RpcError(code, thrown.message, { code: thrown.code, ...thrown.details });
}
