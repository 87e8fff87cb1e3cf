// The files that a session has changed: what they were before it, what they are now, the diff, and the way back.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { isSessionError, SessionError } from '../../session/errors.ts';
import type { Disposable } from '../../session/event.ts';
import { lineCounts, type FileBefore } from '../../session/fileChanges.ts';
import type { WorkspaceFiles } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import { titleOf, type FileChange } from '../list/sessionRows.ts';

/** The scheme under which the editor finds what a file was before a session. */
const scheme = 'roost-before';

/** Files shown of one session at most. */
const shownFiles = 200;

/** Sessions whose files of before are kept in memory. */
const keptSessions = 3;

/** What it works with. */
export interface SessionChangesDeps {
  readonly sessions: Pick<Sessions, 'get' | 'filesBefore'>;
  /** Loaded when files are first looked at. */
  readonly files: () => Promise<WorkspaceFiles>;
}

/** The changes of all sessions. */
export class SessionChanges implements Disposable {
  readonly #deps: SessionChangesDeps;
  readonly #registration: Disposable;
  /** What was found last per session, good until it has changed another file. */
  readonly #before = new Map<
    string,
    { readonly count: number; readonly files: Promise<readonly FileBefore[]> }
  >();

  constructor(deps: SessionChangesDeps) {
    this.#deps = deps;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: async (uri) => {
        const before = await this.#fileBefore(uri.query, uri.path);
        return before?.before ?? '';
      },
    });
  }

  /** The files that differ from what they were, in the order of their first change. @throws SessionError */
  async of(sessionId: string): Promise<readonly FileChange[]> {
    const found = await this.#filesBefore(sessionId);
    const changes = await Promise.all(
      found.slice(0, shownFiles).map((file) => this.#compare(file)),
    );
    return changes.flat();
  }

  /** Opens the editor's diff of a file against what it was before the session. @throws SessionError */
  async openDiff(sessionId: string, path: string): Promise<void> {
    const file = await this.#known(sessionId, path);
    const title = this.#deps.sessions.get(sessionId);
    const before = vscode.Uri.file(path).with({ scheme, query: sessionId });
    const gone = (await this.#textNow(path)) === undefined;
    // A file that is gone is shown as an empty one.
    const now = gone ? vscode.Uri.file(path).with({ scheme, query: '' }) : vscode.Uri.file(path);
    const name = vscode.l10n.t(
      '{0} (before {1} ↔ now)',
      basename(file.path),
      title === undefined ? sessionId : titleOf(title),
    );
    await vscode.commands.executeCommand('vscode.diff', before, now, name, { preview: true });
  }

  /** Makes a file what it was before the session; the editor can undo it. @throws SessionError */
  async revert(sessionId: string, path: string): Promise<void> {
    const { before } = await this.#known(sessionId, path);
    if (before === undefined) {
      throw new SessionError('invalidArgument', 'What this file was is not known.', {
        sessionId,
        hint: 'It was too large to keep.',
        details: { file: path },
      });
    }
    if (before !== null) {
      const files = await this.#deps.files();
      await files.writeTextFile(path, before);
      return;
    }
    // Looked at through the workspace's files first: they refuse what lies outside of it.
    if ((await this.#textNow(path)) === undefined) return;
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(vscode.Uri.file(path));
    if (await vscode.workspace.applyEdit(edit)) return;
    throw new SessionError('agentError', `The file could not be deleted: ${path}`, {
      sessionId,
      details: { file: path },
    });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#before.clear();
  }

  #filesBefore(sessionId: string): Promise<readonly FileBefore[]> {
    const count = this.#deps.sessions.get(sessionId)?.changedFiles ?? 0;
    const known = this.#before.get(sessionId);
    if (known?.count === count) return known.files;
    const files = this.#deps.sessions.filesBefore(sessionId);
    this.#before.delete(sessionId);
    this.#before.set(sessionId, { count, files });
    const [oldest] = this.#before.keys();
    if (this.#before.size > keptSessions && oldest !== undefined) this.#before.delete(oldest);
    files.catch(() => {
      this.#before.delete(sessionId);
    });
    return files;
  }

  async #fileBefore(sessionId: string, path: string): Promise<FileBefore | undefined> {
    if (sessionId === '') return undefined;
    const wanted = vscode.Uri.file(path).fsPath;
    return (await this.#filesBefore(sessionId)).find((file) => file.path === wanted);
  }

  async #known(sessionId: string, path: string): Promise<FileBefore> {
    const file = await this.#fileBefore(sessionId, path);
    if (file !== undefined) return file;
    throw new SessionError('invalidArgument', `This session has not changed ${path}.`, {
      sessionId,
      details: { file: path },
    });
  }

  /** One element, or none for a file that is what it was. */
  async #compare(file: FileBefore): Promise<FileChange[]> {
    const { path, before } = file;
    const folder = vscode.workspace.asRelativePath(dirname(path), false);
    const short = folder === dirname(path) && isRoot(folder) ? '' : folder;
    let now: string | undefined;
    try {
      now = await this.#textNow(path);
    } catch {
      // No text any more, or out of the workspace: it has changed, and that is all there is to say.
      return [{ path, before: undefined, kind: 'changed', folder: short }];
    }
    if (now === before || (now === undefined && before === null)) return [];
    const kind = now === undefined ? 'deleted' : before === null ? 'created' : 'changed';
    const lines = before === undefined ? undefined : lineCounts(before ?? '', now ?? '');
    return [{ path, before, kind, folder: short, ...(lines === undefined ? {} : { lines }) }];
  }

  async #textNow(path: string): Promise<string | undefined> {
    try {
      return await (await this.#deps.files()).readTextFile(path, {});
    } catch (error) {
      if (isSessionError(error) && error.details.cause === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function isRoot(folder: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.fsPath === folder);
}
