// The transcript on screen: only the entries around what can be seen are in the page; follows its end, or stays where the reader is.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { button, icon, make } from '../dom.ts';
import { EntryHeights, entriesWithin, entryAt } from '../entryHeights.ts';
import type { PanelModel } from '../store.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { HeldNodes } from './heldNodes.ts';
import { OlderLine } from './olderLine.ts';
import { placeNodes } from './placeNodes.ts';
import { scrollWithin } from './scrollWithin.ts';

/** Nearer than this to the end the view follows it, in CSS pixels. */
const followDistance = 32;
/** How far beyond what can be seen entries are kept in the page, in CSS pixels. */
const overscan = 1000;
/** How often what was guessed is replaced by what was measured before a change is done. */
const passes = 5;
/** Where an entry that was looked for comes to stand, below the view's top, in CSS pixels. */
const revealMargin = 48;

/** Where the view stands: an entry and how far its top is above the view's; `undefined` = at the end. */
export type ScrollPlace = { readonly entryId: string; readonly offset: number } | undefined;

/** What the view tells. */
export interface TranscriptEvents {
  /** The page before is wanted, or all pages back to this entry. Whether it is asked for now. */
  readonly onOlder: (until?: string) => boolean;
  /** It was scrolled. */
  readonly onScroll: () => void;
  /** Other entries are in the page than before, or show something else. */
  readonly onRender: () => void;
}

/** The transcript on screen. */
export class TranscriptView {
  readonly element: HTMLElement;
  readonly #events: TranscriptEvents;
  readonly #nodes: HeldNodes;
  readonly #above = make('div', { class: 'spacer' });
  readonly #below = make('div', { class: 'spacer' });
  readonly #list = make('div', { class: 'entries' }, this.#above, this.#below);
  readonly #older: OlderLine;
  readonly #working: HTMLElement;
  readonly #toEndButton: HTMLButtonElement;
  #heights = new EntryHeights();
  #entries: readonly EntryView[] = [];
  #range = { start: 0, end: 0 };
  #following = true;
  /** What stays where it is when something above it changes; counts while not following. */
  #anchor: ScrollPlace;
  /** A place that is not loaded yet, and whether its page has been asked for. */
  #goal: ScrollPlace;
  #goalAsked = false;
  /** The user's message before the oldest entry is wanted, as soon as its page is here. */
  #turnWanted = false;
  /** An entry to be opened as soon as it is in the page. */
  #toUnfold: string | undefined;
  /** Where the view was scrolled to last, by itself or by the reader. */
  #lastTop = 0;
  #hasOlder = false;
  #running = false;

