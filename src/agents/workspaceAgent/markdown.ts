// Pieces of Markdown that hold any text unharmed.

/** The text as inline code on one line. */
export function inlineCode(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ').trim();
  if (flat === '') return '` `';
  const ticks = '`'.repeat(longestTicks(flat) + 1);
  const space = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${flat}${space}${ticks}`;
}

/** The text as a fenced block. */
export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language}\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${fence}\n`;
}

/** At most `most` characters of a text, with an ellipsis where it goes on. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

/** `1 file`, `2 files`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length));
}
