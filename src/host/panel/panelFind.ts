// Finding a text in a whole transcript: which entries show it.
import { isFileBefore } from '../../session/fileChanges.ts';
import type { TranscriptEntry } from '../../session/transcript.ts';

/** How many entries are named at most. */
const hitLimit = 2000;

/** The ids of the entries that show a text, whatever its case, oldest first. */
export function entriesWith(
  entries: readonly TranscriptEntry[],
  query: string,
): { readonly hits: string[]; readonly more: boolean } {
  const wanted = query.toLowerCase();
  const hits: string[] = [];
  for (const entry of entries) {
    if (isFileBefore(entry)) continue;
    if (!textsOf(entry).some((text) => has(text, wanted))) continue;
    if (hits.length === hitLimit) return { hits, more: true };
    hits.push(entry.id);
  }
  return { hits, more: false };
}

/** Whether a text shows another, also where a part of it is written as bold, as code or as a link. */
function has(text: string, wanted: string): boolean {
  const lower = text.toLowerCase();
  if (lower.includes(wanted)) return true;
  return /[*_~`[]/.test(lower) && withoutMarks(lower).includes(wanted);
}

/** Markdown without the marks that are not seen. */
function withoutMarks(text: string): string {
  return text.replaceAll(/\[([^\]\n]*)\]\([^)\n]*\)/g, '$1').replaceAll(/\*+|_{2,}|~~|`+/g, '');
}

/** What of an entry can be read in the panel, unfolded. */
function textsOf(entry: TranscriptEntry): string[] {
  switch (entry.type) {
    case 'user':
    case 'agent':
    case 'thought':
    case 'notice':
      return [entry.text];
    case 'plan':
      return entry.entries.map(({ content }) => content);
    case 'toolCall':
      return [
        entry.title,
        ...(entry.content ?? []).flatMap((content) => {
          if (content.type === 'text') return [content.text];
          if (content.type !== 'diff') return [];
          // Removed lines are shown as well.
          return [content.path, content.oldText ?? '', content.newText];
        }),
        ...(entry.terminals ?? []).flatMap(({ command, output }) => [command ?? '', output]),
      ];
  }
}
