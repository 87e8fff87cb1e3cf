// The questions commands ask: pick lists and input boxes. Each resolves with `undefined` when the user changes their mind.
import * as vscode from 'vscode';
import type { Clock } from '../../session/clock.ts';
import type { PendingRequest, SavedSessionInfo, SessionInfo } from '../../session/info.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { AgentChoices } from '../agents/agentChoices.ts';
import type { FolderSessions } from '../storage/otherFolders.ts';
import { withoutIcons } from '../plainText.ts';
import { shortAge, shortSize, since } from '../list/relativeTime.ts';
import type { Exported } from '../storage/sessionExport.ts';
import { statusWord, titleOf } from '../list/sessionRows.ts';
import { shortName } from '../storage/storePlace.ts';
import { flagsOf, type SessionFlag } from '../list/sessionTreeModel.ts';

/** A session that can do what `flag` says, of all or of those in `among`. Says so when there is none. */
export async function pickSession(
  sessions: Pick<Sessions, 'list' | 'details'>,
  flag: SessionFlag | undefined,
  placeHolder: string,
  among?: ReadonlySet<string>,
): Promise<string | undefined> {
  const fitting = sessions
    .list()
    .filter(({ sessionId }) => among?.has(sessionId) ?? true)
    .filter((info) => flag === undefined || flagsOf(sessions.details(info.sessionId)).has(flag))
    .toSorted((a, b) => (a.lastActivityAt < b.lastActivityAt ? 1 : -1));
  if (fitting.length === 0) {
    sayNothingToDo(vscode.l10n.t('There is no session that this can be done with.'));
    return undefined;
  }
  const items = fitting.map((info) => ({ ...sessionItem(info), sessionId: info.sessionId }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
  });
  return chosen?.sessionId;
}

/** What a pick of saved sessions is made with. */
export interface SavedPickDeps {
  readonly agents: AgentChoices;
  readonly clock: Pick<Clock, 'now'>;
}

