// Reading a file of lines in slices: bounded memory, and the event loop gets its turn after each slice.
import type { FileSystem } from './fileSystem.ts';

/** Bytes read, and at most parsed, in one turn of the event loop. */
export const sliceBytes = 256 * 1024;

/** A longer line is damage, not a change; it is skipped without being held. */
export const maxLineBytes = 64 * 1024 * 1024;

/** Part of an open file. */
export interface ScanRange {
  readonly fd: number;
  readonly from: number;
  readonly to: number;
}

/** Where a line is. `ended` is false for a last line without its line feed. */
export interface LinePlace {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset behind its line feed, or behind its last byte. */
  readonly end: number;
  readonly ended: boolean;
}

/**
 * Calls `onLine` for every line that begins in a range, in order. The buffer is only valid during
 * the call. Lines longer than {@link maxLineBytes} come as an empty buffer.
 */
export async function scanLines(
  fs: FileSystem,
  { fd, from, to }: ScanRange,
  onLine: (line: Buffer, place: LinePlace) => void,
): Promise<void> {
  const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(sliceBytes, to - from)));
  let carried: Buffer[] = [];
  let lineStart = from;
  let position = from;
  const finish = (tail: Buffer, end: number, ended: boolean): void => {
    const tooLong = end - lineStart > maxLineBytes;
    const line = tooLong ? tail.subarray(0, 0) : joined(carried, tail);
    carried = [];
    const start = lineStart;
    lineStart = end;
    onLine(line, { start, end, ended });
  };
  while (position < to) {
    const count = await fs.read(fd, chunk, Math.min(chunk.length, to - position), position);
    if (count === 0) break;
    const data = chunk.subarray(0, count);
    let at = 0;
    for (let feed = data.indexOf(0x0a); feed >= 0; feed = data.indexOf(0x0a, at)) {
      finish(data.subarray(at, feed), position + feed + 1, true);
      at = feed + 1;
    }
    position += count;
    // A copy, for the chunk is read into again; beyond the limit nothing is kept.
    if (at < count && position - lineStart <= maxLineBytes)
      carried.push(Buffer.from(data.subarray(at)));
    else if (at < count) carried = [];
  }
  if (position > lineStart) finish(chunk.subarray(0, 0), position, false);
}

function joined(carried: readonly Buffer[], tail: Buffer): Buffer {
  return carried.length === 0 ? tail : Buffer.concat([...carried, tail]);
}
