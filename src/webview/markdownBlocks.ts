// Markdown as its top-level blocks, read so that no text is lost and none takes long, however it is built.
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';

const parser = new MarkdownIt({ html: false, linkify: true, breaks: false });
// `README.md` is a file here, not a host in Moldova.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
// Links lead to the host, which decides; these would not even be worth showing as links.
parser.validateLink = (href: string): boolean =>
  !/^\s*(javascript|vbscript|data|command):/i.test(href);

/** Longest paragraph that is looked at for emphasis and links; a longer one is shown as it is. */
const inlineLimit = 10_000;
/** A block of more tokens than this (a table of thousands of cells) is shown as it is. */
const tokenLimit = 20_000;
/** From this depth on the parser leaves text out; below it every text is there. */
const depthLimit = 90;

parser.core.ruler.before('inline', 'roost_long_text', (state) => {
  for (const token of state.tokens) {
    if (token.type === 'inline' && token.content.length > inlineLimit) token.type = 'text';
  }
});

/** A paragraph, list, table, code block … of the top level. */
export interface MarkdownBlock {
  /** The line of the source it starts on, counted from 0. */
  readonly line: number;
  readonly tokens: readonly Token[];
  /** Its source, where it is to be shown as it is. */
  readonly plain?: string;
}

/** The top-level blocks of a source that has been made readable. */
export function markdownBlocks(source: string): MarkdownBlock[] {
  const blocks: { line: number; tokens: Token[]; deep: boolean }[] = [];
  for (const token of parser.parse(source, {})) {
    const opens = token.level === 0 && token.nesting >= 0;
    if (opens) blocks.push({ line: token.map?.[0] ?? 0, tokens: [], deep: false });
    const block = blocks.at(-1);
    block?.tokens.push(token);
    if (block !== undefined && token.level >= depthLimit) block.deep = true;
  }
  const firstDeep = blocks.findIndex(({ deep }) => deep);
  // What follows a block that was too deep may be missing too: all of it is shown as it is.
  if (firstDeep >= 0) blocks.length = firstDeep + 1;
  return blocks.map(({ line, tokens, deep }, index) => {
    if (!deep && tokens.length <= tokenLimit) return { line, tokens };
    return { line, tokens: [], plain: linesOf(source, line, blocks[index + 1]?.line) };
  });
}

function linesOf(source: string, from: number, to: number | undefined): string {
  return source.split('\n').slice(from, to).join('\n').trimEnd();
}
