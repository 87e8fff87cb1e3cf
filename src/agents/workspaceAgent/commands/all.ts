// Every slash command, in the order they are offered.
import { askCommand } from './ask.ts';
import type { Command } from './command.ts';
import { filesCommand } from './files.ts';
import { findCommand } from './find.ts';
import { helpCommand } from './help.ts';
import { planCommand } from './plan.ts';
import { readCommand } from './read.ts';
import { replaceCommand } from './replace.ts';
import { runCommand } from './run.ts';
import { writeCommand } from './write.ts';

/** The commands of the Workspace agent. */
export const allCommands: readonly Command[] = [
  findCommand,
  filesCommand,
  readCommand,
  writeCommand,
  replaceCommand,
  runCommand,
  planCommand,
  askCommand,
  helpCommand(() => allCommands),
];
