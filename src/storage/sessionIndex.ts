// The list's cache: what each head says, kept in one file that is checked against the folder and can be thrown away.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { stamp, type Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import { createFile, fileMode, keepToUser, removeQuietly, renameFile } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { IndexLines, type IndexedHead, type IndexEntry } from './indexLines.ts';
import { scanLines } from './lineScan.ts';
import { isMissing } from './storageErrors.ts';

/** What the index needs. */
export interface SessionIndexDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly file: string;
  readonly temporaryName: () => string;
}

/** So many heads at once are not appended: the file is written anew, which does not hold up the event loop. */
const manyHeads = 256;

/**
 * Heads in a line where many are written: a line costs more to take apart than the heads in it, and
 * one that is damaged costs reading these heads again.
 */
const headsPerLine = 64;

/** Lines of one head, as saves append them, that a file of many sessions may have besides: reading those takes little. */
const sessionsPerSpareLine = 16;
const spareLines = 64;

/** Longest time that lines are made in one turn of the event loop, in milliseconds. */
const turnMs = 5;

/**
 * The cache. A head that is saved is a line at the end; a list writes many to a line. Nothing is kept
 * in memory between two lists, and a failure to write is only logged.
 */
export class SessionIndex {
  readonly #deps: SessionIndexDeps;
  readonly #lines = new IndexLines();
  /** Lines in the file. */
  #count = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: SessionIndexDeps) {
    this.#deps = deps;
  }

  /** The heads in the file, read in slices. What cannot be read is left out. */
  async read(): Promise<Map<string, IndexedHead>> {
    const heads = new Map<string, IndexedHead>();
    try {
      await this.#read(heads);
    } catch (error) {
      if (!isMissing(error)) this.#deps.logger.warn(`the list's cache: ${String(error)}`);
    }
    return heads;
  }

  /** Adds a head that has just been written, after whoever waited for that one has been told. */
  remember(entry: IndexEntry): Promise<void> {
    return this.#inTurn(async () => {
      await nextTurn();
      await this.#append(this.#lines.format([entry]));
    });
  }

  /**
   * Takes what a list has found: heads that were not in the file are added; the file is written anew
   * when that are many, or when it has many lines of few heads, which are slow to read. Resolves when
   * the heads may be changed again, which is before they are on disk.
   */
  async update(all: ReadonlyMap<string, IndexedHead>, added: readonly IndexEntry[]): Promise<void> {
    const fewest = all.size / headsPerLine;
    const spare = spareLines + all.size / sessionsPerSpareLine;
    const anew = added.length >= manyHeads || this.#count > fewest + spare;
    if (!anew && added.length === 0) return;
    await new Promise<void>((resolve) => {
      const write = (): Promise<void> => {
        if (anew) return this.#rewrite([...all], resolve);
        const line = this.#lines.format(added);
        resolve();
        return this.#append(line);
      };
      // Resolved twice is resolved once; a head that cannot be formatted must not hold up the list.
      void this.#inTurn(write).finally(resolve);
    });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(work).catch((error: unknown) => {
      this.#deps.logger.debug(`the list's cache is not written: ${String(error)}`);
    });
    return this.#writing;
  }

  async #read(heads: Map<string, IndexedHead>): Promise<void> {
    const { fs, file } = this.#deps;
    const content = { heads, values: new Map<string, unknown>() };
    this.#lines.restart();
    this.#count = 0;
    const fd = await fs.open(file, 'r');
    try {
      const { size } = fs.fstatSync(fd);
      await scanLines(fs, { fd, from: 0, to: size }, (line) => {
        this.#count++;
        this.#lines.parse(line, content);
      });
    } finally {
      await fs.close(fd);
    }
  }

  async #append(line: Buffer): Promise<void> {
    const { fs, file } = this.#deps;
    const fd = await fs.open(file, 'a', fileMode);
    try {
      await keepToUser(fs, fd);
      // One write of a whole line: other windows append to the same file. Cut short, it is only a cache.
      fs.writeSync(fd, line);
      this.#count++;
    } finally {
      await fs.close(fd);
    }
  }

  async #rewrite(all: readonly IndexEntry[], onFormatted: () => void): Promise<void> {
    const { fs, clock, file, logger } = this.#deps;
    const temporary = `${file}.${this.#deps.temporaryName()}.tmp`;
    this.#lines.restart();
    const lines: Buffer[] = [];
    let turn = clock.monotonic();
    for (let at = 0; at < all.length; at += headsPerLine) {
      lines.push(this.#lines.format(all.slice(at, at + headsPerLine)));
      if (clock.monotonic() - turn < turnMs) continue;
      await nextTurn();
      turn = clock.monotonic();
    }
    onFormatted();
    try {
      await createFile(fs, temporary, Buffer.concat(lines));
      await renameFile({ fs, clock }, temporary, file);
    } catch (error) {
      await removeQuietly(fs, temporary);
      throw error;
    }
    this.#count = lines.length;
    logger.debug(`the list's cache was written anew at ${stamp(clock)}: ${all.length} heads`);
  }
}
