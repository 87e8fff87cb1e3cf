// The whole panel: its parts in their places, and what of the model each is shown.
import type { FromPanel, PanelState } from '../chatProtocol.ts';
import { button, icon, isEditable, make } from './dom.ts';
import { Banners } from './render/banners.ts';
import { Composer } from './render/composer.ts';
import type { PanelContext } from './render/context.ts';
import { Header } from './render/header.ts';
import { PendingCards } from './render/pendingCards.ts';
import { QueueView } from './render/queue.ts';
import { emptyNode, TranscriptView } from './render/transcriptView.ts';
import type { ScrollPlace } from './render/transcriptView.ts';
import type { PanelModel } from './store.ts';
import { setWords, word } from './words.ts';

/** What the view tells. */
export interface PanelViewEvents {
  readonly post: (message: FromPanel) => void;
  /** The page before the oldest entry is wanted. */
  readonly onOlder: () => void;
  /** Draft or place changed: what should survive a reload is now {@link PanelView.state}. */
  readonly onState: () => void;
}

/** The parts that exist once there is a session. They are made after the words have come. */
interface Parts {
  readonly header: Header;
  readonly transcript: TranscriptView;
  readonly banners: Banners;
  readonly pending: PendingCards;
  readonly queue: QueueView;
  readonly composer: Composer;
  readonly empty: HTMLElement;
}

/** The panel on screen. */
export class PanelView {
  readonly #root: HTMLElement;
  readonly #events: PanelViewEvents;
  readonly #context: PanelContext;
  #parts: Parts | undefined;
  #shownFocusCount = 0;
  #shownSnapshot = 0;
  /** What an earlier page of this panel left, until it has been put back. */
  #restored: { readonly draft: string; readonly scroll: ScrollPlace } | undefined;

  /** @param restored what {@link state} was before a reload */
  constructor(root: HTMLElement, events: PanelViewEvents, restored: PanelState | undefined) {
    this.#root = root;
    this.#events = events;
    this.#context = { post: events.post };
    this.#restored =
      restored === undefined ? undefined : { draft: restored.draft ?? '', scroll: restored.scroll };
    document.addEventListener('keydown', (event) => {
      this.#key(event);
    });
  }

  /** What should survive a reload; `undefined` while the earlier page's is not back yet. */
  get state(): Pick<PanelState, 'draft' | 'scroll'> | undefined {
    if (this.#parts === undefined || this.#restored !== undefined) return undefined;
    return { draft: this.#parts.composer.draft, scroll: this.#parts.transcript.place };
  }

  /** Shows the model. */
  update(model: PanelModel): void {
    setWords(model.strings);
    const { session } = model;
    if (model.phase === 'connecting') return;
    if (model.phase === 'otherVersion' || session === undefined) {
      this.#showMessage(model);
      return;
    }
    const parts = this.#parts ?? this.#build();
    const { header, transcript, banners, pending, queue, composer, empty } = parts;
    header.update(session);
    banners.update(session, model.error);
    pending.update(session.pending);
    queue.update(session.queue);
    composer.update(session, userPrompts(model));
    empty.hidden = model.entries.length > 0;
    if (!empty.hidden) empty.replaceChildren(emptyNode(session));
    transcript.element.hidden = model.entries.length === 0;
    const place = transcript.place;
    const fresh = this.#shownSnapshot !== model.snapshotCount;
    if (fresh) transcript.clear();
    transcript.update(model);
    if (fresh) transcript.goTo(this.#shownSnapshot === 0 ? this.#restored?.scroll : place);
    this.#shownSnapshot = model.snapshotCount;
    this.#restore(composer);
    if (model.focusCount !== this.#shownFocusCount) composer.focus();
    this.#shownFocusCount = model.focusCount;
  }

  #restore(composer: Composer): void {
    const restored = this.#restored;
    if (restored === undefined) return;
    this.#restored = undefined;
    if (restored.draft !== '') composer.setDraft(restored.draft);
  }

  #build(): Parts {
    const composer = new Composer(this.#context, {
      onDraft: () => {
        this.#events.onState();
        this.#events.post({ type: 'activity' });
      },
      onSend: () => {
        this.#parts?.transcript.goTo(undefined);
      },
    });
    const parts: Parts = {
      header: new Header(),
      transcript: new TranscriptView(this.#context, {
        onOlder: this.#events.onOlder,
        onScroll: this.#events.onState,
      }),
      banners: new Banners(this.#context, (text) => {
        composer.setDraft(composer.draft === '' ? text : `${composer.draft}\n${text}`);
        composer.focus();
      }),
      pending: new PendingCards(this.#context),
      queue: new QueueView(this.#context),
      composer,
      empty: make('div', { class: 'empty-holder', hidden: true }),
    };
    parts.pending.element.addEventListener('lostfocus', () => {
      composer.focus();
    });
    this.#root.replaceChildren(
      parts.header.element,
      parts.empty,
      parts.transcript.element,
      make(
        'footer',
        { class: 'footer' },
        make(
          'div',
          { class: 'column' },
          parts.banners.element,
          parts.pending.element,
          parts.queue.element,
          composer.element,
        ),
      ),
    );
    this.#parts = parts;
    this.#shownSnapshot = 0;
    return parts;
  }

  /** There is no session to show: say so, and what helps. */
  #showMessage(model: PanelModel): void {
    this.#parts = undefined;
    const unknown = model.phase === 'unknownSession';
    this.#root.replaceChildren(
      make(
        'div',
        { class: 'empty' },
        icon('info'),
        make('p', {
          class: 'empty-title',
          text: word(unknown ? 'unknownSession' : 'otherVersion'),
        }),
        unknown ? make('p', { class: 'muted', text: word('unknownSessionHint') }) : undefined,
        model.error === undefined ? undefined : make('p', { text: model.error.message }),
        unknown
          ? button({
              class: 'button primary',
              text: word('restore'),
              click: () => {
                this.#events.post({ type: 'action', action: 'restore' });
              },
            })
          : undefined,
      ),
    );
  }

  /** Keys that answer a request, as long as nobody is writing. */
  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isEditable(event.target) || this.#parts === undefined) return;
    if (this.#parts.pending.key(event.key)) event.preventDefault();
  }
}

function userPrompts(model: PanelModel): readonly string[] {
  return model.entries.flatMap((entry) => (entry.type === 'user' ? [entry.text] : []));
}
