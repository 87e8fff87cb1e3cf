// What a tool call shows besides its title: texts, edits, terminals, attachments, and the raw values where there is nothing better.
import type { TerminalView, ToolPart } from '../../chatProtocol.ts';
import { make } from '../dom.ts';
import { exact } from '../visibleText.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import type { PanelContext } from './context.ts';
import { diffView } from './diffView.ts';
import { MarkdownView } from './markdownView.ts';
import { attachmentChip } from './messageNode.ts';
import { TerminalOutputView } from './terminalView.ts';

/** How much of a raw value is shown at once. */
const rawLimit = 4000;

/** A part that does not change while it is shown; terminals are kept apart because they do. */
export function partNode(
  part: Exclude<ToolPart, { type: 'terminal' }>,
  context: PanelContext,
): HTMLElement {
  switch (part.type) {
    case 'text': {
      const markdown = new MarkdownView(context);
      markdown.update(part.text);
      markdown.settle();
      return markdown.element;
    }
    case 'diff':
      return diffView(part, context);
    case 'attachment':
      return attachmentChip(part.attachment);
  }
}

/** A raw value under a heading. */
export function rawNode(heading: string, text: string): HTMLElement {
  const shown = new CappedText(make('code'), rawLimit);
  shown.update(exact(text));
  return make(
    'div',
    { class: 'raw' },
    make('div', { class: 'raw-heading', text: heading }),
    make('pre', { label: heading, attributes: { tabindex: '0' } }, shown.element),
  );
}

/** The terminals of one tool call, each kept from version to version. */
export class TerminalSet {
  readonly #views = new Map<string, TerminalOutputView>();
  readonly #context: PanelContext;

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** The element of a terminal, showing `data` when there is any yet. */
  node(terminalId: string, data: TerminalView | undefined): HTMLElement {
    let view = this.#views.get(terminalId);
    if (view === undefined) {
      view = new TerminalOutputView(this.#context);
      this.#views.set(terminalId, view);
    }
    view.update(data ?? { terminalId, output: '', truncated: false });
    return view.element;
  }
}

/** The heading of a raw value. */
export function rawHeading(which: 'input' | 'output'): string {
  return word(which);
}
