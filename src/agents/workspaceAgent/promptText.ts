// A prompt's content blocks as the command line that they mean.
import type { ContentBlock } from '@agentclientprotocol/sdk';

/** A command and what was written behind it. */
export interface CommandLine {
  /** Lower case, without the slash. */
  readonly name: string;
  /** Everything after the name, to the end of the prompt. */
  readonly rest: string;
}

/** The prompt as one text; files that were attached stand in it as their address. */
export function promptText(blocks: readonly ContentBlock[]): string {
  return blocks.map(blockText).join('').trim();
}

/** What was typed, on one line, without what was attached to it: a title. Empty when there was only that. */
export function typedLine(blocks: readonly ContentBlock[]): string {
  return blocks
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join(' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** The command a prompt begins with; `undefined` when it is ordinary text. */
export function parseCommand(text: string): CommandLine | undefined {
  const match = /^\/([A-Za-z][\w-]*)(?:[ \t]+|(?=\n)|$)/u.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { name: match[1].toLowerCase(), rest: text.slice(match[0].length) };
}

/** A block as it is kept in the history: attachments as links, without their bytes. */
export function lastingBlock(block: ContentBlock): ContentBlock {
  if (block.type === 'text' || block.type === 'resource_link') return block;
  if (block.type === 'resource') {
    const { uri } = block.resource;
    return { type: 'resource_link', uri, name: uri.slice(uri.lastIndexOf('/') + 1) };
  }
  return { type: 'text', text: `[${block.type}]` };
}

function blockText(block: ContentBlock): string {
  if (block.type === 'text') return block.text;
  if (block.type === 'resource_link') return ` ${block.uri} `;
  if (block.type === 'resource') return ` ${block.resource.uri} `;
  return '';
}
