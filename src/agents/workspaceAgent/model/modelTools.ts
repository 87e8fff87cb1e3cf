// What a model may do in the folder: the agent's own commands, with the same questions to the user.
import { jsonSchema, tool, type ToolSet } from 'ai';
import { filesCommand } from '../commands/files.ts';
import { findCommand } from '../commands/find.ts';
import { readCommand } from '../commands/read.ts';
import { runCommand } from '../commands/run.ts';
import { writeCommand } from '../commands/write.ts';
import { Problem } from '../problem.ts';
import type { ToolTurn } from '../toolTurn.ts';

/** Runs one use of a tool on a turn of its own; the text is what the model gets. */
export type UseTool = (run: (turn: ToolTurn) => Promise<void>) => Promise<string>;

/** The tools, each used through `use`. */
export function modelTools(use: UseTool): ToolSet {
  return {
    list_files: tool({
      description:
        'List files of the workspace folder, optionally those that match a glob pattern.',
      inputSchema: object<{ pattern?: string }>(
        { pattern: 'Glob pattern, for example src/**/*.ts' },
        [],
      ),
      execute: ({ pattern }) => use((turn) => filesCommand.run(turn, pattern ?? '')),
    }),
    find_text: tool({
      description: 'Find a plain text in the files of the workspace folder.',
      inputSchema: object<{ text: string }>({ text: 'The text to look for' }, ['text']),
      execute: ({ text }) => use((turn) => findCommand.run(turn, text)),
    }),
    read_file: tool({
      description: 'Read a file, or a range of its lines.',
      inputSchema: object<{ file: string; lines?: string }>(
        { file: 'Path of the file', lines: 'Lines from 1, for example 10-40' },
        ['file'],
      ),
      execute: ({ file, lines }) =>
        use((turn) => readCommand.run(turn, lines === undefined ? file : `${file}:${lines}`)),
    }),
    write_file: tool({
      description: 'Create a file, or replace its whole text. The user is asked first.',
      inputSchema: object<{ file: string; text: string }>(
        { file: 'Path of the file', text: 'The whole new text' },
        ['file', 'text'],
      ),
      execute: ({ file, text }) => use((turn) => writeCommand.run(turn, `${file}\n${text}`)),
    }),
    edit_file: tool({
      description:
        'Replace a text in a file by another. The old text must stand in it exactly once. The user is asked first.',
      inputSchema: object<{ file: string; old_text: string; new_text: string }>(
        {
          file: 'Path of the file',
          old_text: 'The text to replace, as it stands in the file',
          new_text: 'The text to put there',
        },
        ['file', 'old_text', 'new_text'],
      ),
      execute: ({ file, old_text, new_text }) =>
        use(async (turn) => {
          const text = await turn.files.read(turn.files.resolve(file), turn.signal);
          const parts = text.split(old_text);
          if (old_text === '' || parts.length !== 2) {
            throw new Problem(
              `The old text stands in ${file} ${parts.length - 1} times, not once.`,
            );
          }
          await writeCommand.run(turn, `${file}\n${parts.join(new_text)}`);
        }),
    }),
    run_command: tool({
      description: 'Run a command line in the workspace folder. The user is asked first.',
      inputSchema: object<{ command: string }>({ command: 'The command line' }, ['command']),
      execute: ({ command }) => use((turn) => runCommand.run(turn, command)),
    }),
  };
}

/** The schema of an object of texts, by what each is. */
function object<T>(
  properties: Readonly<Record<string, string>>,
  required: readonly string[],
): ReturnType<typeof jsonSchema<T>> {
  return jsonSchema<T>({
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, description]) => [
        name,
        { type: 'string', description },
      ]),
    ),
    required: [...required],
    additionalProperties: false,
  });
}
