// What is completed while the user writes: slash commands of the agent, and what an `@` can attach.
import type { Mention } from '../../chatProtocol/composing.ts';
import type { CommandView } from '../../chatProtocol/session.ts';
import { completeMention, mentionQuery } from '../mentionText.ts';
import { commandPrefix, complete, matchingCommands } from '../slashCommands.ts';
import type { PanelModel } from '../store.ts';
import { CompletionList } from './completionList.ts';
import type { Completion } from './completionList.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

/** Whether the letters of a query stand in a name or its place, in order. */
function stillFits({ name, detail }: Mention, query: string): boolean {
  const text = `${name} ${detail}`.toLowerCase();
  let at = -1;
  return Array.from(query.toLowerCase()).every((letter) => {
    at = text.indexOf(letter, at + 1);
    return at >= 0;
  });
}

const mentionIcons: Readonly<Record<Mention['ref']['type'], string>> = {
  file: 'file',
  folder: 'folder',
  symbol: 'symbol-method',
  selection: 'selection',
  problems: 'warning',
};

/** Completion in one input. */
export class Completions {
  readonly #input: HTMLTextAreaElement;
  readonly #context: PanelContext;
  readonly #onEdit: () => void;
  readonly #onAttach: () => void;
  readonly #list = new CompletionList();
  #commands: readonly CommandView[] = [];
  #mentions: PanelModel['mentions'];
  /** What the host was asked last, so that it is asked once. */
  #asked: string | undefined;

  /**
   * @param onEdit called after a completion has changed the input
   * @param onAttach called when the host has been asked for something to attach
   */
  constructor(
    input: HTMLTextAreaElement,
    context: PanelContext,
    onEdit: () => void,
    onAttach: () => void,
  ) {
    this.#input = input;
    this.#context = context;
    this.#onEdit = onEdit;
    this.#onAttach = onAttach;
  }

  /** The list itself. */
  get element(): HTMLElement {
    return this.#list.element;
  }

  /** Takes what the agent offers and what the host has found. */
  update(commands: readonly CommandView[], mentions: PanelModel['mentions']): void {
    this.#commands = commands;
    if (mentions === this.#mentions) return;
    this.#mentions = mentions;
    if (this.#asked !== undefined && document.activeElement === this.#input) this.refresh();
  }

  /** Puts a character at the cursor that starts a completion, with room before it. */
  start(character: string): void {
    const { value, selectionStart, selectionEnd } = this.#input;
    const before = value.slice(0, selectionStart);
    const start = `${before}${before === '' || /\s$/.test(before) ? '' : ' '}${character}`;
    this.#input.value = start + value.slice(selectionEnd);
    this.#input.setSelectionRange(start.length, start.length);
    this.#onEdit();
    this.refresh();
  }

  /** Shows what fits what stands at the cursor. */
  refresh(): void {
    const { value, selectionStart } = this.#input;
    const query = mentionQuery(value, selectionStart);
    const prefix = commandPrefix(value, selectionStart);
    if (query !== undefined) this.#showMentions(query);
    else if (prefix !== undefined) this.#list.show(this.#commandRows(prefix), 'commands');
    else this.#list.hide();
    if (query === undefined) this.#asked = undefined;
    this.#mark();
  }

  /** Hides the list. */
  hide(): void {
    this.#list.hide();
    this.#asked = undefined;
    this.#mark();
  }

  /** Whether the key was taken. */
  key(event: KeyboardEvent): boolean {
    const { active } = this.#list;
    if (!this.#list.open) return false;
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
        if (active === undefined) return false;
        this.#list.move(event.key === 'ArrowUp' ? -1 : 1);
        this.#mark();
        return true;
      case 'Escape':
        this.hide();
        event.stopPropagation();
        return true;
      case 'Tab':
      case 'Enter':
        if (active === undefined || event.shiftKey) return false;
        if (event.key === 'Enter' && active.whole === this.#input.value) {
          this.hide();
          return false;
        }
        active.pick();
        return true;
      default:
        return false;
    }
  }

  /** Asks the host about a new query; until it answers, what is known stays. */
  #showMentions(query: string): void {
    if (query !== this.#asked) {
      this.#asked = query;
      this.#context.post({ type: 'mention', query });
    }
    const known = this.#mentions?.mentions ?? [];
    const answered = this.#mentions?.asked === query;
    // Of what an earlier query found, what still fits can be chosen already; the rest is not what is meant now.
    const fitting = answered ? known : known.filter((mention) => stillFits(mention, query));
    this.#list.show(
      fitting.map((mention) => this.#mentionRow(mention)),
      'mentions',
      answered && query !== '' ? word('mentionNothing') : undefined,
    );
  }

  #mentionRow(mention: Mention): Completion {
    const { ref, name, detail } = mention;
    return {
      icon: mentionIcons[ref.type],
      name,
      detail,
      pick: () => {
        this.#context.post({ type: 'attach', ref });
        this.#onAttach();
        const { value, selectionStart } = this.#input;
        this.#replace(completeMention(value, selectionStart, name.replaceAll(/\s+/g, '_')));
      },
    };
  }

  #commandRows(prefix: string): Completion[] {
    return matchingCommands(this.#commands, prefix).map((command) => ({
      name: `/${command.name}`,
      hint: command.hint,
      detail: command.description,
      whole: `/${command.name}`,
      pick: () => {
        const { value, selectionStart } = this.#input;
        this.#replace(complete(value, selectionStart, command));
      },
    }));
  }

  #replace({ text, caret }: { readonly text: string; readonly caret: number }): void {
    this.#input.value = text;
    this.#input.setSelectionRange(caret, caret);
    this.hide();
    this.#onEdit();
    this.#input.focus();
  }

  #mark(): void {
    const { activeId } = this.#list;
    if (activeId === undefined) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', activeId);
  }
}
