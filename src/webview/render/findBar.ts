// Finding in the whole transcript: what is typed is asked of the host, hits are walked entry by entry and marked where they are shown.
import { putCursor } from '../cursor.ts';
import { button, make, setText } from '../dom.ts';
import type { Found, Revealed } from '../store.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { markMatches } from './findMarks.ts';
import type { TranscriptView } from './transcriptView.ts';

/** The host is asked this long after the last key, in milliseconds. */
const askDelay = 150;

/** How often what is shown of a long entry is doubled to find something in it. */
const mostSteps = 8;

/** The bar at the top of the transcript. */
export class FindBar {
  readonly element: HTMLElement;
  readonly #context: PanelContext;
  readonly #transcript: TranscriptView;
  readonly #input: HTMLInputElement;
  readonly #count = make('span', { class: 'find-count muted', role: 'status' });
  readonly #buttons: readonly HTMLButtonElement[];
  #timer: number | undefined;
  #found: Found | undefined;
  /** Index of the hit in view. */
  #at = 0;
  /** Which of its matches is in question; counted from the last one where it is negative. */
  #within = 0;
  /** How many matches it shows, as far as it is in the page. */
  #matches = 0;
  /** The entry that the user chose elsewhere: the hit to begin with. */
  #chosen: string | undefined;
  /** Another match has just become the one in question: it is to be brought into view. */
  #approaching = false;

  constructor(context: PanelContext, transcript: TranscriptView) {
    this.#context = context;
    this.#transcript = transcript;
    this.#input = make('input', {
      class: 'input find-input',
      label: word('find'),
      attributes: { placeholder: word('find'), spellcheck: 'false' },
      on: {
        input: () => {
          this.#chosen = undefined;
          this.#askSoon();
        },
        keydown: (event) => {
          this.#key(event);
        },
      },
    });
    const step = (iconName: string, label: 'findPrevious' | 'findNext', by: number) =>
      button({
        class: 'icon-button',
        icon: iconName,
        label: word(label),
        click: () => {
          this.#step(by);
        },
      });
    this.#buttons = [step('arrow-up', 'findPrevious', -1), step('arrow-down', 'findNext', 1)];
    const close = button({
      class: 'icon-button',
      icon: 'close',
      label: word('findClose'),
      click: () => {
        this.close();
      },
    });
    this.element = make(
      'div',
      { class: 'find', role: 'search', label: word('find'), hidden: true },
      this.#input,
      this.#count,
      ...this.#buttons,
      close,
    );
  }

  /** Shows it, with what is selected as what is looked for. */
  open(): void {
    this.element.hidden = false;
    const selected = document.getSelection()?.toString().trim() ?? '';
    if (selected !== '' && selected.length <= 200 && !selected.includes('\n')) {
      this.#input.value = selected;
    }
    this.#input.focus();
    this.#input.select();
    this.#ask();
  }

  /** Shows it with what was searched for elsewhere, at the entry that was chosen there. */
  openAt({ entryId, query }: Revealed): void {
    this.element.hidden = false;
    this.#input.value = query;
    putCursor(this.#input);
    this.#input.select();
    this.#found = undefined;
    this.#within = 0;
    this.#chosen = entryId;
    // At once: what is found meanwhile only says how many there are.
    this.#go(entryId);
    this.mark();
    this.#ask();
  }

  /** Hides it and takes the marks away; the focus goes to the transcript. */
  close(): void {
    this.element.hidden = true;
    this.#found = undefined;
    this.#chosen = undefined;
    this.mark();
    this.#transcript.element.focus({ preventScroll: true });
  }

  /** Takes what the host found. */
  update(found: Found | undefined): void {
    if (found === undefined || found === this.#found || found.query !== this.#input.value) return;
    if (this.element.hidden) return;
    const fresh = this.#found?.query !== found.query;
    this.#found = found;
    const chosen = this.#chosen === undefined ? -1 : found.hits.indexOf(this.#chosen);
    // The newest hit first: it is the nearest to where conversations are read.
    if (fresh) this.#within = 0;
    if (fresh) this.#at = chosen >= 0 ? chosen : Math.max(0, found.hits.length - 1);
    this.#show(fresh && this.#chosen === undefined);
  }

  /** Marks what is found in the entries that are in the page. */
  mark(): void {
    const query = this.element.hidden ? '' : this.#input.value;
    const active = this.#chosen ?? this.#found?.hits[this.#at];
    const look = (): readonly Range[] =>
      markMatches(this.#transcript.mounted, query, active, this.#within);
    let matches = look();
    if (this.#approaching && active !== undefined) {
      // It may be in what is left out of a long text.
      for (let more = 0; matches.length === 0 && more < mostSteps; more += 1) {
        if (!this.#transcript.showMore(active)) break;
        matches = look();
      }
    }
    this.#matches = matches.length;
    const match = matches.at(this.#within);
    if (!this.#approaching || active === undefined || match === undefined) return;
    this.#approaching = false;
    this.#transcript.approach(active, match);
  }

  #go(entryId: string): void {
    this.#approaching = true;
    this.#transcript.unfold(entryId);
    this.#transcript.reveal(entryId);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' || event.key === 'F3') this.#step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #askSoon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#ask();
    }, askDelay);
  }

  #ask(): void {
    const query = this.#input.value;
    if (query === '') {
      this.#found = undefined;
      this.#show(false);
    } else {
      this.#context.post({ type: 'find', query: query.slice(0, 500) });
    }
  }

  #step(by: number): void {
    const count = this.#found?.hits.length ?? 0;
    if (count === 0) return;
    this.#chosen = undefined;
    // First from match to match of an entry, which can be longer than the view; then to the next entry.
    const within = (this.#within < 0 ? this.#matches + this.#within : this.#within) + by;
    const stays = this.#matches > 0 && within >= 0 && within < this.#matches;
    this.#within = stays ? within : by < 0 ? -1 : 0;
    if (stays) this.#approaching = true;
    else this.#at = (this.#at + by + count) % count;
    this.#show(!stays);
  }

  #show(go: boolean): void {
    const hits = this.#found?.hits ?? [];
    for (const element of this.#buttons) element.disabled = hits.length === 0;
    const total = this.#found?.more === true ? `${hits.length}+` : String(hits.length);
    const nothing = this.#found === undefined ? '' : word('findNothing');
    setText(this.#count, hits.length === 0 ? nothing : word('findCount', this.#at + 1, total));
    const hit = hits[this.#at];
    if (go && hit !== undefined) this.#go(hit);
    this.mark();
  }
}
