// Changes that the disk has refused so far: in order, and no larger than the entries they build.
import type { TranscriptChange } from '../session/transcript.ts';

/**
 * Holds changes until they can be written. Changes of one entry are merged into one, at the place of
 * the first: only the order of first appearance and the order within an entry mean anything.
 */
export class HeldChanges {
  readonly #changes = new Map<string, TranscriptChange>();

  /** Whether nothing is held. */
  get empty(): boolean {
    return this.#changes.size === 0;
  }

  /** How many entries have something held. */
  get size(): number {
    return this.#changes.size;
  }

  /** Adds a change behind those that are held. */
  add(change: TranscriptChange): void {
    const held = this.#changes.get(change.id);
    this.#changes.set(change.id, held === undefined ? change : merged(held, change));
  }

  /** The change to write next. */
  first(): TranscriptChange | undefined {
    return this.#changes.values().next().value;
  }

  /** All held changes, in the order in which they will be written. */
  all(): readonly TranscriptChange[] {
    return [...this.#changes.values()];
  }

  /** Forgets a change that has been written. */
  written(change: TranscriptChange): void {
    this.#changes.delete(change.id);
  }
}

function merged(held: TranscriptChange, change: TranscriptChange): TranscriptChange {
  if (change.type !== 'append') return change;
  // Text for an entry without any is dropped by readers too.
  if (!('text' in held) || typeof held.text !== 'string') return held;
  return { ...held, text: held.text + change.text };
}
