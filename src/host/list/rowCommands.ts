// What choosing a row of the tree runs: a command of its own for each row, because the editor loses those with arguments.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import { commandId } from '../commands/commandIds.ts';
import type { ChangeNode, RequestNode, SessionNode, TreeNode } from './sessionTreeModel.ts';

/** A row that something is opened by. */
export type OpeningNode = SessionNode | RequestNode | ChangeNode;

/** Whether choosing a row opens something. */
export function opens(node: TreeNode): node is OpeningNode {
  return node.kind === 'session' || node.kind === 'request' || node.kind === 'change';
}

/**
 * The commands of the rows that the editor has been given.
 *
 * One command with the row as its argument would do, if the editor did not keep arguments on the side of the extensions
 * and let go of them with each refresh of the row: a click on one that is just being refreshed did nothing. What is
 * selected, for a command without arguments to go by, cannot be known for the same moment. The name begins with `_`, by
 * which the editor keeps it out of its lists.
 */
export class RowCommands implements Disposable {
  /** By session, then by the command's name. */
  readonly #registered = new Map<string, Map<string, Disposable>>();

  /** The command that opens what a row stands for; it is there until its session is forgotten. */
  of(node: OpeningNode): string {
    const { sessionId } = node;
    const command = `_roost.openRow/${sessionId}${node.kind === 'change' ? node.path : ''}`;
    const ofSession = this.#registered.get(sessionId) ?? new Map<string, Disposable>();
    this.#registered.set(sessionId, ofSession);
    if (!ofSession.has(command)) {
      ofSession.set(
        command,
        vscode.commands.registerCommand(command, () =>
          vscode.commands.executeCommand(
            commandId(node.kind === 'change' ? 'openChange' : 'openSession'),
            node,
          ),
        ),
      );
    }
    return command;
  }

  /** A session is not in the list any more. */
  forget(sessionId: string): void {
    for (const held of this.#registered.get(sessionId)?.values() ?? []) held.dispose();
    this.#registered.delete(sessionId);
  }

  dispose(): void {
    for (const sessionId of [...this.#registered.keys()]) this.forget(sessionId);
  }
}
