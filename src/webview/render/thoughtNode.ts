// What the agent thought, folded.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { icon, make, setText } from '../dom.ts';
import { word } from '../words.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { Disclosure } from './disclosure.ts';
import { MarkdownView } from './markdownView.ts';

/** A folded thought; its text is read only while it is open. */
export class ThoughtNode implements EntryNode {
  readonly element: HTMLElement;
  readonly #disclosure: Disclosure;
  readonly #markdown: MarkdownView;
  readonly #label = make('span', { class: 'disclosure-title' });
  #text = '';

  constructor(context: PanelContext) {
    this.#markdown = new MarkdownView(context);
    this.#disclosure = new Disclosure('thought', [icon('lightbulb'), this.#label], (body) => {
      if (this.#markdown.element.parentNode === null) body.append(this.#markdown.element);
      this.#markdown.update(this.#text);
    });
    this.element = make('article', { class: 'entry', label: word('thought') });
    this.element.append(this.#disclosure.element);
  }

  get touched(): boolean {
    return this.#disclosure.touched;
  }

  unfold(): void {
    this.#disclosure.unfold();
  }

  update(entry: EntryView, live: boolean): void {
    if (entry.type !== 'thought') return;
    this.#text = entry.text;
    setText(this.#label, live ? word('thinking') : word('thought'));
    this.#label.classList.toggle('shimmer', live);
    if (this.#disclosure.open) this.#markdown.update(entry.text);
  }
}
