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
      return [`**${entry.kind}: ${entry.title}** (${entry.status})`, ...toolOutput(entry)].join(
        '\n\n',
      );
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
    if (content.type === 'diff') return [`${content.path}\n\n${fenced(content.newText)}`];
    return [];
  });
  const terminals = (entry.terminals ?? []).map(({ output }) => fenced(output));
  return [...shown, ...terminals];
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/** In a fence longer than any run of backticks inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
