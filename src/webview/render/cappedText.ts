// Long text in slices: what is not asked for is not laid out, so that one huge line never freezes the panel.
import { button, make, setText } from '../dom.ts';
import { word } from '../words.ts';

/** Which end of a long text is shown first. */
export type ShownEnd = 'start' | 'end';

/** An element that shows at most `limit` UTF-16 units of a text, and a button that doubles what is shown. */
export class CappedText {
  readonly element: HTMLElement;
  readonly #text: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #end: ShownEnd;
  #limit: number;
  #full = '';

  /** @param holder shows the text itself, as a `pre` or a `p` */
  constructor(holder: HTMLElement, limit: number, end: ShownEnd = 'start') {
    this.#text = holder;
    this.#limit = limit;
    this.#end = end;
    this.#more = button({
      class: 'link-button more',
      hidden: true,
      click: () => {
        this.#limit *= 2;
        this.#show();
      },
    });
    this.element = make('div', { class: 'capped' });
    this.element.append(...(end === 'start' ? [holder, this.#more] : [this.#more, holder]));
  }

  /** Shows another text, with as much of it as was shown before. */
  update(full: string): void {
    if (full === this.#full) return;
    this.#full = full;
    this.#show();
  }

  #show(): void {
    const rest = this.#full.length - this.#limit;
    const shown =
      this.#end === 'start' ? this.#full.slice(0, this.#limit) : this.#full.slice(-this.#limit);
    setText(this.#text, rest > 0 ? shown : this.#full);
    this.#more.hidden = rest <= 0;
    if (rest > 0) setText(this.#more, word('showMoreOf', rest));
  }
}
