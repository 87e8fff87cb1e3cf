// Handlers of the commands that arrange the list: group, sort, filter, pin, archive, mark as read.
import * as vscode from 'vscode';
import type { Call, CommandDeps, Handlers } from './commandTypes.ts';
import { pickFilter, pickGrouping, pickSorting } from '../list/listPickers.ts';
import { movePinned, putPinned } from '../list/sessionDrag.ts';
import { plainView } from '../list/sessionGrouping.ts';
import { titleOf } from '../list/sessionRows.ts';
import { allOf, targetSessions } from './sessionTarget.ts';
import type { SessionFlag } from '../list/sessionTreeModel.ts';

type Arranging =
  | 'pinSession'
  | 'unpinSession'
  | 'movePinUp'
  | 'movePinDown'
  | 'archiveSession'
  | 'unarchiveSession'
  | 'markRead';

/** Commands about the list. */
export function listCommands(
  deps: CommandDeps,
): Handlers<Arranging | 'groupSessionsBy' | 'sortSessionsBy' | 'filterSessions' | 'clearFilter'> {
  const { sessions, preferences } = deps;

  /** Does the same with each session that the call is about. */
  const each = async (
    call: Call<Arranging>,
    need: SessionFlag,
    question: string,
    work: (sessionIds: readonly string[]) => Promise<unknown>,
  ): Promise<undefined> => {
    const ids = await targetSessions(deps, call, need, question);
    if (ids.length > 0) await work(ids);
    return undefined;
  };
  const eachAlone =
    (work: (sessionId: string) => Promise<unknown>) =>
    (sessionIds: readonly string[]): Promise<unknown> =>
      allOf(sessionIds.map(work));

  /** A user who puts away what is at work is asked. */
  const mayStop = async (sessionIds: readonly string[], byUser: boolean): Promise<boolean> => {
    const busy = sessionIds
      .flatMap((id) => sessions.get(id) ?? [])
      .filter(({ status }) => status === 'working' || status === 'needsInput');
    const [first] = busy;
    if (!byUser || first === undefined) return true;
    const stop = vscode.l10n.t('Stop and Archive');
    const message =
      busy.length === 1
        ? vscode.l10n.t('"{0}" is at work. Stop it and put it away?', titleOf(first))
        : vscode.l10n.t('{0} sessions are at work. Stop them and put them away?', busy.length);
    return (await vscode.window.showWarningMessage(message, { modal: true }, stop)) === stop;
  };

  return {
    groupSessionsBy: async ({ given }) => {
      const groupBy = given?.by ?? (await pickGrouping(preferences.view.groupBy));
      if (groupBy !== undefined) preferences.change({ groupBy });
      return undefined;
    },

    sortSessionsBy: async ({ given }) => {
      const sortBy = given?.by ?? (await pickSorting(preferences.view.sortBy));
      if (sortBy !== undefined) preferences.change({ sortBy });
      return undefined;
    },

    filterSessions: async ({ given }) => {
      const chosen = given?.filter ?? (await pickFilter(sessions, preferences.view.filter));
      if (chosen === undefined) return undefined;
      const { states = [], agents = [], unreadOnly = false } = chosen;
      preferences.change({ filter: { states, agents, unreadOnly } });
      return undefined;
    },

    clearFilter: () => {
      preferences.change({ filter: plainView.filter });
      return Promise.resolve(undefined);
    },

    pinSession: (call) =>
      each(call, 'canPin', vscode.l10n.t('Pin which session?'), (ids) =>
        putPinned(deps, ids, undefined),
      ),

    unpinSession: (call) =>
      each(
        call,
        'isPinned',
        vscode.l10n.t('Unpin which session?'),
        eachAlone((id) => sessions.setPinned(id, undefined)),
      ),

    movePinUp: (call) =>
      each(call, 'isPinned', vscode.l10n.t('Move which pinned session?'), (ids) =>
        movePinned(deps, ids, 'up'),
      ),

    movePinDown: (call) =>
      each(call, 'isPinned', vscode.l10n.t('Move which pinned session?'), (ids) =>
        movePinned(deps, ids, 'down'),
      ),

    archiveSession: (call) =>
      each(call, 'canArchive', vscode.l10n.t('Archive which session?'), async (ids) => {
        if (!(await mayStop(ids, call.given === undefined))) return;
        await allOf(ids.map((id) => sessions.setArchived(id, true)));
      }),

    unarchiveSession: (call) =>
      each(
        call,
        'isArchived',
        vscode.l10n.t('Take which session out of the archive?'),
        eachAlone((id) => sessions.setArchived(id, false)),
      ),

    markRead: (call) =>
      each(
        call,
        'isUnread',
        vscode.l10n.t('Mark which session as read?'),
        eachAlone((id) => sessions.markRead(id)),
      ),
  };
}
