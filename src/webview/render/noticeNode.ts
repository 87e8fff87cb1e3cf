// Something Roost or the protocol has to say in the transcript.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { icon, make, setText } from '../dom.ts';
import { readable } from '../visibleText.ts';
import type { EntryNode } from './context.ts';

/** Icons of the notices that Roost itself writes; any other is plain information. */
const icons: Readonly<Record<string, string>> = {
  interrupted: 'debug-disconnect',
  restarted: 'debug-restart',
  crashed: 'error',
  stopped: 'circle-slash',
  promptFailed: 'error',
  unknownUpdate: 'question',
};

/** A quiet line. */
export class NoticeNode implements EntryNode {
  readonly #text = make('span', { class: 'notice-text' });
  readonly element = make('article', { class: 'entry notice' });

  update(entry: EntryView): void {
    if (entry.type !== 'notice') return;
    setText(this.#text, readable(entry.text === '' ? entry.code : entry.text));
    this.element.replaceChildren(icon(icons[entry.code] ?? 'info'), this.#text);
  }
}
