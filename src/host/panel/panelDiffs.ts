// Edits of agents in the editor's own view of differences, with accept and reject while one waits for an answer.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { Sessions } from '../../session/sessions.ts';
import { askedEditScheme, askedRequest } from './askedEdit.ts';
import { containedPath } from '../files/containedPath.ts';
import { editSides, isWhole } from './panelEditSides.ts';
import { linkTarget } from './panelLinks.ts';
import type { ProposedEdit } from './panelEdits.ts';
import { notificationText, plainLine } from '../plainText.ts';
import { workspaceRoots } from '../files/workspaceRoots.ts';

/** Scheme of the sides of any other edit. */
const shownEditScheme = 'roost-shown-edit';

/** An edit that is open and not decided on. */
interface OpenEdit {
  readonly edit: ProposedEdit;
  /** Its file, as the editor names it. */
  readonly file: string;
  readonly before: vscode.Uri;
  readonly after: vscode.Uri;
  /** It replaces all that was in the file when it was opened. */
  readonly whole: boolean;
  /** The user was told that the file is another one than the agent saw. */
  told: boolean;
}

/** Opens differences, and holds their texts for as long as they are open. */
export class PanelDiffs implements vscode.Disposable {
  readonly #sessions: Sessions;
  readonly #texts = new Map<string, string>();
  readonly #asked = new Map<string, OpenEdit>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #owned: readonly Disposable[];
  #count = 0;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    const provider: vscode.TextDocumentContentProvider = {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
    };
    const changes = sessions.onDidChange(() => {
      this.#closeAnswered();
    });
    this.#owned = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(askedEditScheme, provider),
      vscode.workspace.registerTextDocumentContentProvider(shownEditScheme, provider),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#texts.delete(uri.toString());
        this.#asked.delete(uri.toString());
      }),
      // The editor reads a file anew that was changed on disk, as long as it holds it: it does while its edit is open.
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#fileChanged(document);
      }),
      changes,
    ];
  }

  /** Opens an edit. Where its file can be read, the edit is shown within the whole file. */
  async open(edit: ProposedEdit): Promise<void> {
    const { sessionId, requestId, path, cwd } = edit;
    const file = await currentFile(path, cwd);
    const sides = editSides(edit, file?.getText(), requestId !== undefined);
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
    const [before, after] = [uri('before', sides.before), uri('after', sides.after)];
    if (requestId !== undefined && file !== undefined) {
      const told = sides.outdated === true;
      const [name, whole] = [file.uri.toString(), isWhole(edit, file.getText())];
      this.#asked.set(after.toString(), { edit, file: name, before, after, whole, told });
    }
    if (sides.outdated === true) tellOutdated(name);
    const title =
      requestId === undefined
        ? vscode.l10n.t('{0} (edit of the agent)', plainLine(name))
        : vscode.l10n.t('{0} (proposed edit)', plainLine(name));
    await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true });
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
  }

  /** What is decided on is what would become of the file as it is now, not as it was when it was asked. */
  #fileChanged(document: vscode.TextDocument): void {
    for (const open of this.#asked.values()) {
      const { edit, file, before, after, whole } = open;
      if (file !== document.uri.toString()) continue;
      const sides = editSides(edit, document.getText(), true, whole);
      this.#texts.set(before.toString(), sides.before);
      this.#texts.set(after.toString(), sides.after);
      this.#changed.fire(before);
      this.#changed.fire(after);
      if (sides.outdated === true && !open.told) tellOutdated(basename(edit.path));
      open.told ||= sides.outdated === true;
    }
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

/** Not awaited: it stays until the user has read it. */
function tellOutdated(name: string): void {
  void vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} has changed since the agent read it. Allowing the edit may undo what has changed.',
      notificationText(name),
    ),
  );
}

/** The file as the editor has it; `undefined` when it is not there, or outside of the workspace. */
async function currentFile(path: string, cwd: string): Promise<vscode.TextDocument | undefined> {
  try {
    const target = linkTarget(path, cwd);
    if (target.kind !== 'file') return undefined;
    const file = await containedPath(target.path, workspaceRoots.folders());
    return await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  } catch {
    // The edit is still shown, by itself.
    return undefined;
  }
}
