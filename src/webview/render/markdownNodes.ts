// Tokens of markdown as DOM nodes: each element is made by name from a closed list and text only ever becomes text, so nothing in it can be markup.
import type { Token } from 'markdown-it';
import { make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import type { PanelContext } from './context.ts';

/** Elements that a token of the same name opens. All of them are without attributes. */
const allowed = new Set([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'hr', 'br'],
  ...['strong', 'em', 's', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
] as const);

type AllowedTag = typeof allowed extends Set<infer Tag> ? Tag : never;

/** The element that a token opens. */
export function opened(token: Token, context: PanelContext): Element {
  if (token.type === 'link_open') return link(token.attrGet('href') ?? '', context);
  if (!isAllowed(token.tag)) return make('span');
  const element = make(token.tag);
  const start = Number(token.attrGet('start') ?? 1);
  if (element instanceof HTMLOListElement && start !== 1) element.start = start;
  return element;
}

/** The node of a token that opens and closes nothing, unless it is a block of code. */
export function leaf(token: Token, context: PanelContext): Node {
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
    title: exactLine(href),
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
