// Prompts that wait behind the running turn: each can be edited, moved and taken away.
import type { SessionView } from '../../chatProtocol/session.ts';
import { button, icon, make } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

const icons = {
  editQueued: 'edit',
  sendSooner: 'arrow-up',
  sendLater: 'arrow-down',
  removeQueued: 'close',
} as const;

type Queued = SessionView['queue'][number];

/** The queue on screen. */
export class QueueView {
  readonly element = make('ol', { class: 'queue', label: word('queued'), hidden: true });
  readonly #context: PanelContext;
  #shown = '';

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** Shows what waits. */
  update(queue: readonly Queued[]): void {
    const shown = JSON.stringify(queue);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = document.activeElement?.id ?? '';
    const at = [...this.element.children].findIndex((row) => row.contains(document.activeElement));
    this.element.hidden = queue.length === 0;
    this.element.replaceChildren(
      ...queue.map((prompt, index) => this.#row(prompt, index, queue.length)),
    );
    // A prompt that was moved keeps the focus where the key was pressed, for the next press.
    if (focused.startsWith('queued-')) this.#putFocus(document.getElementById(focused), at);
  }

  /** Where the key was pressed, if that is there and can be pressed; else beside it; else out of an empty queue. */
  #putFocus(button: HTMLElement | null, row: number): void {
    const near = this.element.children[Math.min(row, this.element.childElementCount - 1)];
    const usable = button?.matches(':enabled') === true ? button : undefined;
    const own = button?.closest('.queued') ?? near;
    const next = usable ?? own?.querySelector<HTMLElement>('button:enabled:not(.editQueued)');
    if (next === undefined || next === null) this.element.dispatchEvent(new Event('lostfocus'));
    else next.focus();
  }

  #row({ promptId, text }: Queued, index: number, count: number): HTMLElement {
    const { post } = this.#context;
    const row = make(
      'li',
      {
        class: 'queued',
        on: {
          keydown: (event) => {
            const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
            if (by === undefined || !event.altKey) return;
            event.preventDefault();
            post({ type: 'moveQueued', promptId, to: index + by });
          },
        },
      },
      icon('clock', word('queued')),
      make('span', { class: 'queued-text', text: readable(text), title: readable(text) }),
      make(
        'span',
        { class: 'queued-buttons' },
        this.#button(promptId, 'editQueued', false, () => {
          post({ type: 'unqueue', promptId, edit: true });
        }),
        this.#button(promptId, 'sendSooner', index === 0, () => {
          post({ type: 'moveQueued', promptId, to: index - 1 });
        }),
        this.#button(promptId, 'sendLater', index === count - 1, () => {
          post({ type: 'moveQueued', promptId, to: index + 1 });
        }),
        this.#button(promptId, 'removeQueued', false, () => {
          post({ type: 'unqueue', promptId });
        }),
      ),
    );
    return row;
  }

  #button(
    promptId: string,
    label: keyof typeof icons,
    disabled: boolean,
    click: () => void,
  ): HTMLElement {
    const iconName = icons[label];
    const element = button({
      class: `icon-button ${label}`,
      icon: iconName,
      label: word(label),
      click,
    });
    element.id = `queued-${label}-${promptId}`;
    element.disabled = disabled;
    return element;
  }
}
