// The list of slash commands above the composer.
import type { CommandView } from '../../chatProtocol.ts';
import { make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';

/** The most commands that are listed at once. */
const shownLimit = 50;

/** A listbox whose active option is moved by the composer's keys. */
export class CompletionList {
  readonly element = make('div', {
    class: 'completions',
    role: 'listbox',
    label: word('commands'),
    hidden: true,
    attributes: { id: 'completions' },
  });
  readonly #onPick: (command: CommandView) => void;
  #commands: readonly CommandView[] = [];
  #active = 0;

  constructor(onPick: (command: CommandView) => void) {
    this.#onPick = onPick;
  }

  /** Whether it can be seen. */
  get open(): boolean {
    return !this.element.hidden;
  }

  /** The command that Enter or Tab would take. */
  get active(): CommandView | undefined {
    return this.open ? this.#commands[this.#active] : undefined;
  }

  /** The id of the active option, for `aria-activedescendant`. */
  get activeId(): string | undefined {
    return this.active === undefined ? undefined : `completion-${this.#active}`;
  }

  /** Lists these commands; hides when there are none. */
  show(commands: readonly CommandView[]): void {
    const same =
      commands.length === this.#commands.length &&
      commands.every((command, index) => command === this.#commands[index]);
    this.element.hidden = commands.length === 0;
    if (same) return;
    this.#commands = commands.slice(0, shownLimit);
    this.#active = 0;
    this.element.replaceChildren(
      ...this.#commands.map((command, index) => this.#row(command, index)),
    );
    this.#mark();
  }

  /** Hides it. */
  hide(): void {
    this.element.hidden = true;
  }

  /** Moves the active option, round the ends. */
  move(by: number): void {
    const count = this.#commands.length;
    this.#active = (this.#active + by + count) % count;
    this.#mark();
  }

  #row(command: CommandView, index: number): HTMLElement {
    const { name, description, hint } = command;
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
            this.#onPick(command);
          },
        },
      },
      make('span', { class: 'completion-name', text: `/${exactLine(name)}` }),
      hint === undefined
        ? undefined
        : make('span', { class: 'completion-hint', text: exactLine(hint) }),
      make('span', { class: 'completion-description', text: exactLine(description) }),
    );
  }

  #mark(): void {
    [...this.element.children].forEach((row, index) => {
      row.setAttribute('aria-selected', String(index === this.#active));
      if (index === this.#active) row.scrollIntoView({ block: 'nearest' });
    });
  }
}
