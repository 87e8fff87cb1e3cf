// Failures as a conversation panel shows them: what happened, what to do, and the button that does it.
import type { Draft } from '../../chatProtocol/composing.ts';
import type { ErrorView } from '../../chatProtocol/session.ts';
import { toSessionError } from '../../session/errors.ts';
import type { SessionErrorCode } from '../../session/errors.ts';

/** The step that helps with a failure, where there is one that a button can take. */
const actions: Partial<Record<SessionErrorCode, ErrorView['action']>> = {
  authRequired: 'signIn',
  sessionUnknown: 'restore',
  sessionStopped: 'resume',
  agentExited: 'resume',
  connectionClosed: 'restart',
  startTimeout: 'restart',
  exitedDuringStart: 'restart',
  spawnFailed: 'showLog',
  protocolVersion: 'showLog',
  agentError: 'showLog',
  internal: 'showLog',
};

/**
 * A thrown value as an error to show.
 * @param prompt what was not accepted, so that the user can have it back
 */
export function errorView(thrown: unknown, prompt?: Draft): ErrorView {
  const { code, message, hint } = toSessionError(thrown);
  return { code, message, hint, action: actions[code], prompt };
}
