// How tall the entries of a transcript are: measured where they have been on screen, guessed from those where not.

/** What an entry is taken to be before any has been measured, in CSS pixels. */
const firstGuess = 60;

/** Heights by entry. */
export class EntryHeights {
  readonly #measured = new Map<string, number>();
  #sum = 0;

  /** Takes a height, gap included; whether it is news. */
  measure(id: string, height: number): boolean {
    const before = this.#measured.get(id);
    if (before !== undefined && Math.abs(before - height) < 0.5) return false;
    this.#sum += height - (before ?? 0);
    this.#measured.set(id, height);
    return true;
  }

  /** Where each entry begins when all stand below one another, and, as one more, where the last one ends. */
  tops(entries: readonly { readonly id: string }[]): Float64Array {
    const guess = this.#measured.size === 0 ? firstGuess : this.#sum / this.#measured.size;
    const tops = new Float64Array(entries.length + 1);
    let top = 0;
    entries.forEach(({ id }, index) => {
      tops[index] = top;
      top += this.#measured.get(id) ?? guess;
    });
    tops[entries.length] = top;
    return tops;
  }
}

/** The entries that reach into a stretch: from `start` up to, and without, `end`. */
export function entriesWithin(
  tops: Float64Array,
  from: number,
  to: number,
): { readonly start: number; readonly end: number } {
  const count = tops.length - 1;
  const start = Math.min(entryAt(tops, from), Math.max(0, count - 1));
  let end = start;
  while (end < count && (tops[end] ?? 0) < to) end += 1;
  return { start, end: Math.max(end, Math.min(count, start + 1)) };
}

/** The index of the entry that a height falls into; the first for what is above, the last for what is below. */
export function entryAt(tops: Float64Array, top: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((tops[middle] ?? 0) <= top) low = middle;
    else high = middle - 1;
  }
  return low;
}
