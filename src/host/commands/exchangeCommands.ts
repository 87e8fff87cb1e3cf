// Handlers of the commands that take sessions out of this window's store, and into it: export, import, other folders.
import * as vscode from 'vscode';
import { SessionError } from '../../session/errors.ts';
import type { SavedSessionInfo, SessionInfo } from '../../session/info.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { folderFor } from '../storage/missingFolder.ts';
import type { FolderSessions, FoundFolder } from '../storage/otherFolders.ts';
import {
  askExportFile,
  askFolder,
  askImportFile,
  pickFromFolders,
  sayNothingToDo,
} from './pickers.ts';
import { notificationText } from '../plainText.ts';
import { exportMarkdown, type Exported } from '../storage/sessionExport.ts';
import { titleOf } from '../list/sessionRows.ts';
import { targetSession } from './sessionTarget.ts';
import { byNeed, placeOf } from '../storage/storePlace.ts';

/** Commands about sessions that come from elsewhere or go there. */
export function exchangeCommands(
  deps: CommandDeps,
): Handlers<'exportSession' | 'importSession' | 'findOtherSessions' | 'changeFolder'> {
  const { sessions, otherFolders } = deps;

  /** The session, whether it is in the list or only on disk. */
  const exported = async (sessionId: string): Promise<Exported> => {
    const listed = sessions.get(sessionId);
    if (listed !== undefined) return listed;
    const saved = (await sessions.listSaved()).find((one) => one.sessionId === sessionId);
    if (saved !== undefined) return saved;
    throw new SessionError('sessionUnknown', `There is no session "${sessionId}".`, { sessionId });
  };

  /** A session that has come from elsewhere works where this window is, when its own folder is not here. */
  const settled = async (info: SessionInfo): Promise<SessionInfo> => {
    const folder = await folderFor(info.cwd);
    if (folder === undefined) return info;
    await sessions.changeFolder(info.sessionId, folder);
    return sessions.get(info.sessionId) ?? info;
  };

  /** Lets each have its turn; the first failure is told when all have had it. */
  const bringOver = async (
    chosen: readonly { readonly directory: string; readonly sessionId: string }[],
  ): Promise<readonly SessionInfo[]> => {
    const brought: SessionInfo[] = [];
    const failures: unknown[] = [];
    for (const { directory, sessionId } of chosen) {
      try {
        brought.push(await settled(await sessions.bringOver(directory, sessionId)));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return brought;
  };

  const inFolder = async (folder: FoundFolder): Promise<FolderSessions> => {
    const saved = await sessions.listSavedIn(folder.directory);
    return { ...(await placeOf(folder, saved)), sessions: saved };
  };

  return {
    exportSession: async (call) => {
      const question = vscode.l10n.t('Export which session?');
      const sessionId = await targetSession(deps, call, undefined, question);
      if (sessionId === undefined) return undefined;
      const info = await exported(sessionId);
      const file =
        call.given === undefined
          ? await askExportFile(info)
          : call.given.file === undefined
            ? 'editor'
            : vscode.Uri.file(call.given.file);
      if (file === undefined) return undefined;
      if (file === 'editor') {
        const content = exportMarkdown(info, await sessions.transcript(sessionId));
        const document = await vscode.workspace.openTextDocument({ content, language: 'markdown' });
        await vscode.window.showTextDocument(document);
        return { uri: document.uri.toString() };
      }
      if (file.path.toLowerCase().endsWith('.json')) {
        // The extension runs where files are: what a dialog hands out here is one of this machine.
        await sessions.exportSession(sessionId, file.fsPath);
      } else {
        const text = exportMarkdown(info, await sessions.transcript(sessionId));
        await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
      }
      return { uri: file.toString() };
    },

    importSession: async ({ given }) => {
      const file = given?.file ?? (await askImportFile());
      if (file === undefined) return undefined;
      const info = await settled(await sessions.importSession(file));
      if (given === undefined) await deps.panels.open(info.sessionId);
      return info;
    },

    findOtherSessions: async ({ given }) => {
      if (given?.directory !== undefined) {
        const { directory, sessionIds } = given;
        const wanted = sessionIds ?? (await sessions.listSavedIn(directory)).map(idOf);
        const brought = await bringOver(wanted.map((sessionId) => ({ directory, sessionId })));
        return { folders: [], brought };
      }
      const found = await Promise.all((await otherFolders()).map(inFolder));
      const folders = found.toSorted(byNeed);
      if (given !== undefined) return { folders, brought: [] };
      if (folders.length === 0) {
        sayNothingToDo(vscode.l10n.t('There are no sessions of other folders.'));
        return undefined;
      }
      const chosen = await pickFromFolders(deps, folders);
      if (chosen === undefined || chosen.length === 0) return undefined;
      const brought = await bringOver(chosen);
      sayBrought(brought);
      return { folders, brought };
    },

    changeFolder: async (call) => {
      const question = vscode.l10n.t('Change the folder of which session?');
      const sessionId = await targetSession(deps, call, 'canResume', question);
      if (sessionId === undefined) return undefined;
      const cwd = call.given === undefined ? await askFolder() : call.given.cwd;
      if (cwd === undefined) return undefined;
      if (sessions.get(sessionId)?.processAlive === true) {
        throw new SessionError('invalidArgument', 'Its agent works in the old folder.', {
          sessionId,
          hint: 'Stop the session first.',
        });
      }
      await sessions.changeFolder(sessionId, cwd);
      // Who chooses a folder for a session that could not start wants it to start.
      const info = sessions.get(sessionId);
      if (call.given !== undefined || info?.status !== 'failed') return info;
      return sessions.resume(sessionId);
    },
  };
}

function idOf({ sessionId }: SavedSessionInfo): string {
  return sessionId;
}

function sayBrought(brought: readonly SessionInfo[]): void {
  const [first] = brought;
  if (first === undefined) return;
  const text =
    brought.length === 1
      ? vscode.l10n.t('Moved here: {0}', titleOf(first))
      : vscode.l10n.t('{0} sessions moved here.', brought.length);
  void vscode.window.showInformationMessage(notificationText(text));
}
