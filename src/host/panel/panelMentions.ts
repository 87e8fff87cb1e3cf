// What can be attached to a prompt by naming it behind an `@`: files, folders, symbols, the selection, problems.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Attached, Mention, MentionRef } from '../../chatProtocol/composing.ts';
import { withDeadline } from '../../session/clock.ts';
import type { Clock } from '../../session/clock.ts';
import { SessionError } from '../../session/errors.ts';
import { containedPath } from '../files/containedPath.ts';
import { bestMatches } from './panelMatches.ts';
import { workspaceRoots } from '../files/workspaceRoots.ts';

/** How many files of the workspace are looked at, and how many of each kind are offered. */
const fileLimit = 20_000;
const shownFiles = 30;
const shownFolders = 8;
const shownSymbols = 12;
/** How old the list of files may be, in milliseconds. */
const listAge = 15_000;
/** How long the language's own search may take, in milliseconds. */
const symbolDeadlineMs = 1500;
/** Longest text of a symbol, a selection or the problems that is attached, in UTF-16 units. */
const textLimit = 200_000;

/** Finds and reads what prompts mention. */
export class PanelMentions {
  readonly #clock: Clock;
  readonly #lastEditor: () => vscode.TextEditor | undefined;
  #files: { readonly at: number; readonly uris: Promise<readonly vscode.Uri[]> } | undefined;

  /** @param lastEditor the text editor that was active before the panel */
  constructor(clock: Clock, lastEditor: () => vscode.TextEditor | undefined) {
    this.#clock = clock;
    this.#lastEditor = lastEditor;
  }

  /** What fits a query, best first within each kind. */
  async find(query: string): Promise<Mention[]> {
    const [files, symbols] = await Promise.all([this.#fileMentions(query), this.#symbols(query)]);
    return [...editorMentions(query, textEditor(this.#lastEditor())), ...files, ...symbols];
  }

  /**
   * Reads what was chosen.
   * @throws SessionError `pathOutsideWorkspace` for text outside of it, `invalidArgument` where there is nothing
   */
  async read(ref: MentionRef): Promise<Attached> {
    switch (ref.type) {
      case 'file':
      case 'folder': {
        const uri = vscode.Uri.parse(ref.uri, true);
        return { type: 'link', icon: ref.type, name: basename(uri.path), uri: uri.toString() };
      }
      case 'symbol': {
        const uri = vscode.Uri.parse(ref.uri, true);
        await containedPath(uri.fsPath, workspaceRoots.folders());
        const document = await vscode.workspace.openTextDocument(uri);
        const range = new vscode.Range(ref.startLine, 0, ref.endLine + 1, 0);
        return textOf('symbol', ref.name, document, document.validateRange(range));
      }
      case 'selection': {
        const editor = textEditor(this.#lastEditor());
        if (editor === undefined || editor.selection.isEmpty) throw nothing();
        const { document, selection } = editor;
        return textOf('selection', placeName(document, selection), document, selection);
      }
      case 'problems': {
        const text = problemsText();
        if (text === '') throw nothing();
        const name = vscode.l10n.t('Problems');
        return { type: 'text', icon: 'problems', name, uri: 'roost:problems', text };
      }
    }
  }

  /** Files and folders that were dropped, as what they are on disk. @throws SessionError `invalidArgument` */
  async dropped(address: string): Promise<Attached> {
    const uri = vscode.Uri.parse(address);
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      const folder = (type & vscode.FileType.Directory) !== 0;
      return await this.read({ type: folder ? 'folder' : 'file', uri: uri.toString() });
    } catch (cause) {
      throw new SessionError('invalidArgument', `There is no such file: ${address}`, { cause });
    }
  }

  async #fileMentions(query: string): Promise<Mention[]> {
    // Before anything is typed: what is open, then what stands at the top of the workspace.
    const open = query === '' ? openFiles() : [];
    const shown = new Set(open.map(String));
    const uris = await this.#list();
    const paths = new Map(uris.map((uri) => [vscode.workspace.asRelativePath(uri), uri]));
    const folders = new Map<string, vscode.Uri>();
    for (const [path, uri] of paths) {
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        const folder = path.slice(0, at);
        if (folders.has(folder)) break;
        folders.set(
          folder,
          vscode.Uri.joinPath(
            uri,
            ...path
              .slice(at)
              .split('/')
              .slice(1)
              .map(() => '..'),
          ),
        );
      }
    }
    return [
      ...open.map(fileMention),
      ...bestMatches([...paths.keys()], query, shownFiles - open.length).flatMap((path) => {
        const uri = paths.get(path);
        return uri === undefined || shown.has(String(uri)) ? [] : [fileMention(uri)];
      }),
      ...bestMatches([...folders.keys()], query, shownFolders).flatMap((path) => {
        const uri = folders.get(path);
        const ref = { type: 'folder', uri: String(uri) } as const;
        return uri === undefined ? [] : [{ ref, name: basename(path), detail: path }];
      }),
    ];
  }

  #list(): Promise<readonly vscode.Uri[]> {
    const now = this.#clock.monotonic();
    if (this.#files === undefined || now - this.#files.at > listAge) {
      const exclude = '**/{node_modules,.git}/**';
      // Where the editor's own search does not run, its folders can still be read.
      const uris = Promise.resolve(vscode.workspace.findFiles('**/*', exclude, fileLimit)).catch(
        walkedFiles,
      );
      this.#files = { at: now, uris };
    }
    return this.#files.uris;
  }

  async #symbols(query: string): Promise<Mention[]> {
    if (query.length < 2) return [];
    const asked = Promise.resolve(
      vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
        'vscode.executeWorkspaceSymbolProvider',
        query,
      ),
    );
    // A language server that is slow, or fails, takes nothing from the files.
    const found = await withDeadline(this.#clock, symbolDeadlineMs, asked, () => nothing()).catch(
      () => undefined,
    );
    return (found ?? []).slice(0, shownSymbols).map(({ name, containerName, location }) => ({
      ref: {
        type: 'symbol',
        uri: location.uri.toString(),
        name,
        startLine: location.range.start.line,
        endLine: location.range.end.line,
      },
      name,
      detail: [containerName, vscode.workspace.asRelativePath(location.uri)]
        .filter((part) => part !== '')
        .join(' · '),
    }));
  }
}

