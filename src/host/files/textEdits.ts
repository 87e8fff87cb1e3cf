// Pure text work behind reading and writing files for agents: ranges of lines, line ends, the smallest edit.

/**
 * Lines of a text as the protocol counts them: `line` is the first (from 1), `limit` how many. Line
 * ends stay as they are; what lies beyond the end of the text is empty.
 */
export function linesOf(
  text: string,
  { line, limit }: { readonly line?: number; readonly limit?: number },
): string {
  const start = line === undefined || line <= 1 ? 0 : afterLines(text, 0, line - 1);
  return text.slice(start, limit === undefined ? text.length : afterLines(text, start, limit));
}

/** The offset behind `count` lines from `from` on. */
function afterLines(text: string, from: number, count: number): number {
  let offset = from;
  for (let done = 0; done < count; done += 1) {
    const end = text.indexOf('\n', offset);
    if (end === -1) return text.length;
    offset = end + 1;
  }
  return offset;
}

/** The line ends of a text when they are all the same; `undefined` for a mixture or none. */
export function lineEndsOf(text: string): '\n' | '\r\n' | undefined {
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const all = text.match(/\n/g)?.length ?? 0;
  if (all === 0) return undefined;
  if (crlf === all) return '\r\n';
  return crlf === 0 ? '\n' : undefined;
}

/** The text with all its line ends made into one kind. */
export function withLineEnds(text: string, eol: '\n' | '\r\n'): string {
  return text.replace(/\r\n|\r|\n/g, eol);
}

/** Replaces `start` to `end` (offsets into the old text) by `text`. */
export interface SmallestEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The one edit that makes `before` into `after` and touches least: cursors, folds and breakpoints
 * elsewhere stay where they are. `undefined` when nothing differs.
 */
export function smallestEdit(before: string, after: string): SmallestEdit | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  // An edit between the halves of a line end or of a surrogate pair cannot be expressed.
  while (start > 0 && splitsAt(before, start, after)) start -= 1;
  let tail = 0;
  const most = shorter - start;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) {
    tail += 1;
  }
  while (tail > 0 && (splits(before, before.length - tail) || splits(after, after.length - tail))) {
    tail -= 1;
  }
  return {
    start,
    end: before.length - tail,
    text: after.slice(start, after.length - tail),
  };
}

function splitsAt(before: string, offset: number, after: string): boolean {
  return splits(before, offset) || splits(after, offset);
}

/** Whether an offset lies between the halves of `\r\n` or of a surrogate pair. */
function splits(text: string, offset: number): boolean {
  const left = text[offset - 1];
  const right = text[offset];
  if (left === undefined || right === undefined) return false;
  return (left === '\r' && right === '\n') || (left >= '\ud800' && left <= '\udbff');
}

/** Whether bytes look like something else than text: a zero byte near the start, and no UTF-16 mark. */
export function looksBinary(bytes: Uint8Array): boolean {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !utf16 && bytes.subarray(0, 8192).includes(0);
}
