// Completion of slash commands: which commands fit what is written, and what the text becomes.
import type { CommandView } from '../chatProtocol/session.ts';

/** The part of a text that names a command, while the cursor is in it: from `/` to the first space. */
export function commandPrefix(text: string, caret: number): string | undefined {
  const match = /^\/(\S*)$/.exec(text.slice(0, caret));
  if (match === null || /^\S/.test(text.slice(caret))) return undefined;
  return match[1];
}

/** The commands that fit, best first: those that begin with the prefix, then those that contain it. */
export function matchingCommands(
  commands: readonly CommandView[],
  prefix: string,
): readonly CommandView[] {
  const wanted = prefix.toLowerCase();
  const begins = commands.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const contains = commands.filter(
    ({ name }) => !name.toLowerCase().startsWith(wanted) && name.toLowerCase().includes(wanted),
  );
  return [...begins, ...contains];
}

/** The text with its command completed, ready for an argument, and where the cursor goes. */
export function complete(
  text: string,
  caret: number,
  command: CommandView,
): { readonly text: string; readonly caret: number } {
  const start = `/${command.name} `;
  return { text: start + text.slice(caret).trimStart(), caret: start.length };
}

/** The command that a text calls, once its name is whole; for the hint about its argument. */
export function calledCommand(
  commands: readonly CommandView[],
  text: string,
): CommandView | undefined {
  const name = /^\/(\S+)(?:\s|$)/.exec(text)?.[1];
  return name === undefined ? undefined : commands.find((command) => command.name === name);
}
