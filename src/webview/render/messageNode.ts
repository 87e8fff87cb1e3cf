// A message of the user or of the agent.
import type { AttachmentView, EntryView } from '../../chatProtocol/entries.ts';
import { icon, make, setChildren } from '../dom.ts';
import { exactLine, readable } from '../visibleText.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { MarkdownView } from './markdownView.ts';

/** How much of a user's message is shown at once. */
const userLimit = 20_000;

/** A message: the user's as it was written, the agent's as markdown. */
export class MessageNode implements EntryNode {
  readonly element: HTMLElement;
  readonly #show: (text: string, live: boolean) => void;
  readonly #attachments = make('div', { class: 'attachments', hidden: true });
  #shownAttachments: readonly AttachmentView[] | undefined;

  constructor(type: 'user' | 'agent', context: PanelContext) {
    if (type === 'user') {
      const text = new CappedText(make('div', { class: 'plain-text' }), userLimit);
      this.#show = (raw) => {
        text.update(readable(raw));
        text.element.hidden = raw === '';
      };
      this.element = make(
        'article',
        { class: 'entry user', label: word('you') },
        make('div', { class: 'bubble' }, text.element, this.#attachments),
      );
    } else {
      const markdown = new MarkdownView(context);
      this.#show = (raw, live) => {
        markdown.update(raw);
        if (!live) markdown.settle();
      };
      this.element = make('article', { class: 'entry agent' }, markdown.element, this.#attachments);
    }
  }

  update(entry: EntryView, live: boolean): void {
    if (entry.type !== 'user' && entry.type !== 'agent') return;
    this.#show(entry.text, live);
    this.element.title = '';
    if (entry.attachments === this.#shownAttachments) return;
    this.#shownAttachments = entry.attachments;
    this.#attachments.hidden = entry.attachments === undefined;
    setChildren(this.#attachments, (entry.attachments ?? []).map(attachmentChip));
  }
}

/** An attachment by its name. It is not loaded and leads nowhere. */
export function attachmentChip(attachment: AttachmentView): HTMLElement {
  const { kind, name, uri } = attachment;
  const picture = kind === 'image' ? 'file-media' : kind === 'audio' ? 'unmute' : 'file';
  return make(
    'span',
    { class: 'chip', title: exactLine(uri ?? name) },
    icon(picture),
    make('span', { text: exactLine(name) }),
  );
}
