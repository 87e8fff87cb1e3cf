// A session as one Markdown file for people. No editor.
import { isFileBefore } from '../../session/fileChanges.ts';
import type { SessionInfo } from '../../session/info.ts';
import type { TranscriptEntry } from '../../session/transcript.ts';

/** What an export says about the session before its transcript. */
export type Exported = Pick<SessionInfo, 'sessionId' | 'title' | 'agentId' | 'cwd'>;

/** Everything said, to read. What people and agents wrote stays the Markdown that it was. */
export function exportMarkdown(info: Exported, entries: readonly TranscriptEntry[]): string {
  const times = [...new Set([entries[0]?.at, entries.at(-1)?.at])].filter((at) => at !== undefined);
  const facts = [info.agentId, info.cwd, times.join(' – ')].filter((fact) => fact !== '');
  const head = [`# ${info.title}`, facts.join(' · ')];
  const shown = entries.filter((entry) => !isFileBefore(entry));
  return `${[...head, ...shown.map(section)].join('\n\n')}\n`;
}

function section(entry: TranscriptEntry): string {
  switch (entry.type) {
    case 'user':
      return `## User\n\n${entry.text}`;
    case 'agent':
      return `## Agent\n\n${entry.text}`;
    case 'thought':
      return quoted(`Thought: ${entry.text}`);
    case 'toolCall':
      return [
        `**${entry.kind}: ${entry.title.replaceAll(/\s*\n\s*/g, ' ')}** (${entry.status})`,
        ...toolOutput(entry),
      ].join('\n\n');
    case 'plan':
      return entry.entries
        .map(({ content, status }) => `- [${status === 'completed' ? 'x' : ' '}] ${content}`)
        .join('\n');
    case 'notice':
      return `*${entry.text}*`;
  }
}

function toolOutput(entry: Extract<TranscriptEntry, { type: 'toolCall' }>): string[] {
  const shown = (entry.content ?? []).flatMap((content) => {
    if (content.type === 'text') return [fenced(content.text)];
    if (content.type === 'diff')
      return [`${content.path}\n\n${fenced(editLines(content), 'diff')}`];
    return [];
  });
  const terminals = (entry.terminals ?? []).map(({ command, output }) => {
    const typed = command === undefined ? '' : `$ ${command}\n`;
    return fenced(`${typed}${plainOutput(output)}`);
  });
  return [...shown, ...terminals];
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** Lines of an edit that did not change and are shown beside those that did. */
const besideChange = 3;

/** An edit as a patch has it: what went, what came, and a few lines beside them. */
function editLines(edit: {
  readonly oldText?: string | undefined;
  readonly newText: string;
}): string {
  const before = edit.oldText === undefined || edit.oldText === '' ? [] : edit.oldText.split('\n');
  const after = edit.newText.split('\n');
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const marked = (mark: string, lines: readonly string[]): string[] =>
    lines.map((line) => `${mark}${line}`);
  return [
    ...marked(' ', before.slice(Math.max(0, start - besideChange), start)),
    ...marked('-', before.slice(start, before.length - tail)),
    ...marked('+', after.slice(start, after.length - tail)),
    ...marked(' ', after.slice(after.length - tail, after.length - tail + besideChange)),
  ].join('\n');
}

/** What a terminal is told besides text: colours, places, titles. */
const told = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]',
    '\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\|$)',
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** The text of a command's output; of a line that was written over, what was written last. */
function plainOutput(output: string): string {
  return output
    .replaceAll(told, '')
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.split('\r').findLast((part) => part !== '') ?? '')
    .join('\n');
}

/** In a fence longer than any run of backticks inside. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
