// The requests that wait for the user, above the composer so that they are in view wherever the transcript stands.
import type { PendingView } from '../../chatProtocol/session.ts';
import { button, icon, make } from '../dom.ts';
import { exact, exactLine, readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext, PendingCard } from './context.ts';
import { formCard, kickerOf } from './formCard.ts';
import { permissionCard } from './permissionCard.ts';
import { scrolledByKeys } from './scrolledByKeys.ts';

/** All cards, oldest first; each lives exactly as long as its request. */
export class PendingCards {
  readonly element = make('div', { class: 'pending' });
  readonly #announcer = make('div', { class: 'visually-hidden', role: 'alert' });
  readonly #context: PanelContext;
  #cards = new Map<string, PendingCard>();

  constructor(context: PanelContext) {
    this.#context = context;
    this.element.append(this.#announcer);
  }

  /** Shows these requests and no others. */
  update(pending: readonly PendingView[]): void {
    const cards = new Map<string, PendingCard>();
    for (const request of pending) {
      const known = this.#cards.get(request.requestId);
      if (known === undefined) this.#announcer.textContent = announcement(request);
      cards.set(request.requestId, known ?? card(request, this.#context));
    }
    for (const [requestId, { element }] of this.#cards) {
      if (cards.has(requestId)) continue;
      // The focus must not fall out of the panel with the card that had it.
      if (element.contains(document.activeElement))
        this.element.dispatchEvent(new Event('lostfocus'));
      element.remove();
    }
    for (const [requestId, { element }] of cards) {
      if (!this.#cards.has(requestId)) this.element.append(element);
    }
    this.#cards = cards;
    this.element.hidden = cards.size === 0;
  }

  /** What of the oldest card takes the cursor: its first answer, or the first field to be filled in. */
  get focusable(): HTMLElement | undefined {
    const [oldest] = this.#cards.values();
    const found = oldest?.element.querySelector<HTMLElement>(
      '.card-buttons button, .fields :is(input, select, textarea)',
    );
    return found ?? undefined;
  }

  /** Gives a key to the card that has the focus, else to the oldest; whether it was taken. */
  key(key: string): boolean {
    const cards = [...this.#cards.values()];
    const focused = cards.find(({ element }) => element.contains(document.activeElement));
    return (focused ?? cards[0])?.key(key) ?? false;
  }
}

function announcement(request: PendingView): string {
  return request.type === 'permission'
    ? `${word('permissionTitle')}: ${exactLine(request.title)}`
    : `${word(kickerOf(request))}: ${exactLine(request.message)}`;
}

function card(request: PendingView, context: PanelContext): PendingCard {
  switch (request.type) {
    case 'permission':
      return permissionCard(request, context);
    case 'form':
      return formCard(request, context);
    case 'url':
    case 'unknown':
      return pageCard(request, context);
  }
}

/** A page to visit, with its whole address; or a question that can only be declined. */
function pageCard(
  request: Extract<PendingView, { type: 'url' | 'unknown' }>,
  context: PanelContext,
): PendingCard {
  const { requestId } = request;
  const decline = (): void => {
    context.post(
      request.type === 'url'
        ? { type: 'url', requestId, open: false }
        : { type: 'form', requestId },
    );
  };
  const detail =
    request.type === 'url'
      ? make('p', { class: 'card-url', text: exact(request.url) })
      : make('p', { class: 'muted', text: word('questionUnknown') });
  const open =
    request.type === 'url'
      ? button({
          class: 'button primary',
          text: word('openPage'),
          click: () => {
            context.post({ type: 'url', requestId, open: true });
          },
        })
      : undefined;
  const element = make(
    'section',
    { class: 'card question', label: `${word('questionTitle')}: ${exactLine(request.message)}` },
    make(
      'div',
      { class: 'card-kicker' },
      icon('question'),
      make('span', { text: word('questionTitle') }),
    ),
    make('p', {
      class: 'card-message',
      text: readable(request.message),
      ...scrolledByKeys(request.message),
    }),
    detail,
    make(
      'div',
      { class: 'card-buttons' },
      open,
      button({ class: 'button secondary', text: word('decline'), click: decline }),
    ),
  );
  return {
    element,
    key: (key) => {
      if (key !== 'Escape') return false;
      decline();
      return true;
    },
  };
}
