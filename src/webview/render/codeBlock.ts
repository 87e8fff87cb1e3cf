// A block of code with its language and a copy button.
import { button, make } from '../dom.ts';
import type { Colours, coloursOf as Loaded } from '../highlight.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import type { PanelContext } from './context.ts';

/** How much of a code block is shown at once. */
const limit = 20_000;

/** A block of code, which may grow; its text is never parsed. */
export class CodeBlock {
  readonly element: HTMLElement;
  readonly #language: string;
  readonly #holder = make('code');
  readonly #shown = new CappedText(this.#holder, limit);
  #text = '';
  #colours: Colours | undefined;
  #loading = false;

  constructor(language: string, context: PanelContext) {
    this.#language = language;
    this.element = make(
      'div',
      { class: 'code' },
      make(
        'div',
        { class: 'code-bar' },
        make('span', { class: 'code-language', text: language.slice(0, 40) }),
        button({
          class: 'icon-button insert',
          icon: 'insert',
          label: word('insert'),
          click: () => {
            context.post({ type: 'insert', text: this.#text });
          },
        }),
        copyButton(() => this.#text, context),
      ),
      make('pre', { attributes: { tabindex: '0' } }, this.#shown.element),
    );
  }

  /** Shows this code. */
  update(code: string): void {
    this.#text = code.replace(/\n$/, '');
    if (this.#colour()) return;
    this.#colours = undefined;
    this.#shown.update(this.#text);
  }

  /** Whether the code is on screen with its colours; they may come a moment later, when they are loaded. */
  #colour(): boolean {
    if (this.#language === '' || this.#text.length > limit) return false;
    if (coloursOf === undefined) {
      this.#load();
      return false;
    }
    this.#colours ??= coloursOf(this.#holder, this.#language.toLowerCase());
    this.#colours?.show(this.#text);
    return this.#colours !== undefined;
  }

  #load(): void {
    if (this.#loading) return;
    this.#loading = true;
    void import('../highlight.ts').then(
      (loaded) => {
        ({ coloursOf } = loaded);
        this.#colour();
      },
      () => {
        // Without colours the code is all there.
      },
    );
  }
}

/** The colours, once they are loaded: from then on code is never seen without them. */
let coloursOf: typeof Loaded | undefined;
/** A button that copies a text through the host. */
export function copyButton(text: () => string, context: PanelContext): HTMLButtonElement {
  const copy = button({
    class: 'icon-button copy',
    icon: 'copy',
    label: word('copy'),
    click: () => {
      context.post({ type: 'copy', text: text() });
      copy.firstElementChild?.classList.replace('codicon-copy', 'codicon-check');
      copy.title = word('copied');
      setTimeout(() => {
        copy.firstElementChild?.classList.replace('codicon-check', 'codicon-copy');
        copy.title = word('copy');
      }, 1500);
    },
  });
  return copy;
}
