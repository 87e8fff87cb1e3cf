// Handlers of the commands about what is on disk: save, restore, delete and take back, empty the trash.
import * as vscode from 'vscode';
import type { SavedSessionInfo } from '../../session/info.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { confirmEmptyTrash, pickSaved, pickSeveralSaved, sayNothingToDo } from './pickers.ts';
import { notificationText } from '../plainText.ts';
import { titleOf } from '../list/sessionRows.ts';
import { allOf, idsOf, selectedSessions, targetSessions } from './sessionTarget.ts';

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
    const titles = new Map(
      sessionIds
        .flatMap((id) => sessions.get(id) ?? [])
        .map((info) => [info.sessionId, titleOf(info)]),
    );
    const gone: string[] = [];
    try {
      await allOf(
        sessionIds.map(async (id) => {
          await sessions.deleteSaved(id);
          gone.push(id);
        }),
      );
    } finally {
      const [only] = gone.length === 1 ? gone : [];
      const what = only === undefined ? undefined : titles.get(only);
      if (gone.length > 0) {
        deps.offerUndo(gone, what ?? vscode.l10n.t('{0} sessions', gone.length));
      }
    }
  };

  return {
    saveSession: async (call) => {
      const question = vscode.l10n.t('Save which session?');
      const ids = await targetSessions(deps, call, 'canSave', question);
      const saved = await allOf(ids.map((id) => sessions.save(id)));
      return saved.length === 1 ? saved[0] : undefined;
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
        sayLeft(sessions, idsOf(call.rows), several);
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

/** Says which of the selected sessions stay, as they are at work: nobody shall think that they are gone. */
function sayLeft(
  sessions: Pick<CommandDeps['sessions'], 'get'>,
  selected: ReadonlySet<string>,
  going: readonly string[],
): void {
  const [left, ...others] = [...selected].filter((id) => !going.includes(id));
  const info = left === undefined ? undefined : sessions.get(left);
  if (info === undefined) return;
  const said =
    others.length === 0
      ? vscode.l10n.t('"{0}" stays: stop it before you delete it.', titleOf(info))
      : vscode.l10n.t('{0} sessions stay: stop them before you delete them.', others.length + 1);
  void vscode.window.showWarningMessage(notificationText(said));
}
