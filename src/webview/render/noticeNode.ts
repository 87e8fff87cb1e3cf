// Something Roost or the protocol has to say in the transcript.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { button, icon, make, setText } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { EntryNode, PanelContext } from './context.ts';

/** Icons of the notices that Roost itself writes; any other is plain information. */
const icons: Readonly<Record<string, string>> = {
  interrupted: 'debug-disconnect',
  restarted: 'debug-restart',
  crashed: 'error',
  stopped: 'circle-slash',
  promptFailed: 'error',
  unknownUpdate: 'question',
  errorFlood: 'warning',
};

/** What can be done about some of them. */
const actions: Readonly<Record<string, readonly ('showLog' | 'restart')[]>> = {
  errorFlood: ['showLog', 'restart'],
};

/** A quiet line. */
export class NoticeNode implements EntryNode {
  readonly #context: PanelContext;
  readonly #text = make('span', { class: 'notice-text' });
  readonly element = make('article', { class: 'entry notice' });

  constructor(context: PanelContext) {
    this.#context = context;
  }

  update(entry: EntryView): void {
    if (entry.type !== 'notice') return;
    setText(this.#text, readable(entry.text === '' ? entry.code : entry.text));
    const helps = (actions[entry.code] ?? []).map((action) => this.#button(action));
    // Below the text: what stands at the corner of an entry would lie on them.
    const below =
      helps.length === 0 ? undefined : make('div', { class: 'notice-actions' }, ...helps);
    this.element.replaceChildren(
      icon(icons[entry.code] ?? 'info'),
      make('div', {}, this.#text, below),
    );
  }

  #button(action: 'showLog' | 'restart'): HTMLElement {
    return button({
      class: 'button secondary small',
      text: word(action),
      click: () => {
        this.#context.post({ type: 'action', action });
      },
    });
  }
}
