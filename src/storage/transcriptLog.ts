// A transcript open for appending: every change is one write before the call returns, and synced within a second.
import { basename } from 'node:path';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import { Emitter, type Disposable } from '../session/event.ts';
import type { Logger, TranscriptLog } from '../session/ports.ts';
import type { TranscriptChange } from '../session/transcript.ts';
import { writeAll } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { HeldChanges } from './heldChanges.ts';
import { sliceBytes } from './lineScan.ts';
import { storageFailed } from './storageErrors.ts';
import { formatLine } from './transcriptLines.ts';

/** A power cut takes at most what was said in this time; a shorter one costs a sync per session and change. */
const syncAfterMs = 1000;

const firstRetryMs = 250;
const lastRetryMs = 5000;

const lineFeed = 0x0a;

/** What an open transcript works with. */
export interface TranscriptLogDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessionId: string;
  readonly file: string;
  /** Open for reading and appending; closed by the log. */
  readonly fd: number;
  /** Called once, when the log has closed. */
  readonly onClosed: () => Promise<void>;
}

/** Appends to one transcript file. The only writer of that file: see the owner file. */
export class FileTranscriptLog implements TranscriptLog {
  readonly #deps: TranscriptLogDeps;
  readonly #held = new HeldChanges();
  readonly #onDidChangeFailing: Emitter<boolean>;
  /** Whether the file ends in a piece of a line, which the next write must end first. */
  #torn = false;
  #failing = false;
  /** What the disk last said no with; told to whoever waits for a sync. */
  #failure: unknown;
  /** Writes so far, and how many of them are known to be on stable storage. */
  #written = 0;
  #synced = 0;
  #syncedBytes: number;
  /** A sync failed: the system may have forgotten that those bytes are not on the disk. */
  #suspect = false;
  #syncing: Promise<void> | undefined;
  #syncTimer: Disposable | undefined;
  #retryTimer: Disposable | undefined;
  #retryMs = firstRetryMs;
  #lastTry = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  #abandoning: Promise<void> | undefined;
  /** A close has failed; it is done when nothing fails any more. */
  #closeLater = false;

