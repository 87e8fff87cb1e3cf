// What stands above the composer when something is wrong or at rest, each with the buttons that help.
import type { Draft } from '../../chatProtocol/composing.ts';
import type { FromPanel } from '../../chatProtocol/messages.ts';
import type { ErrorView, SessionView } from '../../chatProtocol/session.ts';
import { button, icon, make, setChildren } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

type Action = Extract<FromPanel, { type: 'action' }>['action'];

/** One banner as data: what is equal need not be built again. */
export interface Banner {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly hint?: string | undefined;
  readonly actions: readonly (Action | 'putBack' | 'cancel')[];
}

/** The banners of a session, gravest first. */
export function bannersOf(
  session: SessionView | undefined,
  error: ErrorView | undefined,
): Banner[] {
  const banners: Banner[] = [];
  if (error !== undefined) {
    banners.push({
      level: 'error',
      text: error.message,
      hint: error.hint,
      actions: [
        ...(error.action === undefined ? [] : [error.action]),
        ...(error.prompt === undefined ? [] : (['putBack'] as const)),
        'dismissError',
      ],
    });
  }
  if (session === undefined) return banners;
  const state = stateBanner(session);
  if (state !== undefined) banners.push(state);
  if (session.storageFailing) {
    banners.push({ level: 'error', text: word('storageFailing'), actions: ['showLog'] });
  }
  return banners;
}

function stateBanner(session: SessionView): Banner | undefined {
  const { status, error, readOnly, restartAt, stalledSince } = session;
  if (readOnly !== undefined) {
    const text = word(
      readOnly === 'newerVersion' ? 'composerNewerVersion' : 'composerOwnedElsewhere',
    );
    return { level: 'info', text, actions: [] };
  }
  switch (status) {
    case 'failed':
      return {
        level: 'error',
        text: error?.message ?? word('failed'),
        hint: error?.hint,
        actions: [wayOut(error?.code), 'showLog'],
      };
    case 'crashed':
      if (restartAt !== undefined) {
        return { level: 'warning', text: word('restarting'), actions: ['showLog'] };
      }
      return {
        level: 'error',
        text: error?.message ?? word('crashed'),
        hint: error?.hint,
        actions: ['restart', 'showLog'],
      };
    case 'dormant':
      return restBanner(session);
    case 'working':
    case 'needsInput':
      if (stalledSince === undefined) return undefined;
      return {
        level: 'warning',
        text: word('stalled', clockTime(stalledSince)),
        actions: ['cancel', 'restart', 'kill'],
      };
    case 'starting':
    case 'ready':
    case 'stopping':
      return undefined;
  }
}

/** What helps a session that could not start. */
function wayOut(code: string | undefined): Action {
  return code === 'authRequired' ? 'signIn' : 'restart';
}

/** Why a session that is fine rests, where that is worth a word. */
function restBanner({ interrupted, stoppedAfterIdleMinutes }: SessionView): Banner | undefined {
  if (interrupted) return { level: 'info', text: word('interrupted'), actions: ['resume'] };
  if (stoppedAfterIdleMinutes === undefined) return undefined;
  const text = word('idleStopped', stoppedAfterIdleMinutes);
  return { level: 'info', text, actions: ['resume'] };
}

function clockTime(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at : time.toLocaleTimeString();
}

const icons = { info: 'info', warning: 'warning', error: 'error' } as const;

/** The banners on screen. */
export class Banners {
  readonly element = make('div', { class: 'banners', role: 'status' });
  readonly #context: PanelContext;
  readonly #putBack: (prompt: Draft) => void;
  #shown = '';

  /** @param putBack puts a prompt that was not accepted back into the composer */
  constructor(context: PanelContext, putBack: (prompt: Draft) => void) {
    this.#context = context;
    this.#putBack = putBack;
  }

  /** Shows what the session and the last error call for. */
  update(session: SessionView | undefined, error: ErrorView | undefined): void {
    const banners = bannersOf(session, error);
    const shown = JSON.stringify([banners, error?.prompt]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    setChildren(
      this.element,
      banners.map((banner) => this.#node(banner, error?.prompt)),
    );
  }

  #node(banner: Banner, prompt: Draft | undefined): HTMLElement {
    const { level, text, hint, actions } = banner;
    return make(
      'div',
      { class: `banner banner-${level}` },
      icon(icons[level]),
      make(
        'div',
        { class: 'banner-text' },
        make('div', { text: readable(text) }),
        hint === undefined ? undefined : make('div', { class: 'muted', text: readable(hint) }),
      ),
      make(
        'div',
        { class: 'banner-actions' },
        ...actions.map((action) => this.#button(action, prompt)),
      ),
    );
  }

  #button(action: Action | 'putBack' | 'cancel', prompt: Draft | undefined): HTMLElement {
    const { post } = this.#context;
    switch (action) {
      case 'dismissError':
        return button({
          class: 'icon-button',
          icon: 'close',
          label: word('dismiss'),
          click: () => {
            post({ type: 'action', action });
          },
        });
      case 'putBack':
        return button({
          class: 'button secondary small',
          text: word('putBack'),
          click: () => {
            if (prompt !== undefined) this.#putBack(prompt);
            post({ type: 'action', action: 'dismissError' });
          },
        });
      case 'cancel':
        return button({
          class: 'button secondary small',
          text: word('cancelTurn'),
          click: () => {
            post({ type: 'cancel' });
          },
        });
      case 'resume':
      case 'restart':
      case 'kill':
      case 'restore':
      case 'signIn':
      case 'showLog':
        return button({
          class: 'button secondary small',
          text: word(action),
          click: () => {
            post({ type: 'action', action });
          },
        });
    }
  }
}
