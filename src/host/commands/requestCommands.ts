// Handlers of the commands that answer what an agent asks.
import { SessionError } from '../../session/errors.ts';
import type { PendingRequest } from '../../session/info.ts';
import type { Call, CommandDeps, Handlers } from './commandTypes.ts';
import { pickOption, pickRequest } from './pickers.ts';
import { SessionRound } from './sessionRound.ts';
import { allowOption, rejectOption } from '../list/sessionTreeModel.ts';

/** A request and the session it belongs to. */
interface Asked {
  readonly sessionId: string;
  readonly request: PendingRequest;
}

/** Commands that answer requests. */
export function requestCommands(
  deps: CommandDeps,
): Handlers<
  'respondToRequest' | 'allowRequest' | 'rejectRequest' | 'openNeedsYou' | 'goToRequest'
> {
  const { sessions, panels, preferences } = deps;
  const round = new SessionRound(panels);

  /** The sessions that wait for the user, in the order of their rows. */
  const waiting = (): readonly string[] =>
    preferences.inRowOrder(
      sessions.list().filter(({ pendingRequests }) => pendingRequests.length > 0),
    );

  const find = (sessionId: string, requestId: string | undefined): Asked => {
    const pending = sessions.get(sessionId)?.pendingRequests ?? [];
    const request =
      requestId === undefined ? pending[0] : pending.find((one) => one.requestId === requestId);
    if (request === undefined) {
      throw new SessionError('requestUnknown', 'This request is no longer open.', {
        sessionId,
        hint: 'It was answered elsewhere, cancelled, or its agent has ended.',
      });
    }
    return { sessionId, request };
  };

  const target = async (
    call: Call<'respondToRequest' | 'allowRequest' | 'rejectRequest'>,
  ): Promise<Asked | undefined> => {
    if (call.given !== undefined) return find(call.given.sessionId, call.given.requestId);
    const { row } = call;
    if (row?.kind === 'request') return find(row.sessionId, row.requestId);
    if (row?.kind === 'session' && row.shownRequestId !== undefined) {
      return find(row.sessionId, row.shownRequestId);
    }
    const offered = sessions
      .list()
      .filter(({ sessionId }) => row?.kind !== 'session' || sessionId === row.sessionId);
    const picked = await pickRequest(offered);
    return picked === undefined ? undefined : find(picked.sessionId, picked.requestId);
  };

  const reject = async ({ sessionId, request }: Asked): Promise<void> => {
    if (request.kind === 'elicitation') {
      await sessions.respondToElicitation(sessionId, request.requestId, { action: 'decline' });
    } else {
      await sessions.respondToPermission(sessionId, request.requestId, rejectOption(request));
    }
  };

  return {
    respondToRequest: async (call) => {
      const asked = await target(call);
      if (asked === undefined) return undefined;
      const { sessionId, request } = asked;
      if (call.given !== undefined) {
        // No option: the request is cancelled, as the API has it.
        if (request.kind === 'elicitation') await reject(asked);
        else await sessions.respondToPermission(sessionId, request.requestId, call.given.optionId);
        return undefined;
      }
      if (request.kind === 'elicitation') {
        // Its form is in the panel.
        await panels.open(sessionId);
        return undefined;
      }
      const optionId = await pickOption(request);
      if (optionId !== undefined) {
        await sessions.respondToPermission(sessionId, request.requestId, optionId);
      }
      return undefined;
    },

    allowRequest: async (call) => {
      const asked = await target(call);
      if (asked === undefined) return undefined;
      const { sessionId, request } = asked;
      const optionId = allowOption(request);
      if (optionId === undefined) {
        throw new SessionError('invalidArgument', 'This request has no option that allows it.', {
          sessionId,
          hint: 'Open the session to answer it.',
        });
      }
      await sessions.respondToPermission(sessionId, request.requestId, optionId);
      return undefined;
    },

    openNeedsYou: async () => {
      await round.openNext(waiting());
      return undefined;
    },

    goToRequest: async () => {
      const ids = waiting();
      const sessionId = ids.find((id) => id === round.front) ?? ids[0];
      if (sessionId !== undefined) await panels.open(sessionId, { into: 'request' });
      return undefined;
    },

    rejectRequest: async (call) => {
      const asked = await target(call);
      if (asked !== undefined) await reject(asked);
      return undefined;
    },
  };
}
