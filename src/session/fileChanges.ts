// What files were before a session first changed them: noted in its transcript, found there again, and worked out from what agents show.
import * as z from 'zod/mini';
import { onFirstUse } from './onDemand.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';

/** The code of the notice that holds what a file was. */
export const fileBeforeCode = 'fileBefore';

/** Files larger than this are named when they change, but what was in them is not kept; UTF-16 units. */
export const maxKeptLength = 1024 * 1024;

/** Files that a session is known to have changed at most; beyond this they are not told apart any more. */
export const maxChangedFiles = 1000;

/** A file as it was before the session. */
export interface FileBefore {
  readonly path: string;
  /** Its text; `null` when there was no such file, `undefined` when it was too large to keep. */
  readonly before: string | null | undefined;
}

/** A change of a file as an agent shows it: often only the part that changes, and not always done yet. */
export interface ShownChange {
  readonly path: string;
  /** Absent for a new file. */
  readonly oldText?: string | undefined;
  readonly newText: string;
}

const dataSchema = onFirstUse(() =>
  z.looseObject({ path: z.string(), before: z.nullish(z.string()) }),
);

/** The notice that says what a file was. */
export function fileBeforeNotice({ path, before }: FileBefore): {
  readonly text: string;
  readonly data: unknown;
} {
  const name = path.split(/[/\\]/).at(-1) ?? path;
  const kept = before === undefined || (before?.length ?? 0) > maxKeptLength ? {} : { before };
  const what = before === null ? 'New file' : 'First change of';
  return { text: `${what} ${name}`, data: { path, ...kept } };
}

/**
 * Whether a change of a transcript is such a notice: kept for the list of changed files, and no part of
 * the conversation, where the call that made the change says what it did.
 */
export function isFileBefore(change: TranscriptChange): boolean {
  return change.type === 'notice' && change.code === fileBeforeCode;
}

/** What the files that a transcript tells of were before it, by the first that it says of each. */
export function filesBefore(entries: readonly TranscriptEntry[]): readonly FileBefore[] {
  const found = new Map<string, FileBefore>();
  for (const entry of entries) {
    if (entry.type !== 'notice' || entry.code !== fileBeforeCode) continue;
    const parsed = dataSchema().safeParse(entry.data);
    if (!parsed.success || found.has(parsed.data.path)) continue;
    const { path, before } = parsed.data;
    found.set(path, { path, before });
  }
  return [...found.values()];
}

/**
 * What a file was before a change that an agent shows, given what it is now: the change may have been
 * made already, or wait for permission.
 * @param now `undefined` when there is no such file
 */
export function textBefore(change: ShownChange, now: string | undefined): string | null {
  const { oldText, newText } = change;
  if (now === undefined) return oldText === undefined || oldText === '' ? null : oldText;
  if (oldText === undefined) return now === newText ? null : now;
  if (now === oldText) return now;
  if (now === newText) return oldText;
  // A part of the file: where the new text is and the old one is not, the change has been made.
  const made =
    newText !== '' && now.includes(newText) && !(oldText !== '' && now.includes(oldText));
  if (!made) return now;
  const at = now.indexOf(newText);
  return now.slice(0, at) + oldText + now.slice(at + newText.length);
}

/** How many lines were added and removed between two texts. */
export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** Edits looked through at most; beyond, everything between the first and the last difference counts. */
const maxEdits = 1000;

/** Counts by the shortest way from one text to the other. */
export function lineCounts(before: string, after: string): LineCounts {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end += 1;
  }
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  const edits = shortestEdits(left, right) ?? left.length + right.length;
  // Removed and added together are the edits, and their difference is that of the lengths.
  const added = (edits + right.length - left.length) / 2;
  return { added, removed: edits - added };
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r\n|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The greedy algorithm of Myers, for the length of the way alone; `undefined` when it is too long. */
function shortestEdits(a: readonly string[], b: readonly string[]): number | undefined {
  const most = Math.min(maxEdits, a.length + b.length);
  /** How far down the old text each diagonal reaches; diagonals are counted from `-most - 1`. */
  const reach = new Int32Array(2 * most + 3);
  const at = (diagonal: number): number => reach[diagonal + most + 1] ?? 0;
  for (let edits = 0; edits <= most; edits += 1) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
      let x = down ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reach[diagonal + most + 1] = x;
      if (x >= a.length && x - diagonal >= b.length) return edits;
    }
  }
  return undefined;
}
