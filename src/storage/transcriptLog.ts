// A transcript open for appending: every change is on its way to the disk before the call returns, and synced within a second.
import { basename } from 'node:path';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import { Emitter, type Disposable, type Event } from '../session/event.ts';
import type { TranscriptLog } from '../session/storePort.ts';
import type { TranscriptChange } from '../session/transcript.ts';
import { HeldChanges } from './heldChanges.ts';
import { LineFile, type LineFileDeps } from './lineFile.ts';
import { storageFailed } from './storageErrors.ts';
import { formatLine } from './transcriptLines.ts';

/** A power cut takes at most what was said in this time; a shorter one costs a sync per session and change. */
const syncAfterMs = 1000;

const firstRetryMs = 250;
const lastRetryMs = 5000;

/** What an open transcript works with. */
export interface TranscriptLogDeps extends LineFileDeps {
  readonly clock: Clock;
  readonly sessionId: string;
  /** Called once, when the log has closed. */
  readonly onClosed: () => Promise<void>;
}

/** Appends to one transcript file. The only writer of that file: see the owner file. */
export class FileTranscriptLog implements TranscriptLog {
  readonly #deps: TranscriptLogDeps;
  readonly #file: LineFile;
  readonly #held = new HeldChanges();
  readonly #onDidChangeFailing: Emitter<boolean>;
  #failing = false;
  #syncTimer: Disposable | undefined;
  #retryTimer: Disposable | undefined;
  #retryMs = firstRetryMs;
  #lastTry = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  #abandoning: Promise<void> | undefined;
  /** A close has failed; it is done when nothing fails any more. */
  #closeLater = false;

  private constructor(deps: TranscriptLogDeps, file: LineFile) {
    this.#deps = deps;
    this.#file = file;
    this.#onDidChangeFailing = new Emitter((error) => {
      deps.logger.error('a listener of a transcript failed', error);
    });
  }

  /** Opens the file. Rejects with the system's error. */
  static async open(deps: TranscriptLogDeps): Promise<FileTranscriptLog> {
    return new FileTranscriptLog(deps, await LineFile.open(deps));
  }

  get failing(): boolean {
    return this.#failing;
  }

  get failure(): SessionError | undefined {
    return this.#failing ? this.#error() : undefined;
  }

  get onDidChangeFailing(): Event<boolean> {
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
    if (this.#closed) return;
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
    if (this.#abandoning !== undefined) return this.#abandoning;
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
    const { file, logger, onClosed } = this.#deps;
    this.#closed = true;
    this.#syncTimer?.dispose();
    this.#retryTimer?.dispose();
    this.#onDidChangeFailing.dispose();
    if (!this.#held.empty) {
      logger.error(`${basename(file)}: ${this.#held.size} entries could not be written`);
    }
    try {
      await this.#file.close();
    } catch (error) {
      logger.warn(`closing ${basename(file)}: ${String(error)}`);
    }
    await onClosed();
  }

  async #close(): Promise<void> {
    // What is appended while a sync runs is synced by the next.
    do await this.sync();
    while (!this.#closed && (!this.#held.empty || this.#file.dirty));
    await this.abandon();
  }

  #write(change: TranscriptChange): boolean {
    this.#lastTry = this.#deps.clock.monotonic();
    return this.#file.write(formatLine(change));
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
    // After a failed sync the next one comes with the retry.
    if (this.#syncTimer !== undefined || this.#file.suspect || this.#closed) return;
    this.#syncTimer = this.#deps.clock.after(syncAfterMs, () => {
      // A failure is kept: `failing` says so, and the retry goes on.
      this.#flush().catch(() => undefined);
    });
  }

  /** Resolves when everything written before the call is on stable storage. */
  async #flush(): Promise<void> {
    this.#syncTimer?.dispose();
    this.#syncTimer = undefined;
    try {
      await this.#file.flush();
    } catch (error) {
      throw this.#error(error);
    } finally {
      this.#update();
    }
    // Written meanwhile, perhaps while a failed sync kept the timer from being set.
    if (this.#file.dirty) this.#syncSoon();
  }

  /** Brings `failing` and the retry in line with what is held. */
  #update(): void {
    if (this.#closed) return;
    const failing = !this.#held.empty || this.#file.suspect;
    if (!failing) {
      this.#retryMs = firstRetryMs;
      this.#retryTimer?.dispose();
      this.#retryTimer = undefined;
    } else {
      this.#retryTimer ??= this.#deps.clock.after(this.#retryMs, () => {
        this.#retryTimer = undefined;
        this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
        // The next retry is set by what this one finds.
        this.sync().catch(() => undefined);
      });
    }
    if (failing === this.#failing) return;
    this.#failing = failing;
    const { file, logger } = this.#deps;
    if (failing) logger.error(this.#error().message);
    else logger.info(`${basename(file)} is written again`);
    this.#onDidChangeFailing.fire(failing);
    if (!failing && this.#closeLater) {
      this.#closeLater = false;
      // When it fails again, it is tried again the next time that nothing fails.
      this.close().catch(() => undefined);
    }
  }

  #error(cause = this.#file.failure): SessionError {
    const { file, sessionId } = this.#deps;
    return storageFailed('write', file, cause, sessionId);
  }
}
