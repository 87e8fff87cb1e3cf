// The open folders as the domain needs them: absolute paths on this machine.
import * as vscode from 'vscode';
import type { WorkspaceRoots } from '../session/ports.ts';

/** The folders that are open now and that are on this machine's disk. */
export const workspaceRoots: WorkspaceRoots = {
  folders: () =>
    (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath),
};