  constructor(context: PanelContext, events: TranscriptEvents) {
    this.#events = events;
    this.#nodes = new HeldNodes(context);
    this.#older = new OlderLine(() => void events.onOlder());
    this.#working = make(
      'div',
      { class: 'working', hidden: true },
      icon('loading codicon-modifier-spin'),
      make('span', { class: 'shimmer', text: word('working') }),
    );
    this.#toEndButton = button({
      class: 'to-end',
      icon: 'arrow-down',
      label: word('toEnd'),
      hidden: true,
      click: () => {
        this.goTo(undefined);
      },
    });
    this.element = make(
      'div',
      {
        class: 'transcript',
        // What comes in is told elsewhere: here entries also come and go with scrolling.
        role: 'log',
        label: word('transcript'),
        attributes: { tabindex: '0', 'aria-live': 'off' },
        on: {
          scroll: () => {
            this.#scrolled();
          },
        },
      },
      make('div', { class: 'column' }, this.#older.element, this.#list, this.#working),
      make('div', { class: 'to-end-holder' }, this.#toEndButton),
    );
    // Places must also hold when what is shown becomes taller without a message: a fold, a font, a resize.
    const observer = new ResizeObserver(() => {
      this.#render();
    });
    observer.observe(this.#list);
    observer.observe(this.element);
  }

  /** Shows the model's entries. */
  update(model: PanelModel): void {
    const { entries, session } = model;
    this.#running = session?.status === 'working' || session?.status === 'needsInput';
    this.#hasOlder = model.before !== undefined;
    this.#entries = entries;
    this.#older.update(model);
    this.#working.hidden = session?.status !== 'working' || isAnswering(entries.at(-1));
    this.element.setAttribute('aria-busy', String(this.#running));
    this.#reachGoal(model.loadingOlder);
    if (this.#turnWanted && !model.loadingOlder) this.goToTurn(-1);
    this.#render();
    this.#events.onRender();
  }

  /** Where the view stands. */
  get place(): ScrollPlace {
    return this.#goal ?? (this.#following ? undefined : this.#anchor);
  }

  /** Goes to a place, fetching what is not loaded; to the end when the entry is nowhere. */
  goTo(place: ScrollPlace): void {
    this.#goal = undefined;
    this.#turnWanted = false;
    if (place !== undefined && !this.#has(place.entryId) && this.#hasOlder) {
      this.#goal = place;
      this.#goalAsked = this.#events.onOlder(place.entryId);
      return;
    }
    this.#following = place === undefined || !this.#has(place.entryId);
    this.#anchor = this.#following ? undefined : place;
    this.#render();
  }

  /** Brings an entry into view, fetching what is not loaded. */
  reveal(entryId: string): void {
    this.goTo({ entryId, offset: -revealMargin });
  }

  /** Goes to the user's message before or after the one at the top. Whether there was one, or one is fetched. */
  goToTurn(direction: -1 | 1): boolean {
    const at = this.#following ? this.#entries.length : this.#indexOf(this.#anchor?.entryId);
    // The entry at the top counts as passed unless its top is out of view.
    const passed = direction === 1 || (this.#anchor?.offset ?? 0) <= 0;
    for (
      let index = at + (passed || this.#following ? direction : 0);
      index >= 0 && index < this.#entries.length;
      index += direction
    ) {
      const entry = this.#entries[index];
      if (entry?.type !== 'user') continue;
      this.goTo({ entryId: entry.id, offset: -12 });
      return true;
    }
    if (direction === 1) this.goTo(undefined);
    this.#turnWanted = direction === -1 && this.#hasOlder;
    if (this.#turnWanted) this.#events.onOlder();
    return false;
  }

  /** The elements of the entries that are in the page, in order, by id. */
  get mounted(): ReadonlyMap<string, HTMLElement> {
    const shown = this.#entries.slice(this.#range.start, this.#range.end);
    return new Map(
      shown.flatMap(({ id }) => {
        const element = this.#nodes.element(id);
        return element === undefined ? [] : [[id, element] as const];
      }),
    );
  }

  /** Opens what of an entry is folded, now or when it comes into the page. */
  unfold(entryId: string): void {
    this.#toUnfold = entryId;
    this.#render();
  }

  /** Shows more of an entry that is in the page and cut short; whether there was more. */
  showMore(entryId: string): boolean {
    const element = this.#nodes.element(entryId);
    const buttons = [...(element?.querySelectorAll<HTMLElement>('.more:not([hidden])') ?? [])];
    for (const one of buttons) one.click();
    // A place far down in it is looked for next: nothing may take it for as short as it was.
    if (buttons.length > 0) this.#measure();
    return buttons.length > 0;
  }

  /** Moves a part of an entry into view, unless it is there already: an entry can be longer than the view. */
  approach(entryId: string, part: Range): void {
    const element = this.#nodes.element(entryId);
    if (element === undefined) return;
    scrollWithin(element, part);
    const view = this.element.getBoundingClientRect();
    const { top, bottom } = part.getBoundingClientRect();
    if (top >= view.top + revealMargin && bottom <= view.bottom - revealMargin) return;
    const within = top - element.getBoundingClientRect().top;
    this.goTo({ entryId, offset: within - view.height / 3 });
  }

  /** Forgets all nodes: the next update builds everything anew. */
  clear(): void {
    this.#nodes.clear();
    this.#heights = new EntryHeights();
    this.#entries = [];
    this.#range = { start: 0, end: 0 };
    this.#list.replaceChildren(this.#above, this.#below);
  }

  /** Puts the right entries into the page, and the view where it belongs; repeated until guesses are right. */
  #render(): void {
    if (this.element.hidden || this.#entries.length === 0) return;
    if (!this.#following && !this.#has(this.#anchor?.entryId)) this.#following = true;
    for (let pass = 0; pass < passes; pass += 1) {
      const tops = this.#heights.tops(this.#entries);
      this.#mount(tops);
      const news = this.#measure();
      if (news) this.#space(this.#heights.tops(this.#entries));
      this.#settle();
      if (!news) break;
    }
    this.#nodes.trim();
    this.#toEndButton.hidden = this.#following;
  }

  #mount(tops: Float64Array): void {
    const { clientHeight } = this.element;
    const total = tops.at(-1) ?? 0;
    const top = this.#following
      ? total - clientHeight
      : (tops[Math.max(0, this.#indexOf(this.#anchor?.entryId))] ?? 0) +
        (this.#anchor?.offset ?? 0);
    const within = entriesWithin(tops, top - overscan, top + clientHeight + overscan);
    this.#range = this.#withSelection(within);
    const { start, end } = this.#range;
    const last = this.#entries.length - 1;
    const wanted = this.#entries
      .slice(start, end)
      .map((entry, index) => this.#nodes.show(entry, this.#running && start + index === last));
    placeNodes(this.#list, [this.#above, ...wanted, this.#below], this.element);
    const unfolding = this.#toUnfold;
    if (unfolding !== undefined && this.#nodes.element(unfolding)?.isConnected === true) {
      this.#toUnfold = undefined;
      this.#nodes.unfold(unfolding);
    }
    this.#space(tops);
  }

  /** What is selected stays in the page, so that it can be copied; within reason. */
  #withSelection(range: { start: number; end: number }): { start: number; end: number } {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed) return range;
    const ids = [selection.anchorNode, selection.focusNode].map((node) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return element?.closest<HTMLElement>('.entry')?.dataset['entryId'];
    });
    const indexes = ids.map((id) => this.#indexOf(id)).filter((index) => index >= 0);
    const start = Math.min(range.start, ...indexes);
    const end = Math.max(range.end, ...indexes.map((index) => index + 1));
    return end - start > 500 ? range : { start, end };
  }

  #space(tops: Float64Array): void {
    const { start, end } = this.#range;
    this.#above.style.height = `${tops[start] ?? 0}px`;
    this.#below.style.height = `${(tops.at(-1) ?? 0) - (tops[end] ?? 0)}px`;
  }

  /** Whether any entry in the page is not as tall as it was taken to be. */
  #measure(): boolean {
    let news = false;
    for (let index = this.#range.start; index < this.#range.end; index += 1) {
      const id = this.#entries[index]?.id ?? '';
      const element = this.#nodes.element(id);
      if (element !== undefined && this.#heights.measure(id, boxHeight(element))) news = true;
    }
    return news;
  }

  #settle(): void {
    const { element } = this;
    const anchor = this.#anchor;
    const anchored = anchor === undefined ? undefined : this.#nodes.element(anchor.entryId);
    if (this.#following || anchor === undefined || anchored === undefined) {
      element.scrollTop = element.scrollHeight;
    } else {
      const top = element.getBoundingClientRect().top;
      const away = anchored.getBoundingClientRect().top - top + anchor.offset;
      if (Math.abs(away) >= 0.5) element.scrollTop += away;
    }
    this.#lastTop = element.scrollTop;
  }

  /** The reader has scrolled, or what the view did itself is reported. */
  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    if (Math.abs(scrollTop - this.#lastTop) < 0.5) return;
    const up = scrollTop < this.#lastTop;
    this.#lastTop = scrollTop;
    this.#goal = undefined;
    this.#turnWanted = false;
    const rest = scrollHeight - scrollTop - clientHeight;
    // A reader who moves up by a hair means it; one who comes near the end wants to be taken along.
    this.#following = rest < (up ? 2 : followDistance);
    this.#anchor = this.#following ? undefined : this.#placeNow();
    this.#render();
    if (this.#hasOlder && !this.#following && scrollTop < clientHeight * 2) this.#events.onOlder();
    this.#events.onScroll();
    this.#events.onRender();
  }

  /** The entry at the top of the view; by measure where it is in the page, else by calculation. */
  #placeNow(): ScrollPlace {
    const { top, bottom } = this.element.getBoundingClientRect();
    for (let index = this.#range.start; index < this.#range.end; index += 1) {
      const entryId = this.#entries[index]?.id ?? '';
      const box = this.#nodes.element(entryId)?.getBoundingClientRect();
      if (box === undefined || box.bottom <= top) continue;
      if (box.top >= bottom || (index === this.#range.start && index > 0 && box.top > top)) break;
      return { entryId, offset: top - box.top };
    }
    const within = top - this.#list.getBoundingClientRect().top;
    const tops = this.#heights.tops(this.#entries);
    const index = entryAt(tops, within);
    const entryId = this.#entries[index]?.id;
    return entryId === undefined ? undefined : { entryId, offset: within - (tops[index] ?? 0) };
  }

  #reachGoal(loading: boolean): void {
    const goal = this.#goal;
    if (goal === undefined) return;
    if (this.#has(goal.entryId)) {
      this.#goal = undefined;
      this.#following = false;
      this.#anchor = goal;
    } else if (!loading && this.#hasOlder && !this.#goalAsked) {
      // Another page was on its way when it was wanted.
      this.#goalAsked = this.#events.onOlder(goal.entryId);
    } else if (!loading) {
      this.#goal = undefined;
    }
  }

  #has(entryId: string | undefined): boolean {
    return this.#indexOf(entryId) >= 0;
  }

  #indexOf(entryId: string | undefined): number {
    return entryId === undefined ? -1 : this.#entries.findIndex(({ id }) => id === entryId);
  }
}

/** Height with the gap to what follows. */
function boxHeight(element: HTMLElement): number {
  return element.getBoundingClientRect().height + entryGap;
}

/** The gap between entries, as the style sheet has it, in CSS pixels. */
const entryGap = 10;

/** Whether text is coming in: then nothing else need say that the agent is at work. */
function isAnswering(entry: EntryView | undefined): boolean {
  return entry?.type === 'agent' || entry?.type === 'thought';
}
