// `/files GLOB`: lists the files of the session's folder.
import { FileWalk, type FoundFile } from '../fileWalk.ts';
import { globToRegExp } from '../glob.ts';
import { count, inlineCode } from '../markdown.ts';
import type { Command } from './command.ts';

/** More names than a person reads. */
const mostShown = 500;

/** Names are sent together in groups of this many. */
const groupSize = 25;

/** Lists files by a glob; one without a slash holds in every folder. */
export const filesCommand: Command = {
  name: 'files',
  description: 'List the files of this folder, or those that a pattern matches',
  hint: 'pattern, for example src/**/*.ts',
  async run(turn, rest) {
    const glob = rest.trim();
    const pattern = globToRegExp(glob === '' ? '**' : glob.includes('/') ? glob : `**/${glob}`);
    const call = await turn.toolCall({
      title: glob === '' ? 'List files' : `List ${glob}`,
      kind: 'search',
      rawInput: { glob, folder: turn.cwd },
    });
    const walk = new FileWalk(turn.cwd, turn.signal);
    const found: FoundFile[] = [];
    let group: FoundFile[] = [];
    for await (const file of walk.files()) {
      if (!pattern.test(file.relative)) continue;
      if (found.length >= mostShown) break;
      found.push(file);
      group.push(file);
      if (group.length >= groupSize) {
        await turn.say(listed(group));
        group = [];
      }
    }
    const limited = walk.limited || found.length >= mostShown;
    const summary = `${count(found.length, 'file')}${limited ? '; there may be more, the list ends here' : ''}.`;
    await call.update({
      status: 'completed',
      locations: found.map(({ path }) => ({ path })),
      content: [{ type: 'content', content: { type: 'text', text: summary } }],
      rawOutput: { files: found.length, limited },
    });
    await turn.say(`${listed(group)}\n${summary}`);
  },
};

function listed(files: readonly FoundFile[]): string {
  return files.map(({ relative }) => `- ${inlineCode(relative)}\n`).join('');
}
