// `/write FILE`: writes a file with the text of the lines below, after asking.
import { inlineCode } from '../markdown.ts';
import { Problem } from '../problem.ts';
import type { ToolCallStart } from '../turn.ts';
import type { Command } from './command.ts';

/** What *always* covers for every command that changes files. */
export const editScope = 'edit';

/** How *always* is offered by every command that changes files. */
export const editAlwaysName = 'Allow all edits in this session';

/** Creates or replaces a file; the content is everything below the first line. */
export const writeCommand: Command = {
  name: 'write',
  description: 'Write a file: its name, then its text on the lines below',
  hint: 'file, then the text on the next lines',
  async run(turn, rest) {
    const end = rest.indexOf('\n');
    const written = (end < 0 ? rest : rest.slice(0, end)).trim();
    if (written === '') {
      throw new Problem('Write the file on the first line and its text below: `/write FILE`.');
    }
    if (end < 0) {
      throw new Problem(`Write the text for ${inlineCode(written)} on the lines below its name.`);
    }
    const body = rest.slice(end + 1);
    // A prompt is trimmed on its way; a text file ends with a line end.
    const newText = body === '' || body.endsWith('\n') ? body : `${body}\n`;
    const path = turn.files.resolve(written);
    const shown = turn.files.show(path);
    const oldText = await turn.files.readIfThere(path, turn.signal);
    if (oldText === newText) {
      await turn.say(`${inlineCode(shown)} already has this text.`);
      return;
    }
    const start: ToolCallStart = {
      title: `${oldText === undefined ? 'Create' : 'Write'} ${shown}`,
      kind: 'edit',
      status: 'pending',
      content: [{ type: 'diff', path, oldText: oldText ?? null, newText }],
      locations: [{ path }],
      rawInput: { path },
    };
    const call = await turn.toolCall(start);
    if (!(await turn.isAllowed({ call, start, scope: editScope, alwaysName: editAlwaysName }))) {
      await call.update({ status: 'failed' });
      await turn.say(`${inlineCode(shown)} was not written: you refused.`);
      return;
    }
    await call.update({ status: 'in_progress' });
    await turn.files.write(path, newText);
    await call.update({ status: 'completed' });
    await turn.say(`${oldText === undefined ? 'Created' : 'Wrote'} ${inlineCode(shown)}.`);
  },
};
