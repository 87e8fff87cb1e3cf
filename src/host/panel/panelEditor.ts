// What a panel has the editor do: open links and files, copy, show the log. Files only inside the workspace, links only after asking.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ChangedFile } from '../../chatProtocol/session.ts';
import { SessionError } from '../../session/errors.ts';
import { commandId } from '../commands/commandIds.ts';
import { containedPath } from '../files/containedPath.ts';
import type { ChangeEditor } from './panelChanges.ts';
import { linkTarget } from './panelLinks.ts';
import type { PanelDiffs } from './panelDiffs.ts';
import type { PanelEditor, ProposedEdit } from './panelEdits.ts';
import { ChangeNode, SessionNode } from '../list/sessionTreeModel.ts';

/** What the command that lists changes answers. */
const foundChanges = z.array(
  z.object({
    path: z.string(),
    kind: z.enum(['created', 'changed', 'deleted']),
    added: z.optional(z.number()),
    removed: z.optional(z.number()),
  }),
);

/** Opens what a panel asks for. */
export class EditorForPanels implements PanelEditor, ChangeEditor, vscode.Disposable {
  readonly #deps: { readonly showLog: () => void; readonly diffs: PanelDiffs };
  readonly #watch: vscode.Disposable;
  /** The text editor that was active last: a panel takes that from it. */
  #lastEditor: vscode.TextEditor | undefined = vscode.window.activeTextEditor;

  constructor(deps: { readonly showLog: () => void; readonly diffs: PanelDiffs }) {
    this.#deps = deps;
    this.#watch = vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor !== undefined) this.#lastEditor = editor;
    });
  }

  /** The text editor that was active last; perhaps behind the panel now, but not closed. */
  get lastEditor(): vscode.TextEditor | undefined {
    return this.#lastEditor?.document.isClosed === false ? this.#lastEditor : undefined;
  }

  async openLink(href: string, cwd: string): Promise<void> {
    const target = linkTarget(href, cwd);
    switch (target.kind) {
      case 'file':
        return openPlace(target.path, target, cwd);
      case 'external':
        return openExternal(target.url);
      case 'refused':
        throw new SessionError(
          'invalidArgument',
          vscode.l10n.t('Roost does not open links of this kind.'),
          { hint: vscode.l10n.t('The link leads to: {0}', href.slice(0, 200)) },
        );
    }
  }

  async openFile(path: string, line: number | undefined, cwd: string): Promise<void> {
    const target = linkTarget(path, cwd);
    return openPlace(target.kind === 'file' ? target.path : path, { line }, cwd);
  }

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }

  async insert(text: string): Promise<void> {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const editor = activeTextEditor ?? this.#lastEditor ?? visibleTextEditors[0];
    if (editor === undefined || !visibleTextEditors.includes(editor)) {
      throw new SessionError('invalidArgument', vscode.l10n.t('No text editor is open.'), {
        hint: vscode.l10n.t('Put a file beside the conversation and set the cursor in it.'),
      });
    }
    const done = await editor.edit((edit) => {
      for (const selection of editor.selections) edit.replace(selection, text);
    });
    if (!done) throw new SessionError('invalidArgument', vscode.l10n.t('This file is read-only.'));
  }

  openDiff(edit: ProposedEdit): Promise<void> {
    return this.#deps.diffs.open(edit);
  }

  showLog(): void {
    this.#deps.showLog();
  }

  async signIn(sessionId: string): Promise<boolean> {
    // As the user's own: what fails is shown, and the call resolves with nothing.
    const row = new SessionNode(sessionId);
    return (await vscode.commands.executeCommand(commandId('signIn'), row)) !== undefined;
  }

  async setPermissions(sessionId: string): Promise<void> {
    await vscode.commands.executeCommand(
      commandId('setPermissionMode'),
      new SessionNode(sessionId),
    );
  }

  async changes(sessionId: string): Promise<readonly ChangedFile[]> {
    const given = { sessionId };
    const found: unknown = await vscode.commands.executeCommand(commandId('showChanges'), given);
    return foundChanges.parse(found).map(({ path, kind, added, removed }) => {
      const folder = vscode.workspace.asRelativePath(dirname(path), false);
      const lines = added === undefined || removed === undefined ? undefined : { added, removed };
      const isRoot = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === folder);
      return { path, kind, lines, name: basename(path), folder: isRoot === true ? '' : folder };
    });
  }

  async openChange(sessionId: string, path: string): Promise<void> {
    const row = new ChangeNode(sessionId, path);
    await vscode.commands.executeCommand(commandId('openChange'), row);
  }

  async revertChange(sessionId: string, path: string): Promise<void> {
    const row = new ChangeNode(sessionId, path);
    await vscode.commands.executeCommand(commandId('revertChange'), row);
  }

  dispose(): void {
    this.#watch.dispose();
  }
}

/** Opens a file of the workspace at a place, and shows a folder in the explorer. */
async function openPlace(
  path: string,
  { line, column }: { readonly line?: number | undefined; readonly column?: number | undefined },
  cwd: string,
): Promise<void> {
  const folders = vscode.workspace.workspaceFolders?.map((folder) => folder.uri.fsPath) ?? [cwd];
  const uri = vscode.Uri.file(await containedPath(path, folders));
  const there = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
  if (there === undefined) {
    throw new SessionError('invalidArgument', vscode.l10n.t('There is no such file: {0}', path), {
      details: { file: path },
    });
  }
  if ((there.type & vscode.FileType.Directory) !== 0) {
    await vscode.commands.executeCommand('revealInExplorer', uri);
    return;
  }
  const position = new vscode.Position(line ?? 0, column ?? 0);
  const selection = line === undefined ? {} : { selection: new vscode.Range(position, position) };
  await vscode.commands.executeCommand('vscode.open', uri, { preview: true, ...selection });
}

/** Shows the whole address and opens it only when the user says so. */
async function openExternal(url: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('The agent wants to open a page outside the editor. Open it?'),
    { modal: true, detail: url.slice(0, 2000) },
    open,
  );
  if (choice === open) await vscode.env.openExternal(vscode.Uri.parse(url, true));
}
