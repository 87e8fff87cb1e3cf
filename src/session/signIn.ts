// Signing in to an agent: how long it may take, what can go wrong, and how it is done with one that runs.
import type { AgentRun } from './agentRun.ts';
import { withDeadline, type Clock } from './clock.ts';
import { isSessionError, SessionError, toSessionError } from './errors.ts';
import { startTimeout, type FailureContext } from './startErrors.ts';

/** How long an agent may take to sign somebody in: a browser, a password and a second factor. */
export const signInDeadlineMs = 10 * 60_000;

const hint = 'Try another way to sign in, or use the agent’s own command in a terminal.';

/** The agent refused the sign-in itself. Anything else that ended it (an exit, a stop) passes unchanged. */
export function signInFailed(thrown: unknown, agentName: string): unknown {
  if (!isSessionError(thrown)) return thrown;
  if (thrown.code !== 'agentError' && thrown.code !== 'authRequired') return thrown;
  return new SessionError('authRequired', `${agentName} did not sign you in. ${thrown.message}`, {
    sessionId: thrown.sessionId,
    hint,
    details: thrown.details,
    cause: thrown,
  });
}

/** The agent asks for a sign-in again right after one that it had accepted. */
export function stillSignedOut(thrown: unknown, agentName: string): unknown {
  if (!isSessionError(thrown) || thrown.code !== 'authRequired') return thrown;
  return new SessionError(
    'authRequired',
    `${agentName} accepted the sign-in and still asks for one.`,
    { sessionId: thrown.sessionId, hint, details: thrown.details, cause: thrown },
  );
}

/** Signs in with an agent that runs. @throws SessionError `authRequired` when it refuses, `startTimeout` */
export async function signInRunning(
  { agent, link }: AgentRun,
  clock: Clock,
  where: Omit<FailureContext, 'agent'>,
  methodId: string,
): Promise<void> {
  try {
    await withDeadline(clock, signInDeadlineMs, link.authenticate(methodId), () =>
      startTimeout({ ...where, agent }, 'authenticate', signInDeadlineMs, link.stderrTail()),
    );
  } catch (error) {
    throw toSessionError(signInFailed(error, agent.name), where.sessionId);
  }
}
