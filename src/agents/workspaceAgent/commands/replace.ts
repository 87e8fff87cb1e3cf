// `/replace s/OLD/NEW/ GLOB`: replaces a text in many files, after showing every change.
import type { ToolCallContent } from '@agentclientprotocol/sdk';
import { FileWalk } from '../fileWalk.ts';
import { globToRegExp } from '../glob.ts';
import { count, inlineCode, shorten } from '../markdown.ts';
import { Problem } from '../problem.ts';
import { readSearchable } from '../textFile.ts';
import type { ToolCallStart, Turn } from '../turn.ts';
import type { Command } from './command.ts';
import { editAlwaysName, editScope } from './write.ts';

/** More files than a person checks before allowing a change. */
const mostFiles = 100;

/** What to replace and where. */
export interface Replacement {
  /** Plain text, not an expression. */
  readonly oldText: string;
  readonly newText: string;
  readonly ignoreCase: boolean;
  /** Empty for all files. */
  readonly glob: string;
}

interface Edit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly places: number;
}

/** Replaces plain text; asks once for all files and leaves out those that changed since they were shown. */
export const replaceCommand: Command = {
  name: 'replace',
  description: 'Replace a text in the files of this folder, shown before it happens',
  hint: 's/old/new/ then a file or pattern (s/old/new/i minds no capitals)',
  async run(turn, rest) {
    const wanted = parseReplacement(rest.trim());
    if (wanted === undefined) {
      throw new Problem(
        'Write `/replace s/old/new/ PATTERN`, for example `/replace s/colour/color/ src/**/*.ts`. ' +
          'Any sign may stand for the slash; `\\n` is a line end; an `i` behind the last one minds no capitals.',
      );
    }
    const edits = await findEdits(turn, wanted);
    const places = edits.reduce((sum, edit) => sum + edit.places, 0);
    if (edits.length === 0) {
      await turn.say(`${inlineCode(wanted.oldText)} is nowhere in the files looked at.`);
      return;
    }
    const start: ToolCallStart = {
      title: `Replace ${JSON.stringify(shorten(wanted.oldText, 40))} in ${count(edits.length, 'file')}`,
      kind: 'edit',
      status: 'pending',
      content: edits.map(({ path, before, after }): ToolCallContent => ({
        type: 'diff',
        path,
        oldText: before,
        newText: after,
      })),
      locations: edits.map(({ path }) => ({ path })),
      rawInput: wanted,
    };
    const call = await turn.toolCall(start);
    if (!(await turn.isAllowed({ call, start, scope: editScope, alwaysName: editAlwaysName }))) {
      await call.update({ status: 'failed' });
      await turn.say('Nothing was replaced: you refused.');
      return;
    }
    await call.update({ status: 'in_progress' });
    const changedSince: string[] = [];
    for (const edit of edits) {
      turn.signal.throwIfAborted();
      if ((await turn.files.readIfThere(edit.path, turn.signal)) !== edit.before) {
        changedSince.push(edit.path);
        continue;
      }
      await turn.files.write(edit.path, edit.after);
      await turn.say(`- ${inlineCode(turn.files.show(edit.path))}: ${edit.places}\n`);
    }
    await call.update({
      status: changedSince.length === edits.length ? 'failed' : 'completed',
      rawOutput: { files: edits.length - changedSince.length, places, changedSince },
    });
    const left = changedSince.map((path) => inlineCode(turn.files.show(path))).join(', ');
    await turn.say(
      changedSince.length === 0
        ? `\nReplaced ${count(places, 'place')} in ${count(edits.length, 'file')}.`
        : `\nLeft alone, since they changed after they were shown: ${left}.`,
    );
  },
};

/** `s/old/new/flags glob` with any sign for the slash; `undefined` when it is not that. */
export function parseReplacement(argument: string): Replacement | undefined {
  const sign = /^s(?<sign>[^\w\s\\])/.exec(argument)?.groups?.['sign'];
  if (sign === undefined) return undefined;
  const text = `(?:\\\\[\\s\\S]|[^\\\\${literal(sign)}])*`;
  const end = literal(sign);
  const match = new RegExp(
    `^s${end}(?<old>${text})${end}(?<new>${text})${end}(?<flags>[gi]*)(?:\\s+(?<glob>\\S[^]*))?$`,
  ).exec(argument);
  const oldText = unescaped(match?.groups?.['old'] ?? '', sign);
  if (match?.groups === undefined || oldText === '') return undefined;
  return {
    oldText,
    newText: unescaped(match.groups['new'] ?? '', sign),
    ignoreCase: match.groups['flags']?.includes('i') ?? false,
    glob: match.groups['glob']?.trim() ?? '',
  };
}

/** A backslash makes the sign and itself ordinary and `n` a line end; before anything else it stays. */
function unescaped(text: string, sign: string): string {
  return text.replaceAll(/\\([^])/gu, (whole, character: string) => {
    if (character === 'n') return '\n';
    return character === sign || character === '\\' ? character : whole;
  });
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The changes, by what the editor has for each file whose text on disk has the text looked for. */
async function findEdits(turn: Turn, wanted: Replacement): Promise<readonly Edit[]> {
  const { glob } = wanted;
  const pattern = globToRegExp(glob === '' ? '**' : glob.includes('/') ? glob : `**/${glob}`);
  const search = new RegExp(literal(wanted.oldText), wanted.ignoreCase ? 'gi' : 'g');
  const edits: Edit[] = [];
  for await (const file of new FileWalk(turn.cwd, turn.signal).files()) {
    if (!pattern.test(file.relative)) continue;
    const onDisk = await readSearchable(file.path);
    if (onDisk === undefined || !search.test(onDisk)) continue;
    const before = await turn.files.readIfThere(file.path, turn.signal);
    const places = before?.match(search)?.length ?? 0;
    search.lastIndex = 0;
    if (before === undefined || places === 0) continue;
    if (edits.length >= mostFiles) {
      throw new Problem(`More than ${mostFiles} files would change: name fewer with a pattern.`);
    }
    // A function, since the signs with a dollar in a replacement text would mean something.
    const after = before.replace(search, () => wanted.newText);
    if (after !== before) edits.push({ path: file.path, before, after, places });
  }
  return edits;
}