/** The files of the open folders, nearest first, read folder by folder. */
async function walkedFiles(): Promise<vscode.Uri[]> {
  const files: vscode.Uri[] = [];
  const waiting = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  for (const folder of waiting) {
    // A folder that cannot be read hides no other.
    const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(folder)).catch(
      () => [],
    );
    for (const [name, type] of entries) {
      const uri = vscode.Uri.joinPath(folder, name);
      if (type === vscode.FileType.File) files.push(uri);
      else if (type === vscode.FileType.Directory && !skippedFolders.has(name)) waiting.push(uri);
    }
    if (files.length >= fileLimit || waiting.length >= fileLimit) break;
  }
  return files.slice(0, fileLimit);
}

const skippedFolders = new Set(['node_modules', '.git']);

/** The selection and the problems, where there are any and the query does not ask for something else. */
function editorMentions(query: string, editor: vscode.TextEditor | undefined): Mention[] {
  const mentions: Mention[] = [];
  const selection = vscode.l10n.t('Selection');
  const problems = vscode.l10n.t('Problems');
  const fits = (name: string): boolean => name.toLowerCase().startsWith(query.toLowerCase());
  if (editor !== undefined && !editor.selection.isEmpty && fits(selection)) {
    const detail = placeName(editor.document, editor.selection);
    mentions.push({ ref: { type: 'selection' }, name: selection, detail });
  }
  const count = allProblems().length;
  if (count > 0 && fits(problems)) {
    mentions.push({ ref: { type: 'problems' }, name: problems, detail: String(count) });
  }
  return mentions;
}

function fileMention(uri: vscode.Uri): Mention {
  const path = vscode.workspace.asRelativePath(uri);
  return { ref: { type: 'file', uri: uri.toString() }, name: basename(path), detail: path };
}

/** The files that are open, each once. */
function openFiles(): vscode.Uri[] {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  const uris = inputs.flatMap((input) =>
    input instanceof vscode.TabInputText && input.uri.scheme === 'file' ? [input.uri] : [],
  );
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()].slice(0, shownFiles);
}

/** The text editor whose selection is meant: one beside the panel, else the one that the panel covers. */
function textEditor(last: vscode.TextEditor | undefined): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const known = [activeTextEditor, ...visibleTextEditors, last];
  return known.find((editor) => editor?.selection.isEmpty === false) ?? activeTextEditor;
}

function textOf(
  icon: 'symbol' | 'selection',
  name: string,
  document: vscode.TextDocument,
  range: vscode.Range,
): Attached {
  const lines = `L${range.start.line + 1}-L${range.end.line + 1}`;
  const text = document.getText(range).slice(0, textLimit);
  return { type: 'text', icon, name, uri: `${document.uri.toString()}#${lines}`, text };
}

function placeName(document: vscode.TextDocument, { start, end }: vscode.Range): string {
  return `${basename(document.uri.path)}:${start.line + 1}-${end.line + 1}`;
}

function allProblems(): [vscode.Uri, vscode.Diagnostic][] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, problems]) =>
      problems
        .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
        .map((problem) => [uri, problem] as [vscode.Uri, vscode.Diagnostic]),
    );
}

/** Errors and warnings as compilers write them. */
function problemsText(): string {
  return allProblems()
    .map(([uri, { severity, range, message }]) => {
      const level = severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning';
      const { line, character } = range.start;
      return `${vscode.workspace.asRelativePath(uri)}:${line + 1}:${character + 1}: ${level}: ${message}`;
    })
    .join('\n')
    .slice(0, textLimit);
}

function nothing(): SessionError {
  return new SessionError('invalidArgument', vscode.l10n.t('There is nothing of this to attach.'));
}
