// One block of markdown on screen, which may grow: what has not changed of it stays in the page, whatever its length.
import type { Token } from 'markdown-it';
import { make } from '../dom.ts';
import type { MarkdownBlock } from '../markdownBlocks.ts';
import { CodeBlock } from './codeBlock.ts';
import type { PanelContext } from './context.ts';
import { leaf, opened } from './markdownNodes.ts';

/** What a token has put into the page; nothing for one that closes, or opens no element of its own. */
interface Made {
  readonly token: Token;
  readonly node?: Node | undefined;
  /** The node's owner, where it is a block of code. */
  readonly code?: CodeBlock;
}

/** The last block of a text, which is the last in its parent. */
export class BlockView {
  readonly #parent: Element;
  readonly #context: PanelContext;
  #made: Made[] = [];
  #plain: HTMLElement | undefined;

  constructor(parent: Element, context: PanelContext) {
    this.#parent = parent;
    this.#context = context;
  }

  /** Shows a block, which may begin as the one before did: the nodes of that beginning stay as they are. */
  show({ tokens, plain }: MarkdownBlock): void {
    const wanted = plain === undefined ? flat(tokens) : [];
    const same = this.#sameAs(wanted);
    const open = this.#openAfter(same);
    for (const { node } of this.#made.splice(same)) {
      // What lies in something else that goes, goes with it.
      if (node !== undefined && open.some((one) => one === node.parentNode)) {
        node.parentNode?.removeChild(node);
      }
    }
    this.#build(wanted.slice(same), open);
    this.#plain?.remove();
    this.#plain = undefined;
    if (plain === undefined) return;
    this.#plain = make('p', { class: 'plain-text', text: plain });
    this.#parent.append(this.#plain);
  }

  /** How many tokens of the beginning are on screen already; the last of them may have grown, and is shown so. */
  #sameAs(wanted: readonly Token[]): number {
    const at = this.#made.findIndex(({ token }, index) => !isSame(token, wanted[index]));
    const same = at === -1 ? this.#made.length : at;
    const [before, after] = [this.#made[same], wanted[same]];
    if (before === undefined || after === undefined || !isSame(before.token, after, true)) {
      return same;
    }
    const { node, code, token } = before;
    if (code !== undefined) code.update(after.content);
    else if (node instanceof Text && after.content.startsWith(token.content)) {
      node.appendData(after.content.slice(token.content.length));
    } else return same;
    this.#made[same] = { ...before, token: after };
    return same + 1;
  }

  /** The elements that are open behind the first tokens, outermost first. */
  #openAfter(count: number): Element[] {
    const open = [this.#parent];
    for (const { token, node } of this.#made.slice(0, count)) {
      step(open, token, node instanceof Element ? node : undefined);
    }
    return open;
  }

  #build(tokens: readonly Token[], open: Element[]): void {
    for (const token of tokens) {
      const parent = open.at(-1) ?? this.#parent;
      const made = this.#make(token);
      this.#made.push(made);
      if (made.node !== undefined) parent.append(made.node);
      step(open, token, made.node instanceof Element ? made.node : undefined);
    }
  }

  #make(token: Token): Made {
    // A paragraph of a tight list is no element of its own.
    if (token.nesting === -1 || token.hidden) return { token };
    if (token.nesting === 1) return { token, node: opened(token, this.#context) };
    if (token.type !== 'fence' && token.type !== 'code_block') {
      return { token, node: leaf(token, this.#context) };
    }
    const code = new CodeBlock(languageOf(token), this.#context);
    code.update(token.content);
    return { token, node: code.element, code };
  }
}

/** Opens or closes what a token does. */
function step(open: Element[], { nesting }: Token, element: Element | undefined): void {
  const top = element ?? open.at(-1);
  if (nesting === 1 && top !== undefined) open.push(top);
  else if (nesting === -1 && open.length > 1) open.pop();
}

/** All tokens in the order of the text: those within a line stand in the place of the line. */
function flat(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) =>
    token.type === 'inline' ? flat(token.children ?? []) : [token],
  );
}

function languageOf({ type, info }: Token): string {
  return type === 'fence' ? (info.trim().split(/\s+/)[0] ?? '') : '';
}

/** @param grown whether its text may be another one */
function isSame(one: Token, other: Token | undefined, grown = false): boolean {
  return (
    one.type === other?.type &&
    one.tag === other.tag &&
    one.hidden === other.hidden &&
    one.info === other.info &&
    (grown || one.content === other.content) &&
    hasSame(one.attrs ?? [], other.attrs ?? [])
  );
}

function hasSame(
  one: readonly (readonly [string, string])[],
  other: readonly (readonly [string, string])[],
): boolean {
  return (
    one.length === other.length &&
    one.every(([name, value], at) => name === other[at]?.[0] && value === other[at][1])
  );
}
