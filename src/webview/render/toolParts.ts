// What a tool call shows besides its title: texts, edits, terminals, attachments, and the raw values where there is nothing better.
import type { TerminalView, ToolPart } from '../../chatProtocol/entries.ts';
import type { FromPanel } from '../../chatProtocol/messages.ts';
import { make } from '../dom.ts';
import { exact, exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import type { PanelContext } from './context.ts';
import { diffView } from './diffView.ts';
import { MarkdownView } from './markdownView.ts';
import { attachmentChip } from './messageNode.ts';
import { TerminalOutputView } from './terminalView.ts';

/** How much of a raw value is shown at once. */
const rawLimit = 4000;
/** More members than this are shown as JSON. */
const plainLimit = 12;

/** Which part of which tool call or request something is, as the host is told. */
export type PartPlace = Omit<Extract<FromPanel, { type: 'openDiff' }>, 'type'>;

/** A part that does not change while it is shown; terminals are kept apart because they do. */
export function partNode(
  part: Exclude<ToolPart, { type: 'terminal' }>,
  context: PanelContext,
  place: PartPlace,
): HTMLElement {
  switch (part.type) {
    case 'text': {
      const markdown = new MarkdownView(context);
      markdown.update(part.text);
      markdown.settle();
      return markdown.element;
    }
    case 'diff':
      return diffView(part, context, () => {
        context.post({ type: 'openDiff', ...place });
      });
    case 'attachment':
      return attachmentChip(part.attachment);
  }
}

/** A raw value under a heading: names and values where it is that simple, else indented JSON. */
export function rawNode(heading: string, text: string): HTMLElement {
  const values = plainValues(text);
  if (values !== undefined) {
    const list = make('dl', { class: 'raw-values', attributes: { tabindex: '0' }, label: heading });
    for (const [name, value] of values) {
      list.append(make('dt', { text: exactLine(name) }), make('dd', { text: exact(value) }));
    }
    return list;
  }
  const shown = new CappedText(make('code'), rawLimit);
  shown.update(exact(text));
  return make(
    'div',
    { class: 'raw' },
    make('div', { class: 'raw-heading', text: heading }),
    make('pre', { label: heading, attributes: { tabindex: '0' } }, shown.element),
  );
}

/** The members of a JSON object, when there are few and none is long or has parts of its own. */
function plainValues(text: string): readonly (readonly [string, string])[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const members = Object.entries(parsed).map(([name, value]) => [name, plainValue(value)] as const);
  const simple = members.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return simple.length === members.length && members.length <= plainLimit ? simple : undefined;
}

function plainValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length <= rawLimit ? value : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const words = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return words ? JSON.stringify(value) : undefined;
}

/** The terminals of one tool call, each kept from version to version. */
export class TerminalSet {
  readonly #views = new Map<string, TerminalOutputView>();
  readonly #context: PanelContext;

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /**
   * The element of a terminal, showing `data` when there is any yet.
   * @param running its tool call is not over
   */
  node(terminalId: string, data: TerminalView | undefined, running: boolean): HTMLElement {
    let view = this.#views.get(terminalId);
    if (view === undefined) {
      view = new TerminalOutputView(this.#context);
      this.#views.set(terminalId, view);
    }
    view.update(data ?? { terminalId, output: '', truncated: false }, running);
    return view.element;
  }
}

/** The heading of a raw value. */
export function rawHeading(which: 'input' | 'output'): string {
  return word(which);
}
