// `/read FILE`: shows a file as the editor has it, unsaved text included.
import { extname } from 'node:path';
import { codeBlock, count, inlineCode } from '../markdown.ts';
import { Problem } from '../problem.ts';
import type { Command } from './command.ts';

/** What one reading shows at most. */
const mostLines = 2000;
const mostCharacters = 200_000;

/** Shows a file, or lines of it: `/read FILE`, `/read FILE:10`, `/read FILE:10-20`. */
export const readCommand: Command = {
  name: 'read',
  description: 'Show a file, as it is in the editor',
  hint: 'file, or file:10-20 for some lines',
  async run(turn, rest) {
    const { written, from, to } = parse(rest.trim());
    if (written === '') throw new Problem('Write which file to show: `/read FILE`.');
    const path = turn.files.resolve(written);
    const shown = turn.files.show(path);
    const call = await turn.toolCall({
      title: `Read ${shown}${from === undefined ? '' : `:${from}${to === undefined ? '' : `-${to}`}`}`,
      kind: 'read',
      locations: [from === undefined ? { path } : { path, line: from }],
      rawInput: { path },
    });
    const first = from ?? 1;
    const wanted = Math.min(mostLines, to === undefined ? mostLines : to - first + 1);
    // One line more than is shown tells whether the file goes on.
    const text = await turn.files.read(path, turn.signal, { line: first, limit: wanted + 1 });
    const all = text.replace(/\n$/u, '').split('\n');
    const lines = all.slice(0, wanted);
    const content = lines.join('\n').slice(0, mostCharacters);
    const goesOn =
      to === undefined && (all.length > wanted || content.length < lines.join('\n').length);
    const empty = content === '' && lines.length <= 1;
    await call.update({
      status: 'completed',
      content: [{ type: 'content', content: { type: 'text', text: codeBlock(content) } }],
      rawOutput: { lines: empty ? 0 : lines.length, goesOn },
    });
    if (empty) {
      await turn.say(`${inlineCode(shown)} has no text${from === undefined ? '' : ' there'}.`);
      return;
    }
    await turn.say(`${inlineCode(shown)}\n\n${codeBlock(content, extname(path).slice(1))}\n`);
    const where = from === undefined ? '' : ` from line ${from}`;
    await turn.say(
      `${count(lines.length, 'line')}${where}${goesOn ? `; the file goes on: \`/read ${shown}:${first + lines.length}\`` : ''}.`,
    );
  },
};

function parse(argument: string): {
  readonly written: string;
  readonly from?: number;
  readonly to?: number;
} {
  const match = /^(?<written>.+?):(?<from>[1-9]\d{0,8})(?:-(?<to>[1-9]\d{0,8}))?$/su.exec(argument);
  const { written, from, to } = match?.groups ?? {};
  if (written === undefined || from === undefined) return { written: argument };
  const start = Number(from);
  return { written, from: start, ...(to === undefined ? {} : { to: Math.max(start, Number(to)) }) };
}
