// Changes that the disk has refused so far: in order, and no larger than the entries they build.
import { appendText, type TranscriptChange } from '../session/transcript.ts';

/**
 * Holds changes until they can be written. Changes of one entry are merged, at the place of the
 * first: only the order of first appearance and the order within an entry mean anything.
 */
export class HeldChanges {
  /** By entry: a whole one, or additions to one that is on disk, at most one for each of its texts. */
  readonly #changes = new Map<string, readonly TranscriptChange[]>();

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
    const held = this.#changes.get(change.id) ?? [];
    // Additions say nothing about the order: their entry is on disk, or they are additions to nothing.
    if (held[0]?.type === 'append' && change.type !== 'append') this.#changes.delete(change.id);
    this.#changes.set(change.id, merged(held, change));
  }

  /** The change to write next. */
  first(): TranscriptChange | undefined {
    return this.#changes.values().next().value?.[0];
  }

  /** All held changes, in the order in which they will be written. */
  all(): readonly TranscriptChange[] {
    return [...this.#changes.values()].flat();
  }

  /** Forgets a change that has been written. */
  written(change: TranscriptChange): void {
    const rest = (this.#changes.get(change.id) ?? []).filter((held) => held !== change);
    if (rest.length === 0) this.#changes.delete(change.id);
    else this.#changes.set(change.id, rest);
  }
}

function merged(
  held: readonly TranscriptChange[],
  change: TranscriptChange,
): readonly TranscriptChange[] {
  if (change.type !== 'append') return [change];
  const whole = held[0];
  if (whole !== undefined && whole.type !== 'append') return [appendText(whole, change)];
  const same = held.findIndex(
    (one) => one.type === 'append' && one.terminalId === change.terminalId,
  );
  const before = held[same];
  if (before?.type !== 'append') return [...held, change];
  return held.with(same, { ...before, text: before.text + change.text });
}
