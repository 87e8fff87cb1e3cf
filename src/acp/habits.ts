// What a client does about two habits of agents: beginning in a mode that does not ask, and replaying after the answer.
import { isSessionError } from '../session/errors.ts';
import type { OpenedSession } from '../session/ports.ts';
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
