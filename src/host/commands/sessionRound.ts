// Opening sessions one after another, again and again through all of them, as often as it is asked.
import type { Disposable } from '../../session/event.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';

/** Knows where the round stands, also in the moment before the editor tells what is in front. */
export class SessionRound {
  readonly #panels: Pick<PanelOpener, 'open' | 'activeSessionId' | 'onDidChangeActive'>;
  /** What was opened one after another and is not told to be in front yet. */
  #ahead: readonly string[] = [];
  #watch: Disposable | undefined;

  constructor(panels: Pick<PanelOpener, 'open' | 'activeSessionId' | 'onDidChangeActive'>) {
    this.#panels = panels;
  }

  /** The session that is in front, or will be in a moment. */
  get front(): string | undefined {
    return this.#ahead.at(-1) ?? this.#panels.activeSessionId;
  }

  /** Opens the one of these that follows the one in front; the first when none of them is. */
  async openNext(sessionIds: readonly string[]): Promise<void> {
    const { front } = this;
    const at = sessionIds.findIndex((sessionId) => sessionId === front);
    const next = sessionIds[(at + 1) % sessionIds.length];
    if (next === undefined) return;
    if (next !== front) {
      this.#ahead = [...this.#ahead, next];
      this.#watch ??= this.#panels.onDidChangeActive((sessionId) => {
        this.#arrived(sessionId);
      });
    }
    await this.#panels.open(next);
  }

  #arrived(sessionId: string | undefined): void {
    // For a moment none is in front, while one takes the place of another.
    if (sessionId === undefined) return;
    const at = this.#ahead.indexOf(sessionId);
    // Another one than any of these: the user has gone elsewhere.
    this.#ahead = at === -1 ? [] : this.#ahead.slice(at + 1);
    if (this.#ahead.length > 0) return;
    this.#watch?.dispose();
    this.#watch = undefined;
  }
}
