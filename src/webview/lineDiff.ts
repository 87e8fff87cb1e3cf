// The difference of two texts by lines, as a unified view with some unchanged lines around.

/** A line of the view; `skip` stands for `count` unchanged lines that are left out. */
export type DiffLine =
  | { readonly type: 'same' | 'added' | 'removed'; readonly text: string }
  | { readonly type: 'skip'; readonly count: number };

/** Unchanged lines shown before and after a change. */
const context = 3;
/** Above this many compared pairs the middle is shown as removed and added whole. */
const pairLimit = 4_000_000;

/** The unified view of `oldText` → `newText`. */
export function lineDiff(oldText: string, newText: string): DiffLine[] {
  return fold(allLines(lines(oldText), lines(newText)));
}

/** How many lines were added and removed. */
export function countChanges(diff: readonly DiffLine[]): { added: number; removed: number } {
  return {
    added: diff.filter((line) => line.type === 'added').length,
    removed: diff.filter((line) => line.type === 'removed').length,
  };
}

type WholeLine = Exclude<DiffLine, { type: 'skip' }>;

function lines(text: string): string[] {
  if (text === '') return [];
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

function allLines(before: readonly string[], after: readonly string[]): WholeLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end += 1;
  }
  return [
    ...before.slice(0, start).map((text) => ({ type: 'same', text }) as const),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map((text) => ({ type: 'same', text }) as const),
  ];
}

/** The longest common subsequence by table; both sides whole where the table would be too large. */
function middle(before: readonly string[], after: readonly string[]): WholeLine[] {
  const width = after.length + 1;
  if (before.length * after.length > pairLimit) {
    return [
      ...before.map((text) => ({ type: 'removed', text }) as const),
      ...after.map((text) => ({ type: 'added', text }) as const),
    ];
  }
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const result: WholeLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const removed = before[i];
    const added = after[j];
    if (removed !== undefined && removed === added) {
      result.push({ type: 'same', text: removed });
      i += 1;
      j += 1;
    } else if (removed !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      result.push({ type: 'removed', text: removed });
      i += 1;
    } else if (added !== undefined) {
      result.push({ type: 'added', text: added });
      j += 1;
    }
  }
  return result;
}

function fold(all: readonly WholeLine[]): DiffLine[] {
  const near = new Uint8Array(all.length);
  all.forEach((line, index) => {
    if (line.type === 'same') return;
    near.fill(1, Math.max(0, index - context), Math.min(all.length, index + context + 1));
  });
  const result: DiffLine[] = [];
  let skipped = 0;
  all.forEach((line, index) => {
    if (near[index] === 1) {
      if (skipped > 0) result.push({ type: 'skip', count: skipped });
      skipped = 0;
      result.push(line);
    } else {
      skipped += 1;
    }
  });
  if (skipped > 0 && result.length > 0) result.push({ type: 'skip', count: skipped });
  return result;
}
