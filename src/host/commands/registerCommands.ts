// The table of commands made known to the editor, and what tells a user's call from a program's.
import * as vscode from 'vscode';
import { SessionError } from '../../session/errors.ts';
import type { Disposable } from '../../session/event.ts';
import { askedRequest } from '../panel/askedEdit.ts';
import {
  commandArguments,
  commandId,
  commandNames,
  type CommandArgument,
  type CommandName,
} from './commandIds.ts';
import type { OnDemand } from '../../session/onDemand.ts';
import type { Call, CommandTable, Handler } from './commandTypes.ts';
import type { ErrorBoundary } from '../errorBoundary.ts';
import { isTreeNode, RequestNode, rowNameSchema, type TreeNode } from '../list/sessionTreeModel.ts';

/** What a key binding passes for "the row that is selected"; see the manifest's `keybindings`. */
export const selectionArgument = 'selection';

/** Registers every command; the table is loaded with the first call. The registrations belong to the caller. */
export function registerCommands(
  table: OnDemand<CommandTable>,
  boundary: ErrorBoundary,
  selection: () => readonly TreeNode[],
): Disposable[] {
  const register = (name: CommandName): Disposable => {
    // Name, handler and argument come from tables with the same keys: what belongs to one name fits together.
    const handler: Handler<CommandName> = (call) =>
      table.use((handlers) => (handlers[name] as Handler<CommandName>)(call));
    return vscode.commands.registerCommand(
      commandId(name),
      (argument: unknown, selected: unknown) => {
        const rows = rowsOf(argument, selected, selection);
        // A menu passes the row and what is selected, a key binding the word for it, a notification the
        // name of a row, the palette nothing: a user sees what fails, and the call resolves, or the
        // editor would show the failure a second time.
        if (rows !== undefined) {
          const [only] = rows.length === 1 ? rows : [];
          const row = isTreeNode(argument) ? argument : only;
          return boundary.forUser(name, () => handler({ given: undefined, row, rows }));
        }
        // Anything else comes from a program, which is told what fails by a rejection and shows it as it likes.
        return boundary.forProgram(name, () => handler(programCall(name, argument)));
      },
    );
  };
  return commandNames.map((name) => register(name));
}

/** The rows that a user's call is about; `undefined` for a program's. */
function rowsOf(
  argument: unknown,
  selected: unknown,
  selection: () => readonly TreeNode[],
): readonly TreeNode[] | undefined {
  if (argument === undefined || argument === null) return [];
  if (argument === selectionArgument) return selection();
  if (isTreeNode(argument)) {
    const others: unknown[] = Array.isArray(selected) ? selected : [];
    const rows = others.filter(isTreeNode);
    return rows.includes(argument) ? rows : [argument];
  }
  // The title of an edit that waits for an answer passes the edit's address.
  const asked = askedRequest(argument);
  if (asked !== undefined) return [asked];
  const named = rowNameSchema().safeParse(argument);
  if (!named.success) return undefined;
  const { sessionId, requestId } = named.data.row;
  return [new RequestNode(sessionId, requestId)];
}

function programCall<Name extends CommandName>(name: Name, argument: unknown): Call<Name> {
  const parsed = commandArguments[name]().safeParse(argument);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
    throw new SessionError('invalidArgument', `${commandId(name)} cannot take this. ${where}`, {
      hint: 'See the list of commands in the documentation.',
    });
  }
  // The schema came from the table under this very name.
  return { given: parsed.data as CommandArgument<Name>, row: undefined, rows: [] };
}
