// The transcript on screen: one node per entry, kept by id, changed only where its entry is another object; follows its end.
import type { EntryView, SessionView } from '../../chatProtocol.ts';
import { button, icon, make } from '../dom.ts';
import type { PanelModel } from '../store.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { entryNode } from './entryNode.ts';

/** Nearer than this to the end the view follows it, in CSS pixels. */
const followDistance = 32;
/** Nearer than this to the start the page before is fetched. */
const olderDistance = 200;

/** Where the view stands: an entry and how far its top is above the view's; `undefined` = at the end. */
export type ScrollPlace = { readonly entryId: string; readonly offset: number } | undefined;

interface Held {
  readonly node: EntryNode;
  entry: EntryView;
  live: boolean;
}

/** The transcript on screen. */
export class TranscriptView {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #list = make('div', { class: 'entries' });
  readonly #older: HTMLElement;
  readonly #working: HTMLElement;
  readonly #onOlder: () => void;
  #held = new Map<string, Held>();
  #shown: readonly EntryView[] = [];
  #following = true;
  /** Frames for which a jump is still repeated; scrolling that it causes is not the reader's. */
  #settling = 0;
  /** Counts jumps: a newer one ends the repeating of an older. */
  #jumps = 0;
  #hasOlder = false;

  /** @param events what the view tells: it wants the page before, or it was scrolled */
  constructor(
    context: PanelContext,
    events: { readonly onOlder: () => void; readonly onScroll: () => void },
  ) {
    this.#context = context;
    this.#onOlder = events.onOlder;
    this.#older = make('div', { class: 'older', hidden: true });
    this.#working = make(
      'div',
      { class: 'working', hidden: true },
      icon('loading codicon-modifier-spin'),
    );
    this.#working.append(make('span', { class: 'shimmer', text: word('working') }));
    this.element = make(
      'div',
      {
        class: 'transcript',
        role: 'log',
        label: word('transcript'),
        attributes: { tabindex: '0', 'aria-live': 'polite' },
        on: {
          scroll: () => {
            this.#scrolled();
            events.onScroll();
          },
        },
      },
      make('div', { class: 'column' }, this.#older, this.#list, this.#working),
    );
    // Following must also hold when what is shown becomes taller without a message: a fold, a font, a resize.
    const observer = new ResizeObserver(() => {
      if (this.#following) this.#toEnd();
    });
    observer.observe(this.#list);
    observer.observe(this.element);
  }

  /** Shows the model's entries. */
  update(model: PanelModel): void {
    const { entries, session } = model;
    const running = session?.status === 'working' || session?.status === 'needsInput';
    const restore = this.#hold(entries, model.before !== undefined);
    this.#showOlder(model);
    this.#showEntries(entries, running);
    this.#working.hidden = session?.status !== 'working' || isAnswering(entries.at(-1));
    this.element.setAttribute('aria-busy', String(running));
    restore();
  }

  /** Where the view stands. */
  get place(): ScrollPlace {
    if (this.#following) return undefined;
    const top = this.element.getBoundingClientRect().top;
    for (const entry of this.#shown) {
      const box = this.#held.get(entry.id)?.node.element.getBoundingClientRect();
      if (box !== undefined && box.bottom > top) {
        return { entryId: entry.id, offset: Math.round(top - box.top) };
      }
    }
    return undefined;
  }

  /** Goes to a place; to the end when the entry is not there. */
  goTo(place: ScrollPlace): void {
    this.#jump(place);
    // Entries that were never in view have a guessed height: what the jump brings into view moves it.
    this.#settling = this.#following ? 0 : 3;
    this.#jumps += 1;
    const jump = this.#jumps;
    const settle = (): void => {
      if (this.#settling === 0 || jump !== this.#jumps) return;
      this.#jump(place);
      this.#settling -= 1;
      requestAnimationFrame(settle);
    };
    requestAnimationFrame(settle);
  }

  #jump(place: ScrollPlace): void {
    const element = place === undefined ? undefined : this.#held.get(place.entryId)?.node.element;
    this.#following = place === undefined || element === undefined;
    if (this.#following || place === undefined || element === undefined) {
      this.#toEnd();
      return;
    }
    const top = this.element.getBoundingClientRect().top;
    this.element.scrollTop += element.getBoundingClientRect().top - top + place.offset;
  }

  /** Forgets all nodes: the next update builds everything anew. */
  clear(): void {
    this.#held = new Map();
    this.#shown = [];
    this.#list.replaceChildren();
  }

  /** What to do after a change so that the reader's place stays: follow the end, or keep the entry in view. */
  #hold(entries: readonly EntryView[], hasOlder: boolean): () => void {
    this.#hasOlder = hasOlder;
    if (this.#following) {
      return () => {
        this.#toEnd();
      };
    }
    const prepended = this.#shown.length > 0 && entries[0]?.id !== this.#shown[0]?.id;
    if (!prepended) return () => undefined;
    const place = this.place;
    return () => {
      this.goTo(place);
    };
  }

  #showEntries(entries: readonly EntryView[], running: boolean): void {
    const last = entries.at(-1);
    let fresh = entries.length !== this.#shown.length;
    const nodes: Node[] = [];
    const held = new Map<string, Held>();
    for (const entry of entries) {
      const live = running && entry === last;
      let one = this.#held.get(entry.id);
      if (one?.entry.type !== entry.type) one = undefined;
      if (one === undefined) {
        fresh = true;
        one = { node: entryNode(entry, this.#context), entry, live };
        one.node.update(entry, live);
      } else if (one.entry !== entry || one.live !== live) {
        one.node.update(entry, live);
        one.entry = entry;
        one.live = live;
      }
      held.set(entry.id, one);
      nodes.push(one.node.element);
    }
    if (fresh) place(this.#list, nodes);
    this.#held = held;
    this.#shown = entries;
  }

  #showOlder(model: PanelModel): void {
    this.#older.hidden = model.before === undefined;
    if (model.before === undefined) return;
    if (model.loadingOlder) {
      this.#older.replaceChildren(icon('loading codicon-modifier-spin', word('loadingOlder')));
    } else if (this.#older.querySelector('button') === null) {
      this.#older.replaceChildren(
        button({ class: 'link-button', text: word('loadOlder'), click: this.#onOlder }),
      );
    }
  }

  #scrolled(): void {
    if (this.#settling > 0) return;
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.#following = scrollHeight - scrollTop - clientHeight < followDistance;
    if (scrollTop < olderDistance && this.#hasOlder && !this.#following) this.#onOlder();
  }

  #toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }
}

/** Makes `nodes` the children of `list` with as few moves as there are new or gone ones. */
function place(list: Element, nodes: readonly Node[]): void {
  const wanted = new Set(nodes);
  for (const child of [...list.childNodes]) if (!wanted.has(child)) child.remove();
  let next = list.firstChild;
  for (const node of nodes) {
    if (node === next) next = next.nextSibling;
    else list.insertBefore(node, next);
  }
}

/** Whether text is coming in: then nothing else need say that the agent is at work. */
function isAnswering(entry: EntryView | undefined): boolean {
  return entry?.type === 'agent' || entry?.type === 'thought';
}

/** What an empty conversation shows. */
export function emptyNode(session: SessionView): HTMLElement {
  const folder = session.cwd.split(/[/\\]/).at(-1) ?? session.cwd;
  return make(
    'div',
    { class: 'empty' },
    icon('comment-discussion'),
    make('p', { class: 'empty-title', text: word('emptyTitle', exactLine(session.agentName)) }),
    make('p', { class: 'muted', text: word('emptyHint', exactLine(folder)), title: session.cwd }),
  );
}
