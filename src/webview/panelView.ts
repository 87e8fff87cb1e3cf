// The whole panel: its parts in their places, and what of the model each is shown.
import type { KeptDraft } from '../chatProtocol/composing.ts';
import type { FromPanel, PanelState } from '../chatProtocol/messages.ts';
import { putCursor } from './cursor.ts';
import { button, icon, isEditable, make } from './dom.ts';
import { Announcer } from './render/announcer.ts';
import { Banners } from './render/banners.ts';
import { ChangesView } from './render/changesView.ts';
import { Composer } from './render/composer.ts';
import type { PanelContext } from './render/context.ts';
import { emptyNode } from './render/emptyNode.ts';
import { FindBar } from './render/findBar.ts';
import { Header } from './render/header.ts';
import { PendingCards } from './render/pendingCards.ts';
import { QueueView } from './render/queue.ts';
import { TranscriptView } from './render/transcriptView.ts';
import type { TranscriptEvents } from './render/transcriptView.ts';
import type { PanelModel, Revealed } from './store.ts';
import { setWords, word } from './words.ts';

/** What the view tells. */
export interface PanelViewEvents {
  readonly post: (message: FromPanel) => void;
  /** The page before the oldest entry is wanted, or all pages back to this entry. */
  readonly onOlder: TranscriptEvents['onOlder'];
  /** Draft or place changed: what should survive a reload is now {@link PanelView.state}. */
  readonly onState: () => void;
  /** The user has opened or closed something: the same, and the click after it may hide the page. */
  readonly onFold: () => void;
}

/** The parts that exist once there is a session. They are made after the words have come. */
interface Parts {
  readonly header: Header;
  readonly transcript: TranscriptView;
  readonly find: FindBar;
  readonly announcer: Announcer;
  readonly banners: Banners;
  readonly pending: PendingCards;
  readonly queue: QueueView;
  readonly changes: ChangesView;
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
  #shownReveal: Revealed | undefined;
  #shownSnapshot = 0;
  #draftBack = false;
  /** How many things the host has put into the composer. */
  #composed = 0;
  /** Id of the last entry that was shown. */
  #lastEntry: string | undefined;
  /** What an earlier page of this panel left, until it has been put back. */
  #restored: Omit<PanelState, 'sessionId'> | undefined;

  /** @param restored what {@link state} was before a reload */
  constructor(root: HTMLElement, events: PanelViewEvents, restored: PanelState | undefined) {
    this.#root = root;
    this.#events = events;
    this.#context = { post: events.post };
    this.#restored = restored;
    document.addEventListener('keydown', (event) => {
      this.#key(event);
    });
  }

