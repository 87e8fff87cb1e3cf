// Prompts that wait behind the running turn.
import type { SessionView } from '../../chatProtocol.ts';
import { button, icon, make } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

/** The queue on screen. */
export class QueueView {
  readonly element = make('ul', { class: 'queue', label: word('queued'), hidden: true });
  readonly #context: PanelContext;
  #shown = '';

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** Shows what waits. */
  update(queue: SessionView['queue']): void {
    const shown = JSON.stringify(queue);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.hidden = queue.length === 0;
    this.element.replaceChildren(
      ...queue.map(({ promptId, text }) =>
        make(
          'li',
          { class: 'queued' },
          icon('clock', word('queued')),
          make('span', { class: 'queued-text', text: readable(text) }),
          button({
            class: 'icon-button',
            icon: 'close',
            label: word('removeQueued'),
            click: () => {
              this.#context.post({ type: 'unqueue', promptId });
            },
          }),
        ),
      ),
    );
  }
}
