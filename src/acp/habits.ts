// What a client does about habits of agents: beginning in a mode that does not ask, losing what is loaded too soon, and replaying after the answer.
import { isSessionError, SessionError } from '../session/errors.ts';
import type { OpenedSession } from '../session/agentPort.ts';
import type { Quirks } from './quirks.ts';

/** Puts a new conversation of an agent that begins in a mode which does not ask into the one that does. */
export async function inAskingMode(
  opened: OpenedSession,
  { asking }: Quirks,
  setMode: (modeId: string) => Promise<void>,
): Promise<OpenedSession> {
  if (asking === undefined || opened.currentModeId !== asking.insteadOf) return opened;
  await setMode(asking.mode);
  return { ...opened, currentModeId: asking.mode };
}

/**
 * Leaves a conversation alone that the agent would lose.
 * @param ageMs how long ago it was begun, in milliseconds
 * @throws SessionError `agentError` while it is too young to be loaded
 */
export function assertOldEnough(ageMs: number, { minLoadAgeMs }: Quirks, agentName: string): void {
  if (ageMs >= minLoadAgeMs) return;
  const message = `${agentName} cannot load a conversation that was begun less than ${Math.ceil(minLoadAgeMs / 1000)} s ago.`;
  throw new SessionError('agentError', message, {
    hint: 'Try again in a minute.',
    details: { step: 'session/load', cause: 'tooYoung' },
  });
}

/**
 * Waits until an agent says nothing more by itself: it is asked for something that no agent has, until
 * nothing has come between question and answer.
 * @param updates how many updates have come so far
 */
export async function untilQuiet(
  ask: (method: string) => Promise<unknown>,
  updates: () => number,
): Promise<void> {
  let before: number;
  do {
    before = updates();
    await ask('_roost/quiet').catch((error: unknown) => {
      if (!isSessionError(error) || error.code !== 'agentError') throw error;
    });
  } while (updates() !== before);
}
