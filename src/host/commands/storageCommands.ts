// Handlers of the commands about what is on disk: save, restore, delete and take back, empty the trash.
import * as vscode from 'vscode';
import type { SavedSessionInfo } from '../../session/info.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { confirmEmptyTrash, pickSaved, pickSeveralSaved, sayNothingToDo } from './pickers.ts';
import { titleOf } from '../list/sessionRows.ts';
import { allOf, selectedSessions, targetSession } from './sessionTarget.ts';

/** Commands about saved sessions. */
export function storageCommands(
  deps: CommandDeps,
): Handlers<
  | 'saveSession'
  | 'saveAllSessions'
  | 'restoreSession'
  | 'restoreAllSessions'
  | 'deleteSavedSession'
  | 'undoDelete'
  | 'emptyTrash'
> {
  const { sessions } = deps;
  const pick = (
    saved: readonly SavedSessionInfo[],
    question: string,
  ): Promise<string | undefined> => pickSaved(deps, saved, question);

  /** Saved sessions that have no row. */
  const notListed = async (): Promise<readonly SavedSessionInfo[]> =>
    (await sessions.listSaved()).filter(({ sessionId }) => sessions.get(sessionId) === undefined);

  const deleteSeveral = async (sessionIds: readonly string[]): Promise<void> => {
    const gone: string[] = [];
    try {
      await allOf(
        sessionIds.map(async (id) => {
          await sessions.deleteSaved(id);
          gone.push(id);
        }),
      );
    } finally {
      if (gone.length > 0) deps.offerUndo(gone, vscode.l10n.t('{0} sessions', gone.length));
    }
  };

  return {
    saveSession: async (call) => {
      const several = selectedSessions(deps, call, 'canSave');
      if (several !== undefined) {
        await allOf(several.map((id) => sessions.save(id)));
        return undefined;
      }
      const question = vscode.l10n.t('Save which session?');
      const sessionId = await targetSession(deps, call, 'canSave', question);
      return sessionId === undefined ? undefined : sessions.save(sessionId);
    },

    saveAllSessions: async () => {
      // What is dormant is on disk already.
      const unsettled = sessions.list().filter(({ status }) => status !== 'dormant');
      return allOf(unsettled.map(({ sessionId }) => sessions.save(sessionId)));
    },

    restoreSession: async ({ given }) => {
      if (given !== undefined) return sessions.restore(given.sessionId);
      const question = vscode.l10n.t('Bring which saved sessions back into the list?');
      const chosen = (await pickSeveralSaved(deps, await notListed(), question)) ?? [];
      const restored = await allOf(chosen.map((id) => sessions.restore(id)));
      return restored.length === 1 ? restored[0] : undefined;
    },

    restoreAllSessions: () => sessions.restoreAll(),

    deleteSavedSession: async (call) => {
      const { given, row } = call;
      const several = selectedSessions(deps, call, 'canDelete');
      if (several !== undefined) {
        await deleteSeveral(several);
        return undefined;
      }
      if (given !== undefined) {
        await sessions.deleteSaved(given.sessionId);
        return undefined;
      }
      const saved = await sessions.listSaved();
      const sessionId =
        row?.kind === 'session'
          ? row.sessionId
          : await pick(
              saved.filter((one) => sessions.get(one.sessionId)?.processAlive !== true),
              vscode.l10n.t('Move which saved session to the trash?'),
            );
      if (sessionId === undefined) return undefined;
      const title = sessions.get(sessionId) ?? saved.find((one) => one.sessionId === sessionId);
      await sessions.deleteSaved(sessionId);
      deps.offerUndo([sessionId], title === undefined ? sessionId : titleOf(title));
      return undefined;
    },

    undoDelete: async ({ given, row }) =>
      sessions.undoDelete(row?.kind === 'session' ? row.sessionId : given?.sessionId),

    emptyTrash: async ({ given }) => {
      if (given !== undefined) return sessions.emptyTrash();
      const { length } = await sessions.trashed();
      if (length === 0) {
        sayNothingToDo(vscode.l10n.t('The trash is empty.'));
        return 0;
      }
      return (await confirmEmptyTrash(length)) ? sessions.emptyTrash() : undefined;
    },
  };
}