/** A saved session out of `saved`, the last used first. Says so when there is none. */
export async function pickSaved(
  deps: SavedPickDeps,
  saved: readonly SavedSessionInfo[],
  placeHolder: string,
): Promise<string | undefined> {
  if (saved.length === 0) {
    sayNothingToDo(vscode.l10n.t('There is no saved session that this can be done with.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(savedItems(deps, saved), {
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.sessionId;
}

/** Any number of the saved sessions in `saved`, the last used first. Says so when there is none. */
export async function pickSeveralSaved(
  deps: SavedPickDeps,
  saved: readonly SavedSessionInfo[],
  placeHolder: string,
): Promise<readonly string[] | undefined> {
  if (saved.length === 0) {
    sayNothingToDo(vscode.l10n.t('There is no saved session that this can be done with.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(savedItems(deps, saved), {
    canPickMany: true,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.map(({ sessionId }) => sessionId);
}

/** Sessions out of the stores of other folders, any number of them. */
export async function pickFromFolders(
  deps: SavedPickDeps,
  folders: readonly FolderSessions[],
): Promise<readonly { readonly directory: string; readonly sessionId: string }[] | undefined> {
  const items = folders.flatMap(({ directory, name, gone, sessions }) => [
    {
      label: withoutIcons(
        gone ? vscode.l10n.t('{0} (not there any more)', shortName(name)) : shortName(name),
      ),
      kind: vscode.QuickPickItemKind.Separator,
      directory,
      sessionId: '',
    },
    ...savedItems(deps, sessions).map((item) => ({ ...item, directory })),
  ]);
  return vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t('Move which sessions into this window?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
}

function savedItems(
  { agents, clock }: SavedPickDeps,
  saved: readonly SavedSessionInfo[],
): (vscode.QuickPickItem & { sessionId: string })[] {
  const names = new Map(agents.list().map(({ id, name }) => [id, name]));
  const { t } = vscode.l10n;
  return saved
    .toSorted((a, b) => (a.savedAt < b.savedAt ? 1 : -1))
    .map(({ sessionId, title, agentId, savedAt, bytes, cwd, damaged }) => {
      const agent = withoutIcons(names.get(agentId) ?? agentId, 40);
      const facts = [agent, shortAge(since(savedAt, clock.now()), t), shortSize(bytes, t)];
      return {
        label: `${damaged === undefined ? '' : '$(warning) '}${withoutIcons(titleOf({ sessionId, title }))}`,
        description: facts.filter((fact) => fact !== '').join(' · '),
        detail: withoutIcons(damaged ?? cwd, 300),
        sessionId,
      };
    });
}

/** A folder for a new session: asked only where there are several. `'default'` where there is no choice. */
export async function pickFolder(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(
    ({ uri }) => uri.scheme === 'file',
  );
  if (folders.length < 2) return folders[0]?.uri.fsPath ?? 'default';
  const items = folders.map(({ name, uri }) => ({
    label: withoutIcons(name),
    description: withoutIcons(uri.fsPath),
    path: uri.fsPath,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('In which folder?'),
  });
  return chosen?.path;
}

/** One of the requests that wait in the sessions given. Says so when there is none. */
export async function pickRequest(
  sessions: readonly SessionInfo[],
): Promise<{ readonly sessionId: string; readonly requestId: string } | undefined> {
  const items = sessions.flatMap((info) =>
    info.pendingRequests.map(({ requestId, title }) => ({
      label: withoutIcons(title),
      description: withoutIcons(titleOf(info)),
      sessionId: info.sessionId,
      requestId,
    })),
  );
  if (items.length === 0) {
    sayNothingToDo(vscode.l10n.t('No session waits for an answer.'));
    return undefined;
  }
  if (items.length === 1) return items[0];
  return vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Answer which request?'),
    matchOnDescription: true,
  });
}

/** One of the options of a request. */
export async function pickOption(request: PendingRequest): Promise<string | undefined> {
  const items = request.options.map(({ optionId, name }) => ({
    label: withoutIcons(name),
    optionId,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: withoutIcons(request.title, 300),
  });
  return chosen?.optionId;
}

/** A new title, starting from the one there is. */
export async function askTitle(info: SessionInfo): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Rename Session'),
    value: info.title,
    validateInput: (value) =>
      value.trim() === '' ? vscode.l10n.t('A session needs a title.') : undefined,
  });
}

/** A prompt for a session. */
export async function askPrompt(info: SessionInfo): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Prompt for {0}', titleOf(info)),
    ignoreFocusOut: true,
  });
  return text?.trim() === '' ? undefined : text;
}

/** Where to write an export. */
export async function askExportFile(info: Exported): Promise<vscode.Uri | undefined> {
  const name = titleOf(info).replace(/[^\p{L}\p{N}._ -]+/gu, '_');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Session'),
    filters: { Markdown: ['md'], JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, `${name}.md`) }),
  });
}

/** A folder for a session to work in. */
export async function askFolder(): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folder of the Session'),
    openLabel: vscode.l10n.t('Work Here'),
    canSelectFiles: false,
    canSelectFolders: true,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen?.[0]?.fsPath;
}

/** An exported file to import. */
export async function askImportFile(): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Session'),
    openLabel: vscode.l10n.t('Import'),
    filters: { JSON: ['json'] },
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen?.[0]?.fsPath;
}

/** Whether to delete what is in the trash for good. */
export async function confirmEmptyTrash(sessions: number): Promise<boolean> {
  const empty = vscode.l10n.t('Delete for Good');
  const question =
    sessions === 1
      ? vscode.l10n.t('Delete the session in the trash for good?')
      : vscode.l10n.t('Delete the {0} sessions in the trash for good?', sessions);
  const detail =
    sessions === 1
      ? vscode.l10n.t('Its transcript is deleted, too. This cannot be undone.')
      : vscode.l10n.t('Their transcripts are deleted, too. This cannot be undone.');
  const chosen = await vscode.window.showWarningMessage(question, { modal: true, detail }, empty);
  return chosen === empty;
}

function sessionItem(info: SessionInfo): vscode.QuickPickItem {
  return {
    label: withoutIcons(titleOf(info)),
    description: withoutIcons([statusWord(info.status, vscode.l10n.t), info.agentId].join(' · ')),
  };
}

/** Says that there is nothing to choose from. */
export function sayNothingToDo(message: string): void {
  void vscode.window.showInformationMessage(message);
}
