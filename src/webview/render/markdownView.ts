// A markdown text that grows: only its last block is read and built again, the ones before stay as they are.
import { button, make, setText } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { blockNodes, markdownBlocks } from './markdownNodes.ts';

/** How much of a message is shown at once, in UTF-16 units. */
const pageLength = 100_000;

/** A block on screen: where its source starts, and its nodes. */
interface Shown {
  readonly start: number;
  readonly nodes: readonly Node[];
}

/** Shows a markdown text that may grow. */
export class MarkdownView {
  readonly element = make('div', { class: 'markdown' });
  readonly #context: PanelContext;
  readonly #body = make('div');
  readonly #more: HTMLButtonElement;
  /** What the agent sent, as far as it has been taken. */
  #raw = '';
  /** The same made readable; what blocks are read from. */
  #text = '';
  #blocks: Shown[] = [];
  #limit = pageLength;

  constructor(context: PanelContext) {
    this.#context = context;
    this.#more = button({
      class: 'link-button more',
      hidden: true,
      click: () => {
        this.#limit *= 2;
        this.#renderAll();
      },
    });
    this.element.append(this.#body, this.#more);
  }

  /**
   * Shows `raw`. What has only been added to is read from its last block on: text that follows can
   * change nothing before it, except that a link's address may come later; see {@link settle}.
   */
  update(raw: string): void {
    if (raw === this.#raw) return;
    if (!raw.startsWith(this.#raw)) {
      this.#raw = '';
      this.#text = '';
      this.#drop(0);
    }
    // Half of a line end waits for its other half.
    const whole = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    this.#text += readable(whole.slice(this.#raw.length));
    this.#raw = whole;
    this.#renderTail();
  }

  /** The text is whole: it is read once more from the start, with all link addresses known. */
  settle(): void {
    if (/^ {0,3}\[[^\]]+\]:/m.test(this.#text)) this.#renderAll();
  }

  #renderAll(): void {
    this.#drop(0);
    this.#renderTail();
  }

  #renderTail(): void {
    const start = this.#blocks.at(-1)?.start ?? 0;
    const rest = this.#text.length - this.#limit;
    const tail = this.#text.slice(start, rest > 0 ? this.#limit : undefined);
    this.#more.hidden = rest <= 0;
    if (rest > 0) setText(this.#more, word('showMoreOf', rest));
    if (rest > 0 && start >= this.#limit) return;
    this.#drop(Math.max(0, this.#blocks.length - 1));
    let line = 0;
    let offset = 0;
    for (const block of markdownBlocks(tail)) {
      for (; line < block.line; line += 1) offset = tail.indexOf('\n', offset) + 1;
      const fragment = blockNodes(block, this.#context);
      const nodes = [...fragment.childNodes];
      this.#body.append(fragment);
      this.#blocks.push({ start: start + offset, nodes });
    }
  }

  /** Takes away the blocks from the one with this index on. */
  #drop(index: number): void {
    for (const { nodes } of this.#blocks.splice(index)) {
      for (const node of nodes) node.parentNode?.removeChild(node);
    }
  }
}
