// Says to screen readers what matters, once: that the agent has answered, and what; not every piece as it streams in.
import { make } from '../dom.ts';
import type { PanelModel } from '../store.ts';
import { readable } from '../visibleText.ts';

/** How much of an answer is read out, in UTF-16 units. */
const spokenLength = 1000;

/** A live region that nobody sees. */
export class Announcer {
  readonly element = make('div', { class: 'visually-hidden', role: 'status' });
  #wasRunning = false;

  /** Takes the model; speaks when a turn has ended. */
  update({ session, entries }: PanelModel): void {
    const running = session?.status === 'working' || session?.status === 'needsInput';
    if (this.#wasRunning && !running) {
      const answer = entries.findLast((entry) => entry.type === 'agent');
      this.element.textContent =
        answer?.type === 'agent' ? readable(answer.text.slice(0, spokenLength)) : '';
    }
    this.#wasRunning = running;
  }
}