  private constructor(deps: TranscriptLogDeps, size: number, torn: boolean) {
    this.#deps = deps;
    this.#syncedBytes = size;
    this.#torn = torn;
    this.#onDidChangeFailing = new Emitter((error) => {
      deps.logger.error('a listener of a transcript failed', error);
    });
  }

  /** Looks at the end of the file: a line that a crash tore off is ended before anything is added. */
  static async open(deps: TranscriptLogDeps): Promise<FileTranscriptLog> {
    const { fs, fd } = deps;
    const { size } = await fs.fstat(fd);
    const last = Buffer.alloc(1);
    if (size > 0) await fs.read(fd, last, 1, size - 1);
    return new FileTranscriptLog(deps, size, size > 0 && last[0] !== lineFeed);
  }

  get failing(): boolean {
    return this.#failing;
  }

  get onDidChangeFailing(): Emitter<boolean>['event'] {
    return this.#onDidChangeFailing.event;
  }

  append(change: TranscriptChange): void {
    if (this.#closed) {
      throw new SessionError('internal', 'A change was added to a transcript that is closed.', {
        sessionId: this.#deps.sessionId,
      });
    }
    if (this.#held.empty && this.#write(change)) {
      this.#syncSoon();
      return;
    }
    this.#held.add(change);
    // A flood of changes on a full disk must not become a flood of failing writes.
    if (this.#deps.clock.monotonic() - this.#lastTry >= firstRetryMs) this.#drain();
    this.#update();
  }

  async sync(): Promise<void> {
    this.#drain();
    this.#update();
    if (!this.#held.empty) throw this.#error();
    await this.#flush();
  }

  /**
   * Syncs and closes. When the disk refuses, it rejects; the log then goes on trying, and closes by
   * itself once everything is written.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close().catch((error: unknown) => {
      this.#closing = undefined;
      this.#closeLater = true;
      throw error;
    });
    return this.#closing;
  }

  /** The close under way, if there is one. */
  get closing(): Promise<void> | undefined {
    return this.#closing;
  }

  /** Takes back a close that failed; whether there was one. The log can then be used again. */
  reopen(): boolean {
    const wasLeft = this.#closeLater && !this.#closed;
    this.#closeLater = false;
    return wasLeft;
  }

  /** What has been appended and is not in the file. */
  held(): readonly TranscriptChange[] {
    return this.#held.all();
  }

  /** Closes even when not everything could be written: for the end of the process, after `close` failed. */
  abandon(): Promise<void> {
    // Whoever comes second waits as well: nobody may think it closed before the owner file is gone.
    this.#abandoning ??= this.#abandon();
    return this.#abandoning;
  }

  async #abandon(): Promise<void> {
    this.#closed = true;
    this.#syncTimer?.dispose();
    this.#retryTimer?.dispose();
    this.#onDidChangeFailing.dispose();
    // A descriptor must not be closed under a running sync: its number may be another file's by then.
    await this.#syncing?.catch(() => undefined);
    const { fs, fd, file, logger } = this.#deps;
    if (!this.#held.empty) {
      logger.error(`${basename(file)}: ${this.#held.size} entries could not be written`);
    }
    try {
      await fs.close(fd);
    } catch (error) {
      logger.warn(`closing ${basename(file)}: ${String(error)}`);
    }
    await this.#deps.onClosed();
  }

  async #close(): Promise<void> {
    // What is appended while a sync runs is synced by the next.
    while (!this.#closed && !this.#saved) await this.sync();
    await this.abandon();
  }

  /** Whether everything appended is on stable storage. */
  get #saved(): boolean {
    return this.#held.empty && this.#synced === this.#written;
  }

  /** Writes one whole line; `false` leaves it to be written again. */
  #write(change: TranscriptChange): boolean {
    const line = formatLine(change);
    // A short write is tried once more at once: the second answer says why.
    return this.#writeLine(line) || (this.#torn && this.#writeLine(line));
  }

  #writeLine(line: Buffer): boolean {
    const { fs, fd, clock } = this.#deps;
    this.#lastTry = clock.monotonic();
    const lead = this.#torn ? 1 : 0;
    let count: number;
    try {
      count = fs.writeSync(fd, lead === 0 ? line : Buffer.concat([Buffer.of(lineFeed), line]));
    } catch (error) {
      this.#failure = error;
      return false;
    }
    const missing = line.length + lead - count;
    if (count > 0) this.#torn = missing > 0 && missing < line.length;
    // All but its line feed is a whole line: writing it again would double it.
    if (missing > 1) {
      this.#failure = Object.assign(new Error('a write was cut short'), { code: 'ENOSPC' });
      return false;
    }
    this.#written++;
    return true;
  }

  /** Writes what is held, in order, as far as the disk takes it. */
  #drain(): void {
    for (let change = this.#held.first(); change !== undefined; change = this.#held.first()) {
      if (!this.#write(change)) return;
      this.#held.written(change);
      this.#syncSoon();
    }
  }

  #syncSoon(): void {
    if (this.#syncTimer !== undefined || this.#suspect || this.#closed) return;
    this.#syncTimer = this.#deps.clock.after(syncAfterMs, () => {
      this.#syncTimer = undefined;
      // A failure is kept: `failing` says so, and the retry goes on.
      this.#flush().catch(() => undefined);
    });
  }

  /** Resolves when everything written before the call is on stable storage. */
  async #flush(): Promise<void> {
    const target = this.#written;
    while (this.#synced < target) {
      this.#syncing ??= this.#syncOnce().finally(() => {
        this.#syncing = undefined;
      });
      await this.#syncing;
    }
  }

  async #syncOnce(): Promise<void> {
    const { fs, fd } = this.#deps;
    const mark = this.#written;
    this.#syncTimer?.dispose();
    this.#syncTimer = undefined;
    try {
      const { size } = await fs.fstat(fd);
      if (this.#suspect) await this.#writeAgain(size);
      await fs.fdatasync(fd);
      this.#synced = mark;
      this.#syncedBytes = size;
      this.#suspect = false;
    } catch (error) {
      this.#failure = error;
      this.#suspect = true;
      throw this.#error();
    } finally {
      this.#update();
    }
    if (this.#synced < this.#written) this.#syncSoon();
  }

  /**
   * After a failed sync the system may hold the bytes for written and sync successfully without
   * them. Writing the same bytes in the same place makes it try again.
   */
  async #writeAgain(size: number): Promise<void> {
    const { fs, fd, file } = this.#deps;
    // Another descriptor: on one that appends, a position is ignored.
    const target = await fs.open(file, 'r+');
    try {
      const chunk = Buffer.allocUnsafe(sliceBytes);
      for (let at = this.#syncedBytes; at < size;) {
        const count = await fs.read(fd, chunk, Math.min(chunk.length, size - at), at);
        if (count === 0) break;
        await writeAll(fs, target, chunk.subarray(0, count), at);
        at += count;
      }
      await fs.fdatasync(target);
    } finally {
      await fs.close(target);
    }
  }

  /** Brings `failing` and the retry in line with what is held. */
  #update(): void {
    const failing = !this.#held.empty || this.#suspect;
    if (!failing) {
      this.#retryMs = firstRetryMs;
      this.#retryTimer?.dispose();
      this.#retryTimer = undefined;
    } else if (this.#retryTimer === undefined && !this.#closed) {
      this.#retryTimer = this.#deps.clock.after(this.#retryMs, () => {
        this.#retryTimer = undefined;
        this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
        // The next retry is set by what this one finds.
        this.sync().catch(() => undefined);
      });
    }
    if (failing === this.#failing) return;
    this.#failing = failing;
    const { logger } = this.#deps;
    if (failing) logger.error(this.#error().message);
    else logger.info(`${basename(this.#deps.file)} is written again`);
    this.#onDidChangeFailing.fire(failing);
    if (!failing && this.#closeLater) this.#closeNow();
  }

  #closeNow(): void {
    this.#closeLater = false;
    // When it fails again, it is tried again the next time that nothing fails.
    this.close().catch(() => undefined);
  }

  #error(): SessionError {
    const { file, sessionId } = this.#deps;
    return storageFailed('write', file, this.#failure, sessionId);
  }
}
