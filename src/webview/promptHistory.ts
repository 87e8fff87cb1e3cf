// The user's own prompts, walked with the arrow keys from an empty composer.

/** A place in the history of prompts. */
export class PromptHistory {
  #prompts: readonly string[] = [];
  /** Index of the prompt that is shown; `undefined` while the composer holds something of its own. */
  #at: number | undefined;

  /** Takes the prompts of the transcript, oldest first; where the walk stands is kept. */
  set(prompts: readonly string[]): void {
    const distinct = prompts.filter((text, index) => text !== '' && text !== prompts[index + 1]);
    if (this.#at !== undefined) this.#at += distinct.length - this.#prompts.length;
    this.#prompts = distinct;
  }

  /** Whether the text in the composer is one that the walk put there. */
  isShowing(text: string): boolean {
    return this.#at !== undefined && this.#prompts[this.#at] === text;
  }

  /** The prompt before the one shown; `undefined` at the oldest. */
  older(): string | undefined {
    const next = (this.#at ?? this.#prompts.length) - 1;
    if (next < 0) return undefined;
    this.#at = next;
    return this.#prompts[next];
  }

  /** The prompt after the one shown; an empty text after the newest. */
  newer(): string | undefined {
    if (this.#at === undefined) return undefined;
    const next = this.#at + 1;
    this.#at = next < this.#prompts.length ? next : undefined;
    return this.#prompts[next] ?? '';
  }

  /** Ends the walk: the next one starts at the newest prompt. */
  reset(): void {
    this.#at = undefined;
  }
}
