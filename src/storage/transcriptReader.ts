// Reading transcripts: all of one, or a page from its end, without ever parsing more than a slice at a time.
import { SessionError } from '../session/errors.ts';
import type { TranscriptSlice } from '../session/storePort.ts';
import {
  TranscriptBuilder,
  type TranscriptChange,
  type TranscriptEntry,
} from '../session/transcript.ts';
import type { FileSystem } from './fileSystem.ts';
import { scanLines } from './lineScan.ts';
import { isMissing } from './storageErrors.ts';
import { parseLine, peekLine } from './transcriptLines.ts';

/** Bytes scanned before somebody is asked whether to go on. */
const scanBytes = 4 * 1024 * 1024;

/** Transcripts whose offsets are remembered; one costs about a hundred bytes per entry. */
const remembered = 8;

/**
 * Reads transcripts.
 *
 * Entries are in the order in which their ids first appear in the file; later lines replace or
 * extend an entry without moving it. So a page is a run of entries by first appearance, and its
 * cursor is the byte offset where the first of them begins: the file only grows at its end, so a
 * cursor stays good. Where entries begin, and where they were last touched, is found by one pass
 * over the file that looks at ids without parsing; it is remembered, and continued when the file has
 * grown. A page then parses its own lines only, which lie between its first entry's beginning and
 * the last touch of any of its entries.
 */
export class TranscriptReader {
  readonly #fs: FileSystem;
  readonly #offsets = new Map<string, EntryOffsets>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** Every entry that can be read; none when there is no file. Torn and foreign lines are passed over. */
  async readAll({ file, size, held }: TranscriptSnapshot): Promise<readonly TranscriptEntry[]> {
    const builder = new TranscriptBuilder();
    await this.#withFile(file, async (fd) => {
      await scanLines(this.#fs, { fd, from: 0, to: size }, (line) => {
        const change = parseLine(line);
        if (change !== undefined) builder.apply(change);
      });
    });
    for (const change of held) builder.apply(change);
    return builder.entries();
  }

  /** Gives every change to `look` until that says no more, or the signal fires. Nothing is kept in memory. */
  async scan(
    { file, size, held }: TranscriptSnapshot,
    signal: AbortSignal,
    look: (change: TranscriptChange) => void,
  ): Promise<void> {
    await this.#withFile(file, async (fd) => {
      // In parts, because a scan itself cannot be cut short.
      for (let from = 0; from < size && !signal.aborted;) {
        let next = size;
        await scanLines(
          this.#fs,
          { fd, from, to: Math.min(size, from + scanBytes) },
          (line, place) => {
            if (!place.ended && place.end < size) {
              // The part ends within this line: the next one begins with it.
              next = place.start;
              return;
            }
            const change = parseLine(line);
            if (change !== undefined) look(change);
          },
        );
        if (next === size) next = Math.min(size, from + scanBytes);
        // A line longer than a part is passed over.
        from = next === from ? from + scanBytes : next;
      }
    });
    if (!signal.aborted) for (const change of held) look(change);
  }

  /**
   * The newest entries, or the newest before a cursor. Entries that could not be written yet come on
   * top of the newest page.
   * @throws SessionError `invalidArgument` for a limit below 1 or a cursor that is none
   */
  async readSlice(
    { file, size, held }: TranscriptSnapshot,
    { limit, before }: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice> {
    const cursor = before === undefined ? size : Number(before);
    if (!(limit >= 1) || Number.isNaN(cursor)) {
      throw new SessionError(
        'invalidArgument',
        'A page of a transcript needs a limit and a cursor.',
      );
    }
    let slice: TranscriptSlice = { entries: [], before: undefined };
    let inFile: ReadonlySet<string> = new Set();
    await this.#withFile(file, async (fd) => {
      const offsets = await this.#offsetsOf(file, fd, size);
      inFile = new Set(held.map(({ id }) => id).filter((id) => offsets.has(id, size)));
      let end = offsets.countBefore(Math.min(cursor, size));
      // An entry whose lines are all damaged yields nothing; a page is empty only at the very start.
      while (end > 0 && slice.entries.length === 0) {
        const start = Math.max(0, end - Math.floor(limit));
        const page = offsets.page(start, end, size);
        const onPage = held.filter(({ id }) => page.ids.has(id));
        slice = {
          entries: await this.#readPage(fd, page, onPage),
          before: start === 0 ? undefined : String(offsets.startOf(start)),
        };
        end = start;
      }
    });
    if (before !== undefined) return slice;
    const unwritten = new TranscriptBuilder();
    for (const change of held) if (!inFile.has(change.id)) unwritten.apply(change);
    return { ...slice, entries: [...slice.entries, ...unwritten.entries()] };
  }

  /** Forgets what is known of a file, when it has been moved away. */
  forget(file: string): void {
    this.#offsets.delete(file);
  }

  async #readPage(
    fd: number,
    page: Page,
    held: readonly TranscriptChange[],
  ): Promise<readonly TranscriptEntry[]> {
    const builder = new TranscriptBuilder();
    await scanLines(this.#fs, { fd, from: page.from, to: page.to }, (line) => {
      const owner = peekLine(line);
      if (owner === undefined || !page.ids.has(owner.id)) return;
      const change = parseLine(line);
      if (change !== undefined) builder.apply(change);
    });
    for (const change of held) builder.apply(change);
    return builder.entries();
  }

  async #offsetsOf(file: string, fd: number, size: number): Promise<EntryOffsets> {
    const { size: sizeNow, ino } = this.#fs.fstatSync(fd);
    const known = this.#offsets.get(file);
    // Another file under the same name (brought back, imported), or a shorter one: start anew.
    const offsets =
      known?.ino === ino && known.scannedTo <= sizeNow ? known : new EntryOffsets(ino);
    await offsets.extend(this.#fs, fd, size);
    this.#offsets.delete(file);
    this.#offsets.set(file, offsets);
    const oldest = this.#offsets.keys().next().value;
    if (this.#offsets.size > remembered && oldest !== undefined) this.#offsets.delete(oldest);
    return offsets;
  }

  async #withFile(file: string, use: (fd: number) => Promise<void>): Promise<void> {
    let fd: number;
    try {
      fd = await this.#fs.open(file, 'r');
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    try {
      await use(fd);
    } finally {
      await this.#fs.close(fd);
    }
  }
}

