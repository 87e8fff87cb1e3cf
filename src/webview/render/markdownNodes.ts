// Markdown as DOM nodes: each element is made by name from a closed list and text only ever becomes text, so nothing in it can be markup.
import type { Token } from 'markdown-it';
import { make } from '../dom.ts';
import type { MarkdownBlock } from '../markdownBlocks.ts';
import { readable } from '../visibleText.ts';
import type { PanelContext } from './context.ts';
import { codeBlock } from './codeBlock.ts';

/** Elements that a token of the same name opens. All of them are without attributes. */
const allowed = new Set([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'hr', 'br'],
  ...['strong', 'em', 's', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
] as const);

type AllowedTag = typeof allowed extends Set<infer Tag> ? Tag : never;

/** A node with what one block shows. */
export function blockNodes(block: MarkdownBlock, context: PanelContext): Node {
  if (block.plain !== undefined) return make('p', { class: 'plain-text', text: block.plain });
  const root = document.createDocumentFragment();
  build(root, block.tokens, context);
  return root;
}

/** Hangs what the tokens describe below `root`. */
function build(root: ParentNode & Node, tokens: readonly Token[], context: PanelContext): void {
  const open: Node[] = [root];
  const top = (): Node => open.at(-1) ?? root;
  for (const token of tokens) {
    if (token.type === 'inline') {
      build(wrap(top()), token.children ?? [], context);
    } else if (token.nesting === 1) {
      // A paragraph of a tight list is no element of its own.
      const element = token.hidden ? undefined : opened(token, context);
      if (element !== undefined) top().appendChild(element);
      open.push(element ?? top());
    } else if (token.nesting === -1) {
      if (open.length > 1) open.pop();
    } else {
      top().appendChild(leaf(token, context));
    }
  }
}

/** The node as something that `build` can hang nodes below. */
function wrap(node: Node): ParentNode & Node {
  // Only elements and fragments are ever opened, and both are parents.
  return node as ParentNode & Node;
}

function opened(token: Token, context: PanelContext): Node {
  if (token.type === 'link_open') return link(token.attrGet('href') ?? '', context);
  if (!isAllowed(token.tag)) return make('span');
  const element = make(token.tag);
  const start = Number(token.attrGet('start') ?? 1);
  if (element instanceof HTMLOListElement && start !== 1) element.start = start;
  return element;
}

function leaf(token: Token, context: PanelContext): Node {
  switch (token.type) {
    case 'text':
    case 'text_special':
      return document.createTextNode(token.content);
    case 'softbreak':
      return document.createTextNode('\n');
    case 'hardbreak':
      return make('br');
    case 'hr':
      return make('hr');
    case 'code_inline':
      return make('code', { class: 'inline-code', text: token.content });
    case 'code_block':
      return codeBlock(token.content, '', context);
    case 'fence':
      return codeBlock(token.content, token.info.trim().split(/\s+/)[0] ?? '', context);
    case 'image': {
      // Pictures are not loaded: a request would tell somebody that this was read.
      const element = link(token.attrGet('src') ?? '', context);
      element.append(token.content === '' ? (token.attrGet('src') ?? '') : token.content);
      return element;
    }
    default:
      return document.createTextNode(token.content);
  }
}

/** A link without an address of its own: it can only ask the host. */
function link(href: string, context: PanelContext): HTMLElement {
  const open = (event: Event): void => {
    event.preventDefault();
    context.post({ type: 'openLink', href });
  };
  return make('a', {
    class: 'link',
    role: 'link',
    title: readable(href),
    attributes: { tabindex: '0' },
    on: {
      click: open,
      keydown: (event) => {
        if (event.key === 'Enter') open(event);
      },
    },
  });
}

function isAllowed(tag: string): tag is AllowedTag {
  return (allowed as Set<string>).has(tag);
}
