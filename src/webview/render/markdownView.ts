// A markdown text that grows: only its last block is read and built again, the ones before stay as they are.
import { button, make, setText } from '../dom.ts';
import { markdownBlocks } from '../markdownBlocks.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { blockNodes } from './markdownNodes.ts';

/** How much of a message is shown at once, in UTF-16 units. */
const pageLength = 100_000;

/** A reading that takes longer is slow, in milliseconds. */
const slowMs = 8;

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
  /** What is to be shown next; ahead of {@link #raw} while slow text waits. */
  #latest = '';
  #waiting: number | undefined;
  #readAt = 0;
  /** Milliseconds that the last reading took. */
  #cost = 0;
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
    if (raw === this.#latest) return;
    if (!raw.startsWith(this.#raw)) {
      this.#raw = '';
      this.#text = '';
      this.#drop(0);
    }
    this.#latest = raw;
    // Text that is slow to read is read less often: what it costs stays a fraction of the time.
    if (this.#waiting !== undefined) return;
    const wait = this.#readAt + this.#cost * 4 - performance.now();
    if (this.#cost > slowMs && wait > 0) {
      this.#waiting = window.setTimeout(() => {
        this.#waiting = undefined;
        this.#read(this.#latest);
      }, wait);
    } else {
      this.#read(raw);
    }
  }

  #read(raw: string): void {
    const began = performance.now();
    // Half of a line end waits for its other half.
    const whole = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    this.#text += readable(whole.slice(this.#raw.length));
    this.#raw = whole;
    this.#renderTail();
    this.#readAt = performance.now();
    this.#cost = this.#readAt - began;
  }

  /** The text is whole: it is read once more from the start, with all link addresses known. */
  settle(): void {
    if (this.#waiting !== undefined) {
      window.clearTimeout(this.#waiting);
      this.#waiting = undefined;
      this.#read(this.#latest);
    }
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
      const made = blockNodes(block, this.#context);
      const nodes = made instanceof DocumentFragment ? [...made.childNodes] : [made];
      this.#body.append(made);
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
