// The open folders: as the domain needs them, absolute paths on this machine, and as people call them.
import * as vscode from 'vscode';
import type { WorkspaceRoots } from '../../session/ports.ts';
import { plainLine } from '../plainText.ts';

/** The folders that are open now and that are on this machine's disk. */
export const workspaceRoots: WorkspaceRoots = {
  folders: () =>
    (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath),
};

/** What a folder is called in this window: a folder of the workspace by its name, others by their path. */
export function folderName(path: string): string {
  const own = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.fsPath === path);
  // The editor itself names a folder of the workspace by its whole path: it is relative to nothing.
  return plainLine(own?.name ?? vscode.workspace.asRelativePath(path, true)) || path;
}
