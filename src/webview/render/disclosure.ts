// A part that opens and closes: a button that says which, and a body that is built only when it is first shown.
import { icon, make } from '../dom.ts';

let count = 0;

/** A foldable part. */
export class Disclosure {
  readonly element: HTMLElement;
  /** Beside the button, for things that can be clicked on their own. */
  readonly aside = make('div', { class: 'disclosure-aside' });
  readonly #button: HTMLButtonElement;
  readonly #body: HTMLElement;
  readonly #onShow: (body: HTMLElement) => void;
  readonly #onFold: () => void;
  /** The user has opened or closed it: from then on only they do. */
  #touched = false;
  #foldable = true;

  /**
   * @param head what the button shows
   * @param onShow called each time the body becomes visible, to fill or refresh it
   * @param onFold called each time the user has opened or closed it
   */
  constructor(
    className: string,
    head: readonly Node[],
    onShow: (body: HTMLElement) => void,
    onFold: () => void = () => undefined,
  ) {
    this.#onShow = onShow;
    this.#onFold = onFold;
    count += 1;
    this.#body = make('div', {
      class: 'disclosure-body',
      hidden: true,
      attributes: { id: `disclosure-${count}` },
    });
    this.#button = make('button', {
      class: 'disclosure-button',
      attributes: { 'aria-expanded': 'false', 'aria-controls': this.#body.id },
    });
    this.#button.type = 'button';
    this.#button.append(...head, icon('chevron-right'));
    this.#button.addEventListener('click', () => {
      if (!this.#foldable) return;
      this.#touched = true;
      this.#set(!this.open);
      this.#onFold();
    });
    this.element = make(
      'div',
      { class: `disclosure ${className}` },
      make('div', { class: 'disclosure-head' }, this.#button, this.aside),
      this.#body,
    );
  }

  /** Whether the body can be seen. */
  get open(): boolean {
    return !this.#body.hidden;
  }

  /** Whether the user has opened or closed it. */
  get touched(): boolean {
    return this.#touched;
  }

  /** Opens it for somebody who looks for what is inside. */
  unfold(): void {
    if (this.#foldable && !this.open) this.#set(true);
  }

  /** Opens or closes it, unless the user has decided. */
  suggest(open: boolean): void {
    if (!this.#touched && open !== this.open) this.#set(open);
  }

  /** Without anything inside there is nothing to fold. */
  setFoldable(foldable: boolean): void {
    this.#foldable = foldable;
    this.#button.classList.toggle('plain', !foldable);
    this.#button.disabled = !foldable;
    if (!foldable && this.open) this.#set(false);
  }

  #set(open: boolean): void {
    this.#body.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open) this.#onShow(this.#body);
  }
}
