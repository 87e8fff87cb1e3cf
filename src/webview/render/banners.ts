// What stands above the composer when something is wrong or at rest, each with the buttons that help.
import type { Draft } from '../../chatProtocol/composing.ts';
import type { ErrorView, SessionView } from '../../chatProtocol/session.ts';
import { bannersOf, type Banner, type BannerAction } from '../bannerTexts.ts';
import { button, icon, make, setChildren } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

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

  #button(action: BannerAction, prompt: Draft | undefined): HTMLElement {
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
