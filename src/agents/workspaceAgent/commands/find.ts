// `/find TEXT`: searches the files of the session's folder and streams what it finds.
import type { ToolCallLocation } from '@agentclientprotocol/sdk';
import { FileWalk } from '../fileWalk.ts';
import { count, inlineCode, shorten } from '../markdown.ts';
import { Problem } from '../problem.ts';
import { readSearchable } from '../textFile.ts';
import type { Command } from './command.ts';

/** More matches than a person reads. */
const mostMatches = 500;

/** A match is shown by this much of its line. */
const mostOfLine = 200;

/** Places are shown in the tool call after each this many, since each time all are sent again. */
const locationStep = 50;

/** Searches for plain text; capital letters in it make the search mind them. */
export const findCommand: Command = {
  name: 'find',
  description: 'Search the files of this folder for a text',
  hint: 'text to look for',
  async run(turn, rest) {
    const text = rest.trim();
    if (text === '') throw new Problem('Write what to look for: `/find TEXT`.');
    const call = await turn.toolCall({
      title: `Find ${JSON.stringify(shorten(text, 60))}`,
      kind: 'search',
      rawInput: { text, folder: turn.cwd },
    });
    const matches = matcher(text);
    const walk = new FileWalk(turn.cwd, turn.signal);
    const locations: ToolCallLocation[] = [];
    let files = 0;
    let shownAt = 0;
    for await (const file of walk.files()) {
      const content = await readSearchable(file.path);
      if (content === undefined) continue;
      const found = matchingLines(content, matches, mostMatches - locations.length);
      if (found.length === 0) continue;
      files += 1;
      for (const { line } of found) locations.push({ path: file.path, line });
      const list = found.map(
        ({ line, text: shown }) =>
          `- ${inlineCode(`${file.relative}:${line}`)} ${inlineCode(shorten(shown, mostOfLine))}\n`,
      );
      await turn.say(`**${inlineCode(file.relative)}**\n\n${list.join('')}\n`);
      if (locations.length >= shownAt + locationStep) {
        shownAt = locations.length;
        await call.update({ locations: [...locations] });
      }
      if (locations.length >= mostMatches) break;
    }
    const limited = walk.limited || locations.length >= mostMatches;
    const summary =
      locations.length === 0
        ? `No match in ${count(walk.seen, 'file')}.`
        : `${count(locations.length, 'match', 'matches')} in ${count(files, 'file')}` +
          `${limited ? '; there may be more, the search ended here' : ''}.`;
    await call.update({
      status: 'completed',
      locations,
      content: [{ type: 'content', content: { type: 'text', text: summary } }],
      rawOutput: { matches: locations.length, files, searched: walk.seen, limited },
    });
    await turn.say(summary);
  },
};

function matcher(text: string): (line: string) => boolean {
  if (text !== text.toLowerCase()) return (line) => line.includes(text);
  return (line) => line.toLowerCase().includes(text);
}

function matchingLines(
  content: string,
  matches: (line: string) => boolean,
  most: number,
): { readonly line: number; readonly text: string }[] {
  // Most files have no match: asking once for the whole is far cheaper than cutting them into lines.
  if (!matches(content)) return [];
  const found: { line: number; text: string }[] = [];
  for (const [index, text] of content.split('\n').entries()) {
    if (found.length >= most) break;
    if (matches(text)) found.push({ line: index + 1, text });
  }
  return found;
}