/** A transcript as it is at one moment; what is added later is not read. */
export interface TranscriptSnapshot {
  readonly file: string;
  /** Size of the file then. */
  readonly size: number;
  /** Changes that the disk had refused until then: they come after what is in the file. */
  readonly held: readonly TranscriptChange[];
}

/** A run of entries, and the part of the file that holds all their lines. */
interface Page {
  readonly ids: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
}

/** Where the entries of one file begin and were last touched. */
class EntryOffsets {
  readonly ino: number;
  readonly #places = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #scannedTo = 0;
  #extending: Promise<void> = Promise.resolve();

  constructor(ino: number) {
    this.ino = ino;
  }

  /** Everything before this offset has been looked at. */
  get scannedTo(): number {
    return this.#scannedTo;
  }

  /** Looks at what has been added to the file since the last time; one look at a time. */
  extend(fs: FileSystem, fd: number, size: number): Promise<void> {
    this.#extending = this.#extending
      .catch(() => undefined)
      .then(() =>
        scanLines(fs, { fd, from: this.#scannedTo, to: size }, (line, { start, end, ended }) => {
          // A last line without its end may be half of one: it counts only if it parses, and is
          // looked at again when the file has grown.
          const owner = peekLine(line, ended);
          if (owner === undefined && !ended) return;
          this.#scannedTo = end;
          if (owner !== undefined) this.#touch(owner.id, owner.appends, { start, end });
        }),
      );
    return this.#extending;
  }

  /** Whether an entry with this id begins in the first `size` bytes. */
  has(id: string, size: number): boolean {
    const place = this.#places.get(id);
    return place !== undefined && this.startOf(place) < size;
  }

  /** How many entries begin before an offset. */
  countBefore(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? Infinity) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where an entry begins. */
  startOf(index: number): number {
    return this.#starts[index] ?? 0;
  }

  /** The entries from one index up to another, as they are in the first `size` bytes. */
  page(start: number, end: number, size: number): Page {
    const touched = this.#ends.slice(start, end).reduce((last, one) => Math.max(last, one), 0);
    return {
      ids: new Set(this.#ids.slice(start, end)),
      from: this.startOf(start),
      to: Math.min(touched, size),
    };
  }

  #touch(id: string, appends: boolean, { start, end }: { start: number; end: number }): void {
    const place = this.#places.get(id);
    if (place !== undefined) {
      this.#ends[place] = end;
    } else if (!appends) {
      this.#places.set(id, this.#ids.length);
      this.#ids.push(id);
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }
}
