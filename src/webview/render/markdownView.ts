// A markdown text that grows: only its last block is read again, the ones before stay as they are.
import { button, make, setText } from '../dom.ts';
import { markdownBlocks } from '../markdownBlocks.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import { BlockView } from './blockView.ts';
import type { PanelContext } from './context.ts';

/** How much of a message is shown at once, in UTF-16 units. */
const pageLength = 100_000;

/** A reading that takes longer is slow, in milliseconds. */
const slowMs = 8;

/** The last block, to which may be added. */
interface Growing {
  readonly start: number;
  readonly view: BlockView;
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
  #last: Growing | undefined;
  /** How much of the text is on screen. */
  #end = 0;
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
      this.#clear();
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
    this.#clear();
    this.#renderTail();
  }

  #renderTail(): void {
    const start = this.#last?.start ?? 0;
    const rest = this.#text.length - this.#limit;
    const tail = this.#text.slice(start, rest > 0 ? this.#limit : undefined);
    this.#more.hidden = rest <= 0;
    if (rest > 0) setText(this.#more, word('showMoreOf', rest));
    if (start + tail.length === this.#end) return;
    this.#end = start + tail.length;
    let line = 0;
    let offset = 0;
    let view = this.#last?.view;
    const blocks = markdownBlocks(tail);
    // What looked like a paragraph can turn out to be the address of a link, which is not shown.
    if (blocks.length === 0) view?.show({ line: 0, tokens: [] });
    for (const block of blocks) {
      for (; line < block.line; line += 1) offset = tail.indexOf('\n', offset) + 1;
      view ??= new BlockView(this.#body, this.#context);
      view.show(block);
      this.#last = { start: start + offset, view };
      // The first one is what was the last before; those that follow are new.
      view = undefined;
    }
  }

  #clear(): void {
    this.#last = undefined;
    this.#end = 0;
    this.#body.replaceChildren();
  }
}
