// The line above the oldest entry that is loaded: more can be asked for, or is on its way.
import { button, icon, make } from '../dom.ts';
import type { PanelModel } from '../store.ts';
import { word } from '../words.ts';

/** Shown while there are entries before the oldest one. */
export class OlderLine {
  readonly element = make('div', { class: 'older', hidden: true });
  readonly #onAsk: () => void;
  #shown: 'nothing' | 'loading' | 'button' = 'nothing';

  /** @param onAsk the user wants them */
  constructor(onAsk: () => void) {
    this.#onAsk = onAsk;
  }

  /** Shows where the model stands. */
  update({ before, loadingOlder }: Pick<PanelModel, 'before' | 'loadingOlder'>): void {
    this.element.hidden = before === undefined;
    if (before === undefined) return;
    const wanted = loadingOlder ? 'loading' : 'button';
    if (this.#shown === wanted) return;
    this.#shown = wanted;
    this.element.replaceChildren(
      loadingOlder
        ? icon('loading codicon-modifier-spin', word('loadingOlder'))
        : button({ class: 'link-button', text: word('loadOlder'), click: this.#onAsk }),
    );
  }
}
