// The table of commands made known to the editor, and what tells a user's call from a program's.
import * as vscode from 'vscode';
import { SessionError } from '../session/errors.ts';
import type { Disposable } from '../session/event.ts';
import {
  commandArguments,
  commandId,
  commandNames,
  type CommandArgument,
  type CommandName,
} from './commandIds.ts';
import type { Call, CommandTable, Handler } from './commandTypes.ts';
import type { ErrorBoundary } from './errorBoundary.ts';
import { isTreeNode, type TreeNode } from './sessionTreeModel.ts';

/** What a key binding passes for "the row that is selected"; see the manifest's `keybindings`. */
export const selectionArgument = 'selection';

/** Registers every command of the table; the registrations belong to the caller. */
export function registerCommands(
  table: CommandTable,
  boundary: ErrorBoundary,
  selection: () => TreeNode | undefined,
): Disposable[] {
  const register = (name: CommandName): Disposable => {
    // Name, handler and argument come from tables with the same keys: what belongs to one name fits together.
    const handler = table[name] as Handler<CommandName>;
    return vscode.commands.registerCommand(commandId(name), (argument: unknown) => {
      // A menu passes the row, a key binding the word for it, the palette nothing: a user sees what
      // fails, and the call resolves, or the editor would show the failure a second time.
      if (argument === undefined || argument === null || isTreeNode(argument)) {
        const row = argument ?? undefined;
        return boundary.forUser(name, () => handler({ given: undefined, row }));
      }
      if (argument === selectionArgument) {
        return boundary.forUser(name, () => handler({ given: undefined, row: selection() }));
      }
      // Anything else comes from a program, which is told what fails by a rejection and shows it as it likes.
      return boundary.forProgram(name, () => handler(programCall(name, argument)));
    });
  };
  return commandNames.map((name) => register(name));
}

function programCall<Name extends CommandName>(name: Name, argument: unknown): Call<Name> {
  const parsed = commandArguments[name].safeParse(argument);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
    throw new SessionError('invalidArgument', `${commandId(name)} cannot take this. ${where}`, {
      hint: 'See the list of commands in the documentation.',
    });
  }
  // The schema came from the table under this very name.
  return { given: parsed.data as CommandArgument<Name>, row: undefined };
}
