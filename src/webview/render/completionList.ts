// The list above the composer: slash commands, or what can be attached.
import { icon, make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';

/** The most rows that are listed at once. */
const shownLimit = 60;

/** One row. */
export interface Completion {
  readonly icon?: string;
  readonly name: string;
  readonly hint?: string | undefined;
  readonly detail: string;
  /** What choosing it does. */
  readonly pick: () => void;
  /** The whole text that means this row already: Enter then sends it instead of choosing. */
  readonly whole?: string;
}

/** A listbox whose active option is moved by the composer's keys. */
export class CompletionList {
  readonly element = make('div', {
    class: 'completions',
    role: 'listbox',
    hidden: true,
    attributes: { id: 'completions' },
  });
  #rows: readonly Completion[] = [];
  #active = 0;

  /** Whether it can be seen. */
  get open(): boolean {
    return !this.element.hidden;
  }

  /** The row that Enter or Tab would take. */
  get active(): Completion | undefined {
    return this.open ? this.#rows[this.#active] : undefined;
  }

  /** The id of the active option, for `aria-activedescendant`. */
  get activeId(): string | undefined {
    return this.active === undefined ? undefined : `completion-${this.#active}`;
  }

  /**
   * Lists these rows; where there are none it says `nothing`, or hides. The active one stays while the rows are
   * the same.
   */
  show(rows: readonly Completion[], label: 'commands' | 'mentions', nothing?: string): void {
    const shown = rows.slice(0, shownLimit);
    if (shown.length === 0 && nothing !== undefined) {
      this.#rows = [];
      this.element.hidden = false;
      this.element.setAttribute('aria-label', word(label));
      this.element.replaceChildren(
        make('div', {
          class: 'completion muted',
          role: 'option',
          text: nothing,
          attributes: { 'aria-disabled': 'true' },
        }),
      );
      return;
    }
    const same =
      shown.length > 0 &&
      shown.length === this.#rows.length &&
      shown.every(
        (row, index) =>
          row.name === this.#rows[index]?.name && row.detail === this.#rows[index].detail,
      );
    this.element.hidden = shown.length === 0;
    this.#rows = shown;
    if (same) return;
    this.#active = 0;
    this.element.setAttribute('aria-label', word(label));
    this.element.replaceChildren(...shown.map((row, index) => this.#node(row, index)));
    this.#mark();
  }

  /** Hides it. */
  hide(): void {
    this.element.hidden = true;
  }

  /** Moves the active option, round the ends. */
  move(by: number): void {
    const count = this.#rows.length;
    if (count === 0) return;
    this.#active = (this.#active + by + count) % count;
    this.#mark();
  }

  #node({ icon: iconName, name, hint, detail }: Completion, index: number): HTMLElement {
    return make(
      'div',
      {
        class: 'completion',
        role: 'option',
        attributes: { id: `completion-${index}` },
        on: {
          // Before the composer loses the focus by it.
          mousedown: (event) => {
            event.preventDefault();
            this.#rows[index]?.pick();
          },
        },
      },
      iconName === undefined ? undefined : icon(iconName),
      make('span', { class: 'completion-name', text: exactLine(name) }),
      hint === undefined
        ? undefined
        : make('span', { class: 'completion-hint', text: exactLine(hint) }),
      make('span', { class: 'completion-description', text: exactLine(detail) }),
    );
  }

  #mark(): void {
    [...this.element.children].forEach((row, index) => {
      row.setAttribute('aria-selected', String(index === this.#active));
      if (index === this.#active) row.scrollIntoView({ block: 'nearest' });
    });
  }
}
