// A file that whole lines are appended to: one write each, torn ones healed, synced so that a success can be trusted.
import { basename, dirname } from 'node:path';
import type { Logger } from '../session/ports.ts';
import { copyBytes, syncFolder, writeAll } from './files.ts';
import type { FileSystem } from './fileSystem.ts';

const lineFeed = 0x0a;

/** What a line file works with. */
export interface LineFileDeps {
  readonly fs: FileSystem;
  readonly logger: Logger;
  readonly file: string;
  /** Opens the file for reading and appending, 0600. Called again when somebody has removed the file. */
  readonly openFile: () => Promise<number>;
}

interface FileEnd {
  readonly size: number;
  /** Whether the file ends in a piece of a line. */
  readonly torn: boolean;
}

/** One file open for appending; this object is its only writer. */
export class LineFile {
  readonly #deps: LineFileDeps;
  #fd: number;
  /** Bytes in the file, by our own count. */
  #size: number;
  /** Whether the next write must first end a piece of a line. */
  #torn: boolean;
  #failure: unknown;
  /** Lines written so far, and how many of them are known to be on stable storage. */
  #written = 0;
  #synced = 0;
  #syncedBytes: number;
  #suspect = false;
  #syncing: Promise<void> | undefined;
  /** Whether the file's name is known to be on stable storage: a file without lines need not be found again. */
  #named = false;

  private constructor(deps: LineFileDeps, fd: number, { size, torn }: FileEnd) {
    this.#deps = deps;
    this.#fd = fd;
    this.#size = size;
    this.#syncedBytes = size;
    this.#torn = torn;
  }

  /** Opens the file and looks at its end: a line that a crash tore off is ended before anything is added. */
  static async open(deps: LineFileDeps): Promise<LineFile> {
    const fd = await deps.openFile();
    try {
      return new LineFile(deps, fd, await endOf(deps.fs, fd));
    } catch (error) {
      await deps.fs.close(fd);
      throw error;
    }
  }

  /** What the disk last said no with. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether lines have been written that no sync has confirmed. */
  get dirty(): boolean {
    return this.#synced < this.#written;
  }

  /** Whether a sync has failed: the system may have forgotten that those bytes are not on the disk. */
  get suspect(): boolean {
    return this.#suspect;
  }

  /** Writes one whole line, its line feed included, before it returns. After `false` it must be written again. */
  write(line: Buffer): boolean {
    // A short write is tried once more at once: the second answer says why.
    return this.#writeOnce(line) || (this.#torn && this.#writeOnce(line));
  }

  /** Resolves when every line written before the call is on stable storage. Rejects with the system's error. */
  async flush(): Promise<void> {
    // What a file without a name holds, nobody can read: it counts as not written, like what is suspect.
    // Where something is to be synced, the sync looks at that itself.
    const again = this.#suspect || (!this.dirty && this.#isRemoved());
    const target = again ? ++this.#written : this.#written;
    while (this.#synced < target) {
      this.#syncing ??= this.#sync().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
  }

  /** Closes the file, whatever has been synced. */
  async close(): Promise<void> {
    // A descriptor must not be closed under a running sync: its number may be another file's by then.
    await this.#syncing?.catch(() => undefined);
    await this.#deps.fs.close(this.#fd);
  }

  #isRemoved(): boolean {
    try {
      return this.#deps.fs.fstatSync(this.#fd).nlink === 0;
    } catch {
      // The sync that follows will say what is wrong.
      return true;
    }
  }

  #writeOnce(line: Buffer): boolean {
    const lead = this.#torn ? 1 : 0;
    const bytes = lead === 0 ? line : Buffer.concat([Buffer.of(lineFeed), line]);
    let count: number;
    try {
      count = this.#deps.fs.writeSync(this.#fd, bytes);
    } catch (error) {
      this.#failure = error;
      return false;
    }
    this.#size += count;
    const missing = bytes.length - count;
    if (count > 0) this.#torn = missing > 0 && missing < line.length;
    // All but its line feed is a whole line: writing it again would double it.
    if (missing > 1) {
      this.#failure = Object.assign(new Error('a write was cut short'), { code: 'ENOSPC' });
      return false;
    }
    this.#written++;
    return true;
  }

  async #sync(): Promise<void> {
    const { fs } = this.#deps;
    const mark = this.#written;
    try {
      const { size, nlink } = fs.fstatSync(this.#fd);
      if (nlink === 0) await this.#restore();
      else if (this.#suspect) await this.#writeAgain(size);
      await fs.fdatasync(this.#fd);
      if (!this.#named) await syncFolder(fs, dirname(this.#deps.file));
      this.#named = true;
      this.#synced = mark;
      if (nlink > 0) this.#syncedBytes = size;
      this.#suspect = false;
    } catch (error) {
      this.#failure = error;
      this.#suspect = true;
      throw error;
    }
  }

  /**
   * After a failed sync the system may hold the bytes for written and sync successfully without
   * them. Writing the same bytes in the same place makes it try again.
   */
  async #writeAgain(size: number): Promise<void> {
    const { fs, file } = this.#deps;
    // Another descriptor: on one that appends, a position is ignored.
    const target = await fs.open(file, 'r+');
    try {
      const start = this.#syncedBytes;
      const to = { fd: target, position: start };
      await copyBytes(fs, { fd: this.#fd, start, end: size }, to);
      await fs.fdatasync(target);
    } finally {
      await fs.close(target);
    }
  }

  /**
   * Somebody has removed the file, or put another in its place. Its bytes are still there for whoever
   * has it open, and go into the file that has the name now. That this one may hold some of them
   * already does no harm to a transcript: whole entries replace what was there before.
   */
  async #restore(): Promise<void> {
    const { fs, file, logger, openFile } = this.#deps;
    const removed = this.#fd;
    const target = await openFile();
    try {
      const { size, torn } = await endOf(fs, target);
      let position = size;
      if (torn) await writeAll(fs, target, Buffer.of(lineFeed), position++);
      for (let start = 0; start < this.#size;) {
        const from = { fd: removed, start, end: this.#size };
        const copied = await copyBytes(fs, from, { fd: target, position: position + start });
        if (copied === 0) throw new Error('the removed file is shorter than what was written');
        start += copied;
      }
      // Nothing is awaited between the last look at the size and here, so no line is left behind.
      this.#fd = target;
      this.#named = false;
      this.#size += position;
      this.#syncedBytes = position;
    } catch (error) {
      await fs.close(target);
      throw error;
    }
    logger.warn(`${basename(file)} was removed while it was in use; it has been written again`);
    await fs.close(removed);
  }
}

async function endOf(fs: FileSystem, fd: number): Promise<FileEnd> {
  const { size } = fs.fstatSync(fd);
  const last = Buffer.alloc(1);
  if (size > 0) await fs.read(fd, last, 1, size - 1);
  return { size, torn: size > 0 && last[0] !== lineFeed };
}
