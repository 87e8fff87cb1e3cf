// Files as agents read and write them: through the editor, so that unsaved text counts and every write can be seen and undone.
import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { isSessionError, SessionError } from '../session/errors.ts';
import type { Logger, WorkspaceFiles, WorkspaceRoots } from '../session/ports.ts';
import { containedPath } from './containedPath.ts';
import { lineEndsOf, linesOf, looksBinary, smallestEdit, withLineEnds } from './textEdits.ts';

/** Larger files are refused, read or written: an agent has other tools for those. */
export const maxFileBytes = 20 * 1024 * 1024;

/** The files of the open folders. */
export class EditorFiles implements WorkspaceFiles {
  readonly #roots: WorkspaceRoots;
  readonly #logger: Logger;
  /** The write under way per file: writes of one file are made in the order they were asked for. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(deps: { readonly roots: WorkspaceRoots; readonly logger: Logger }) {
    this.#roots = deps.roots;
    this.#logger = deps.logger;
  }

  async readTextFile(
    path: string,
    range: { readonly line?: number; readonly limit?: number },
  ): Promise<string> {
    return this.#asSessionError(path, async () => {
      const real = await containedPath(path, this.#roots.folders());
      const open = openDocument(path, real);
      return linesOf(open === undefined ? await textOnDisk(real) : open.getText(), range);
    });
  }

  async writeTextFile(path: string, content: string): Promise<void> {
    return this.#asSessionError(path, async () => {
      if (Buffer.byteLength(content) > maxFileBytes) throw tooLarge(path);
      const real = await containedPath(path, this.#roots.folders());
      const before = this.#writes.get(real) ?? Promise.resolve();
      // The one before may have failed; that was its caller's to hear.
      const write = before
        .catch(() => undefined)
        .then(() => writeThroughEditor(path, real, content));
      this.#writes.set(real, write);
      try {
        await write;
      } finally {
        if (this.#writes.get(real) === write) this.#writes.delete(real);
      }
    });
  }

  async #asSessionError<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isSessionError(error)) throw error;
      this.#logger.debug(`A file could not be used: ${String(error)}`);
      throw fileError(path, codeOf(error), error);
    }
  }
}

/** The document of a file that is open in the editor, by the path asked for or by where its links lead. */
function openDocument(path: string, real: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) =>
      document.uri.scheme === 'file' &&
      !document.isClosed &&
      (document.uri.fsPath === real || document.uri.fsPath === path),
  );
}

/** Read without opening a document: opening one would wake every language extension for it. */
async function textOnDisk(path: string): Promise<string> {
  const found = await stat(path);
  if (found.isDirectory()) throw fileError(path, 'EISDIR');
  if (found.size > maxFileBytes) throw tooLarge(path);
  const bytes = await readFile(path);
  if (looksBinary(bytes)) throw fileError(path, 'EILSEQ');
  return vscode.workspace.decode(bytes, { uri: vscode.Uri.file(path) });
}

async function writeThroughEditor(path: string, real: string, content: string): Promise<void> {
  const open = openDocument(path, real);
  if (open !== undefined) return replaceText(open, content);
  const uri = vscode.Uri.file(real);
  const edit = new vscode.WorkspaceEdit();
  if (await exists(real)) {
    await textOnDisk(real);
    return replaceText(await vscode.workspace.openTextDocument(uri), content);
  }
  edit.createFile(uri, { contents: await vscode.workspace.encode(content, { uri }) });
  if (!(await vscode.workspace.applyEdit(edit))) throw fileError(path, 'EIO');
}

/** Changes the document to `content` by the smallest edit and saves it. */
async function replaceText(document: vscode.TextDocument, content: string): Promise<void> {
  const before = document.getText();
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  // A file with CRLF keeps it, since most agents write LF whatever they read; CRLF throughout is meant.
  const meant = lineEndsOf(content) === '\r\n' ? '\r\n' : eol;
  const edits: vscode.TextEdit[] = [];
  const change = smallestEdit(before, withLineEnds(content, eol));
  if (change !== undefined) {
    const range = new vscode.Range(
      document.positionAt(change.start),
      document.positionAt(change.end),
    );
    edits.push(vscode.TextEdit.replace(range, change.text));
  }
  if (meant !== eol) edits.push(vscode.TextEdit.setEndOfLine(vscode.EndOfLine.CRLF));
  if (edits.length > 0) {
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits);
    if (!(await vscode.workspace.applyEdit(edit))) throw fileError(document.uri.fsPath, 'EIO');
  }
  // Also text that the user had not saved: what the agent was told it wrote is what is on disk.
  if (document.isDirty && !(await document.save())) throw fileError(document.uri.fsPath, 'EIO');
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'EIO';
}

function tooLarge(path: string): SessionError {
  return fileError(path, 'EFBIG');
}

/** What an agent is told about a file it cannot have. `cause` is the system's code. */
function fileError(path: string, cause: string, thrown?: unknown): SessionError {
  return new SessionError('agentError', `${reason(cause)}: ${path}`, {
    details: { file: path, cause },
    cause: thrown,
  });
}

function reason(cause: string): string {
  switch (cause) {
    case 'ENOENT':
      return 'No such file';
    case 'EISDIR':
      return 'Is a folder, not a file';
    case 'EFBIG':
      return 'Larger than 20 MB';
    case 'EILSEQ':
      return 'Not a text file';
    case 'EACCES':
    case 'EPERM':
      return 'Permission denied';
    default:
      return `The editor could not use the file (${cause})`;
  }
}