  /** What should survive a reload; `undefined` while the earlier page's is not back yet. */
  get state(): Omit<PanelState, 'sessionId'> | undefined {
    if (this.#parts === undefined || !this.#draftBack) return undefined;
    const after = this.#lastEntry;
    return {
      draft: { ...this.#parts.composer.draft, ...(after === undefined ? {} : { after }) },
      scroll: this.#parts.transcript.place,
      changesOpen: this.#parts.changes.open,
    };
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
    const { header, transcript, banners, pending, queue, changes, composer, empty } = parts;
    header.update(session);
    parts.announcer.update(model);
    banners.update(session, model.error);
    pending.update(session.pending);
    queue.update(session.queue);
    changes.update(session, model.changes);
    const scroll = this.#restored?.scroll;
    // First what was there: what the host has for the composer comes beside it.
    this.#restore(composer, model);
    composer.update(session, model);
    this.#composed = model.composed.length;
    empty.hidden = model.entries.length > 0;
    if (!empty.hidden) empty.replaceChildren(emptyNode(session));
    transcript.element.hidden = model.entries.length === 0;
    const place = transcript.place;
    const fresh = this.#shownSnapshot !== model.snapshotCount;
    if (fresh) transcript.clear();
    transcript.update(model);
    if (fresh) transcript.goTo(this.#shownSnapshot === 0 ? scroll : place);
    this.#shownSnapshot = model.snapshotCount;
    parts.find.update(model.found);
    if (model.revealed !== undefined && model.revealed !== this.#shownReveal) {
      parts.find.openAt(model.revealed);
    }
    this.#shownReveal = model.revealed;
    this.#lastEntry = model.entries.at(-1)?.id;
    if (model.focusCount !== this.#shownFocusCount) {
      const wanted = model.focusInto === 'request' ? pending.focusable : undefined;
      if (wanted === undefined) composer.focus();
      else putCursor(wanted);
    }
    this.#shownFocusCount = model.focusCount;
  }

  /**
   * The page's own memory is the newer one; the host's outlives the panel. Both may be from before the draft
   * was sent: what was said word for word after they were noted is no draft any more.
   */
  #restore(composer: Composer, model: PanelModel): void {
    if (this.#draftBack) return;
    const draft = this.#restored?.draft ?? model.draft;
    if (this.#restored?.changesOpen === true) this.#parts?.changes.unfold();
    this.#draftBack = true;
    this.#restored = undefined;
    if (draft !== undefined && !wasSent(draft, model.entries)) composer.setDraft(draft);
  }

  #build(): Parts {
    const composer = new Composer(
      this.#context,
      {
        onDraft: () => {
          this.#events.onState();
          if (this.#draftBack) this.#events.post({ type: 'activity' });
        },
        onSend: () => {
          this.#parts?.transcript.goTo(undefined);
        },
        onOlder: () => void this.#events.onOlder(),
      },
      this.#composed,
    );
    const transcript = new TranscriptView(this.#context, {
      onOlder: this.#events.onOlder,
      onScroll: this.#events.onState,
      onRender: () => {
        this.#parts?.find.mark();
      },
    });
    const find = new FindBar(this.#context, transcript);
    const parts: Parts = {
      header: new Header(this.#headerButtons(transcript, find), () => {
        this.#events.post({ type: 'action', action: 'setPermissions' });
      }),
      transcript,
      find,
      announcer: new Announcer(),
      banners: new Banners(this.#context, (prompt) => {
        composer.add(prompt);
        composer.focus();
      }),
      pending: new PendingCards(this.#context),
      queue: new QueueView(this.#context),
      changes: new ChangesView(this.#context, this.#events.onFold),
      composer,
      empty: make('div', { class: 'empty-holder', hidden: true }),
    };
    for (const { element } of [parts.pending, parts.queue]) {
      element.addEventListener('lostfocus', () => {
        composer.focus();
      });
    }
    this.#root.replaceChildren(
      parts.header.element,
      parts.find.element,
      parts.empty,
      parts.transcript.element,
      parts.announcer.element,
      make(
        'footer',
        { class: 'footer' },
        make(
          'div',
          { class: 'column' },
          parts.banners.element,
          parts.pending.element,
          parts.queue.element,
          parts.changes.element,
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

  #headerButtons(transcript: TranscriptView, find: FindBar): HTMLElement[] {
    return [
      headerButton('search', 'find', () => {
        find.open();
      }),
      headerButton('arrow-up', 'previousTurn', () => {
        transcript.goToTurn(-1);
      }),
      headerButton('arrow-down', 'nextTurn', () => {
        transcript.goToTurn(1);
      }),
      headerButton('copy', 'copyConversation', () => {
        this.#events.post({ type: 'copyConversation' });
      }),
    ];
  }

  #navigate(event: KeyboardEvent): boolean {
    const { ctrlKey, metaKey, altKey, key } = event;
    if (this.#parts === undefined) return false;
    const { find, transcript } = this.#parts;
    if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'f') find.open();
    else if (altKey && key === 'PageUp') transcript.goToTurn(-1);
    else if (altKey && key === 'PageDown') transcript.goToTurn(1);
    else return false;
    return true;
  }

  /** Keys that go through the transcript, and, as long as nobody is writing, those that answer a request. */
  #key(event: KeyboardEvent): void {
    if (this.#navigate(event)) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isEditable(event.target) || this.#parts === undefined) return;
    if (this.#parts.pending.key(event.key)) event.preventDefault();
  }
}

/** Entries come in pages: one that is not among these is older than all of them. */
function wasSent({ text, after }: KeptDraft, entries: PanelModel['entries']): boolean {
  const later = entries.slice(entries.findLastIndex(({ id }) => id === after) + 1);
  return text !== '' && later.some((entry) => entry.type === 'user' && entry.text === text);
}

function headerButton(
  iconName: string,
  label: 'find' | 'previousTurn' | 'nextTurn' | 'copyConversation',
  click: () => void,
): HTMLElement {
  return button({ class: `icon-button ${label}`, icon: iconName, label: word(label), click });
}
