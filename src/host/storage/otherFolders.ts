// The stores of other folders as a person knows them: by the folder that they belong to.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { SavedSessionInfo } from '../../session/info.ts';

/** A store as it was found. */
export interface FoundStore {
  readonly directory: string;
  /** The folder or workspace file it belongs to, as a URI; absent where the editor does not say. */
  readonly workspace?: string;
}

/** A store with a name. */
export interface FoundFolder {
  readonly directory: string;
  /** What the list calls it: the folder it belongs to, or the place where it is. */
  readonly name: string;
  /** Whether that folder is not there any more: it was renamed, moved or deleted. */
  readonly gone: boolean;
}

/** A folder's store, and what is in it. */
export interface FolderSessions extends FoundFolder {
  readonly sessions: readonly SavedSessionInfo[];
}

/**
 * Names stores by what the editor has written down.
 * @param windowsWithoutFolder the store of windows that have no folder open
 */
export function namedFolders(
  stores: readonly FoundStore[],
  windowsWithoutFolder: string,
): readonly FoundFolder[] {
  return stores.map(({ directory, workspace }) => {
    if (directory === windowsWithoutFolder) {
      return { directory, name: vscode.l10n.t('Windows without a folder'), gone: false };
    }
    const uri = workspace === undefined ? undefined : vscode.Uri.parse(workspace);
    if (uri === undefined) return { directory, name: directory, gone: false };
    const local = uri.scheme === 'file';
    return {
      directory,
      name: local ? uri.fsPath : uri.toString(true),
      gone: local && !existsSync(uri.fsPath),
    };
  });
}
