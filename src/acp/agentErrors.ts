// What goes wrong between Roost and an agent, as the errors that a person reads.
import { SessionError, type SessionErrorCode } from '../session/errors.ts';
import { isSessionError } from '../session/errors.ts';
import type { AgentEnd } from '../session/agentPort.ts';
import { RpcError, rpcCodes } from './rpcError.ts';

/**
 * An agent's answer to a request, as an error of the session. Errors of ours pass unchanged.
 * @param mask takes the user's keys out of what the agent said: some quote the one they refuse
 */
export function agentAnswered(
  thrown: unknown,
  agentName: string,
  method: string,
  mask: (text: string) => string,
): SessionError {
  if (isSessionError(thrown)) return thrown;
  if (!(thrown instanceof RpcError)) {
    return new SessionError('internal', `${method} failed.`, { cause: thrown });
  }
  const more = { details: { cause: thrown.code, step: method }, cause: thrown };
  if (thrown.code === rpcCodes.authRequired) {
    return new SessionError('authRequired', `${agentName} wants you to log in.`, {
      ...more,
      hint: 'Log in with one of the ways the agent offers, then try again.',
    });
  }
  const said = [thrown.message, detailIn(thrown.data)].filter((part) => part !== '').join(': ');
  return new SessionError(
    'agentError',
    `${agentName} answered ${method} with: ${mask(said)}`,
    more,
  );
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
