// Files as agents read and write them: through the editor, so that unsaved text counts and every write can be seen and undone.
import { readFile, stat, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { withDeadline, type Clock } from '../../session/clock.ts';
import { isSessionError, SessionError } from '../../session/errors.ts';
import type { Logger, WorkspaceFiles, WorkspaceRoots } from '../../session/ports.ts';
import { containedPath } from './containedPath.ts';
import { lineEndsOf, linesOf, looksBinary, smallestEdit, withLineEnds } from './textEdits.ts';

/** Larger files are refused, read or written: an agent has other tools for those. */
export const maxFileBytes = 20 * 1024 * 1024;

/** A save may run formatters of the user's; longer than this none may take. */
const saveDeadlineMs = 15_000;

/** How long the editor may take to notice by itself that a file has changed on disk. */
const noticeMs = 2000;

/** The files of the open folders. */
export class EditorFiles implements WorkspaceFiles {
  readonly #roots: WorkspaceRoots;
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** The last write asked for, per name and per file: writes of one file are made in the order they were asked for. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(deps: {
    readonly roots: WorkspaceRoots;
    readonly logger: Logger;
    readonly clock: Clock;
  }) {
    this.#roots = deps.roots;
    this.#logger = deps.logger;
    this.#clock = deps.clock;
  }

  async readTextFile(
    path: string,
    range: { readonly line?: number; readonly limit?: number },
  ): Promise<string> {
    return this.#asSessionError(path, async () => {
      const real = await containedPath(path, this.#roots.folders());
      const open = openDocument(path, real);
      // Without unsaved changes the disk is the truth: the editor notices changes there only after a while.
      const unsaved = open?.isDirty === true ? open.getText() : undefined;
      return linesOf(unsaved ?? (await textOnDisk(real)), range);
    });
  }

  async writeTextFile(path: string, content: string): Promise<void> {
    return this.#asSessionError(path, async () => {
      if (Buffer.byteLength(content) > maxFileBytes) throw tooLarge(path);
      // Queued by its name at once, as looking up where its links lead takes any time; then by where that is.
      await this.#inTurn(path, async () => {
        const real = await containedPath(path, this.#roots.folders());
        await this.#inTurn(`real:${real}`, async () => this.#write(path, real, content));
      });
    });
  }

  /** Runs `write` when those that were asked for under the same key before have ended. */
  async #inTurn(key: string, write: () => Promise<void>): Promise<void> {
    const before = this.#writes.get(key) ?? Promise.resolve();
    // The one before may have failed; that was its caller's to hear.
    const mine = before.catch(() => undefined).then(write);
    this.#writes.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.#writes.get(key) === mine) this.#writes.delete(key);
    }
  }

  async #write(path: string, real: string, content: string): Promise<void> {
    const uri = vscode.Uri.file(real);
    let document = openDocument(path, real);
    if (document?.isDirty !== true && !(await exists(real))) {
      const edit = new vscode.WorkspaceEdit();
      edit.createFile(uri, { contents: await vscode.workspace.encode(content, { uri }) });
      if (!(await vscode.workspace.applyEdit(edit))) throw fileError(path, 'EIO');
      return;
    }
    if (document === undefined) {
      await textOnDisk(real);
      document = await vscode.workspace.openTextDocument(uri);
    }
    // A clean document that lags behind the disk would be refused when it is saved.
    if (document.isDirty || (await upToDate(document, this.#clock))) {
      const before = document.getText();
      await replaceText(document, content);
      // Also text that the user had not saved: what the agent was told it wrote is what is on disk.
      if (await saved(document, this.#clock)) return;
      if (await isOnDisk(document, content)) return;
      if (!(await isOnDisk(document, before))) throw fileError(path, 'EBUSY');
    }
    // The disk holds nothing that the agent has not seen, so nothing is lost; the editor follows it.
    const { encoding } = document;
    await writeFile(real, await vscode.workspace.encode(content, { encoding }));
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
async function textOnDisk(
  path: string,
  as: { readonly encoding: string } | { readonly uri: vscode.Uri } = { uri: vscode.Uri.file(path) },
): Promise<string> {
  const found = await stat(path);
  if (found.isDirectory()) throw fileError(path, 'EISDIR');
  if (found.size > maxFileBytes) throw tooLarge(path);
  const bytes = await readFile(path);
  if (looksBinary(bytes)) throw fileError(path, 'EILSEQ');
  return 'uri' in as ? vscode.workspace.decode(bytes, as) : vscode.workspace.decode(bytes, as);
}

/** Changes the document to `content` by the smallest edit. */
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
}

/**
 * Saves the document; whether the editor says that it is saved. It may give a save up in favour of one
 * that it has begun by itself and report that as a failure, so then it is given a moment to end that one.
 * Always asked for: `isDirty` may not have heard yet of an edit that was just made.
 */
async function saved(document: vscode.TextDocument, clock: Clock): Promise<boolean> {
  const save = Promise.resolve(document.save());
  const late = (): SessionError => fileError(document.uri.fsPath, 'ETIMEDOUT');
  if (await withDeadline(clock, saveDeadlineMs, save, late)) return true;
  await becomes(document, () => !document.isDirty, clock);
  return false;
}

/**
 * Whether the document shows what is on disk, or does so in a moment. After a change that went past the
 * editor (a command that the agent ran) it takes that long until the editor has noticed.
 */
async function upToDate(document: vscode.TextDocument, clock: Clock): Promise<boolean> {
  if (await isOnDisk(document, document.getText())) return true;
  const { encoding, uri } = document;
  const onDisk = sameLineEnds(await textOnDisk(uri.fsPath, { encoding }));
  return becomes(document, () => sameLineEnds(document.getText()) === onDisk, clock);
}

/** Whether the document's file holds this text. */
async function isOnDisk({ encoding, uri }: vscode.TextDocument, text: string): Promise<boolean> {
  return sameLineEnds(await textOnDisk(uri.fsPath, { encoding })) === sameLineEnds(text);
}

/** The editor makes the line ends of a file with mixed ones the same. */
function sameLineEnds(text: string): string {
  return withLineEnds(text, '\n');
}

/** Whether something holds of a document now, or after one of its changes within {@link noticeMs}. */
async function becomes(
  document: vscode.TextDocument,
  holds: () => boolean,
  clock: Clock,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  // Saving and reloading change a document too, if only from dirty to clean.
  const subscription = vscode.workspace.onDidChangeTextDocument((change) => {
    if (change.document === document && holds()) resolve(true);
  });
  const timer = clock.after(noticeMs, () => {
    resolve(false);
  });
  try {
    return holds() || (await promise);
  } finally {
    timer.dispose();
    subscription.dispose();
  }
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
    case 'EBUSY':
      return 'Changed in the editor and on disk: the user has to decide which to keep';
    case 'ETIMEDOUT':
      return 'Saving took too long';
    case 'EACCES':
    case 'EPERM':
      return 'Permission denied';
    default:
      return `The editor could not use the file (${cause})`;
  }
}
