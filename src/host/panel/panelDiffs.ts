// Edits of agents in the editor's own view of differences, with accept and reject while one waits for an answer.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Sessions } from '../../session/sessions.ts';
import { askedEditScheme, askedRequest } from './askedEdit.ts';
import { containedPath } from '../files/containedPath.ts';
import { editSides } from './panelEditSides.ts';
import { linkTarget } from './panelLinks.ts';
import type { ProposedEdit } from './panelEdits.ts';
import { plainLine } from '../plainText.ts';
import { workspaceRoots } from '../files/workspaceRoots.ts';

/** Scheme of the sides of any other edit. */
const shownEditScheme = 'roost-shown-edit';

/** Opens differences, and holds their texts for as long as they are open. */
export class PanelDiffs implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #texts = new Map<string, string>();
  readonly #owned: readonly vscode.Disposable[];
  #count = 0;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    const provider: vscode.TextDocumentContentProvider = {
      provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
    };
    const changes = sessions.onDidChange(() => {
      this.#closeAnswered();
    });
    this.#owned = [
      vscode.workspace.registerTextDocumentContentProvider(askedEditScheme, provider),
      vscode.workspace.registerTextDocumentContentProvider(shownEditScheme, provider),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
      new vscode.Disposable(() => {
        changes.dispose();
      }),
    ];
  }

  /** Opens an edit. Where its file can be read, the edit is shown within the whole file. */
  async open(edit: ProposedEdit): Promise<void> {
    const { sessionId, requestId, path, cwd } = edit;
    const sides = editSides(edit, await currentText(path, cwd), requestId !== undefined);
    this.#count += 1;
    const name = basename(path);
    const uri = (side: string, text: string): vscode.Uri => {
      const made = vscode.Uri.from({
        scheme: requestId === undefined ? shownEditScheme : askedEditScheme,
        path: `/${name}`,
        query: JSON.stringify({ sessionId, requestId, side, number: this.#count }),
      });
      this.#texts.set(made.toString(), text);
      return made;
    };
    const title =
      requestId === undefined
        ? vscode.l10n.t('{0} (edit of the agent)', plainLine(name))
        : vscode.l10n.t('{0} (proposed edit)', plainLine(name));
    await vscode.commands.executeCommand(
      'vscode.diff',
      uri('before', sides.before),
      uri('after', sides.after),
      title,
      { preview: true },
    );
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
  }

  /** An edit whose request is answered, here or elsewhere, is no longer one to decide on. */
  #closeAnswered(): void {
    const gone = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => {
        if (!(input instanceof vscode.TabInputTextDiff)) return false;
        const row = askedRequest(input.modified);
        if (row === undefined) return false;
        const info = this.#sessions.get(row.sessionId);
        return info?.pendingRequests.some((one) => one.requestId === row.requestId) !== true;
      });
    if (gone.length > 0) void vscode.window.tabGroups.close(gone, true);
  }
}

/** The file's text as the editor has it; `undefined` when it is not there, or outside of the workspace. */
async function currentText(path: string, cwd: string): Promise<string | undefined> {
  try {
    const target = linkTarget(path, cwd);
    if (target.kind !== 'file') return undefined;
    const file = await containedPath(target.path, workspaceRoots.folders());
    return (await vscode.workspace.openTextDocument(vscode.Uri.file(file))).getText();
  } catch {
    // The edit is still shown, by itself.
    return undefined;
  }
}
