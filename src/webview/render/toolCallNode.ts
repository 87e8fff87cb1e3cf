// A tool call: what it is, how it stands, where it points, and, unfolded, what it shows.
import type { EntryView, ToolCallView, ToolPart } from '../../chatProtocol/entries.ts';
import { icon, make, setChildren, setText } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { Disclosure } from './disclosure.ts';
import { fileLink } from './fileLink.ts';
import { kindIcon } from './kindIcon.ts';
import { partNode, rawHeading, rawNode, TerminalSet } from './toolParts.ts';

/** Locations shown beside the title; the rest is inside. */
const shownLocations = 3;

/** One tool call. */
export class ToolCallNode implements EntryNode {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #disclosure: Disclosure;
  readonly #status = make('span', { class: 'tool-status' });
  readonly #kind = make('span', { class: 'tool-kind' });
  readonly #title = make('span', { class: 'disclosure-title' });
  readonly #terminals: TerminalSet;
  #body: HTMLElement | undefined;
  #entry: ToolCallView | undefined;
  /** Parts on screen, by the object they show: the same object is not built twice. */
  #built = new Map<ToolPart, HTMLElement>();
  #raw: {
    readonly input: string | undefined;
    readonly output: string | undefined;
    readonly nodes: Node[];
  } = {
    input: undefined,
    output: undefined,
    nodes: [],
  };

  constructor(context: PanelContext) {
    this.#context = context;
    this.#terminals = new TerminalSet(context);
    this.#disclosure = new Disclosure('tool', [this.#status, this.#kind, this.#title], (body) => {
      this.#body = body;
      this.#fill();
    });
    this.element = make('article', { class: 'entry' }, this.#disclosure.element);
  }

  get touched(): boolean {
    return this.#disclosure.touched;
  }

  unfold(): void {
    this.#disclosure.unfold();
  }

  update(entry: EntryView): void {
    if (entry.type !== 'toolCall') return;
    const before = this.#entry;
    this.#entry = entry;
    if (before?.status !== entry.status) this.#showStatus(entry.status);
    if (before?.kind !== entry.kind) this.#kind.replaceChildren(icon(kindIcon(entry.kind)));
    setText(this.#title, exactLine(entry.title === '' ? entry.kind : entry.title));
    this.element.setAttribute('aria-label', exactLine(entry.title));
    if (before?.locations !== entry.locations) {
      const links = entry.locations
        .slice(0, shownLocations)
        .map((one) => fileLink(one, this.#context));
      setChildren(this.#disclosure.aside, links);
    }
    const something =
      entry.parts.length > 0 ||
      entry.terminals.length > 0 ||
      entry.locations.length > shownLocations ||
      entry.input !== undefined ||
      entry.output !== undefined;
    this.#disclosure.setFoldable(something);
    if (something) this.#disclosure.suggest(opensByItself(entry));
    if (this.#disclosure.open) this.#fill();
  }

  #showStatus(status: string): void {
    const [name, label] = statusIcon(status);
    this.#status.className = `tool-status tool-${status}`;
    this.#status.replaceChildren(icon(name, label));
  }

  #fill(): void {
    const entry = this.#entry;
    if (this.#body === undefined || entry === undefined) return;
    const running = entry.status === 'in_progress' || entry.status === 'pending';
    const nodes: Node[] = [];
    const built = new Map<ToolPart, HTMLElement>();
    const terminals = new Map(entry.terminals.map((one) => [one.terminalId, one]));
    for (const [index, part] of entry.parts.entries()) {
      if (part.type === 'terminal') {
        nodes.push(this.#terminals.node(part.terminalId, terminals.get(part.terminalId), running));
        terminals.delete(part.terminalId);
        continue;
      }
      const source = { entryId: entry.id };
      const node = this.#built.get(part) ?? partNode(part, this.#context, { source, part: index });
      built.set(part, node);
      nodes.push(node);
    }
    // A terminal that no part names was announced outside the content: it is shown as well.
    for (const [terminalId, data] of terminals) {
      nodes.push(this.#terminals.node(terminalId, data, running));
    }
    this.#built = built;
    nodes.push(...this.#rawNodes(entry));
    const rest = entry.locations.slice(shownLocations);
    nodes.push(...rest.map((one) => make('div', {}, fileLink(one, this.#context))));
    setChildren(this.#body, nodes);
  }

  #rawNodes(entry: ToolCallView): readonly Node[] {
    const input = hasOwnView(entry) ? undefined : entry.input;
    const { output } = entry;
    if (this.#raw.input === input && this.#raw.output === output) return this.#raw.nodes;
    const nodes = [
      ...(input === undefined ? [] : [rawNode(rawHeading('input'), input)]),
      ...(output === undefined ? [] : [rawNode(rawHeading('output'), output)]),
    ];
    this.#raw = { input, output, nodes };
    return nodes;
  }
}

/** Edits and commands show what they were asked to do better than their raw input does. */
function hasOwnView(entry: ToolCallView): boolean {
  return (
    entry.terminals.some((terminal) => terminal.command !== undefined) ||
    entry.parts.some((part) => part.type === 'diff')
  );
}

function opensByItself(entry: ToolCallView): boolean {
  // What waits for permission is shown with the question.
  if (entry.status === 'pending') return false;
  return (
    entry.parts.some((part) => part.type === 'diff' || part.type === 'terminal') ||
    entry.terminals.length > 0
  );
}

/** Icon and name of a tool call's status; an unknown status is named as it is. */
function statusIcon(status: string): readonly [string, string] {
  switch (status) {
    case 'pending':
      return ['circle-large-outline', word('toolPending')];
    case 'in_progress':
      return ['loading codicon-modifier-spin', word('toolRunning')];
    case 'completed':
      return ['pass', word('toolDone')];
    case 'failed':
      return ['error', word('toolFailed')];
    case 'cancelled':
      return ['circle-slash', word('toolCancelled')];
    default:
      return ['circle-outline', status];
  }
}
