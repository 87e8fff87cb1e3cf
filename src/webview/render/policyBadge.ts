// What a session's agent may do without asking, in the header: nothing is shown while it asks.
import type { SessionView } from '../../chatProtocol/session.ts';
import { icon, make } from '../dom.ts';
import { word } from '../words.ts';

/** The badge; a click leads to the choice. */
export class PolicyBadge {
  readonly element: HTMLButtonElement;
  readonly #icon = make('span', { class: 'policy-icon' });
  readonly #text = make('span');

  constructor(choose: () => void) {
    this.element = make('button', { hidden: true, on: { click: choose } }, this.#icon, this.#text);
    this.element.type = 'button';
  }

  /** Shows what a session may do. Who can only read it cannot change that. */
  update({ permissionMode, readOnly }: SessionView): void {
    this.element.hidden = permissionMode === 'ask' || readOnly !== undefined;
    const all = permissionMode === 'allowAll';
    const said = word(all ? 'allowsAll' : 'allowsReads');
    this.element.className = `policy policy-${permissionMode}`;
    this.element.title = word('policyHint');
    // What is seen of it comes first in what is said of it.
    this.element.setAttribute('aria-label', `${said}. ${word('policyHint')}`);
    this.#icon.replaceChildren(icon(all ? 'warning' : 'eye'));
    this.#text.textContent = said;
  }
}
