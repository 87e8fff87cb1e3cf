// What a panel has the editor do: open links and files, copy, show the log. Files only inside the workspace, links only after asking.
import * as vscode from 'vscode';
import { SessionError } from '../session/errors.ts';
import { containedPath } from './containedPath.ts';
import { linkTarget } from './panelLinks.ts';
import type { PanelEditor } from './panelRequests.ts';

/** Opens what a panel asks for. */
export class EditorForPanels implements PanelEditor {
  readonly #deps: { readonly showLog: () => void };

  constructor(deps: { readonly showLog: () => void }) {
    this.#deps = deps;
  }

  async openLink(href: string, cwd: string): Promise<void> {
    const target = linkTarget(href, cwd);
    switch (target.kind) {
      case 'file':
        return this.openFile(target.path, target.line, cwd);
      case 'external':
        return openExternal(target.url);
      case 'refused':
        throw new SessionError('invalidArgument', 'Roost does not open links of this kind.', {
          hint: `The link leads to: ${href.slice(0, 200)}`,
        });
    }
  }

  async openFile(path: string, line: number | undefined, cwd: string): Promise<void> {
    const target = linkTarget(path, cwd);
    const named = target.kind === 'file' ? target.path : path;
    const folders = vscode.workspace.workspaceFolders?.map((folder) => folder.uri.fsPath) ?? [cwd];
    const uri = vscode.Uri.file(await containedPath(named, folders));
    const position = new vscode.Position(line ?? 0, 0);
    const selection = line === undefined ? {} : { selection: new vscode.Range(position, position) };
    await vscode.commands.executeCommand('vscode.open', uri, { preview: true, ...selection });
  }

  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
  }

  showLog(): void {
    this.#deps.showLog();
  }
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
