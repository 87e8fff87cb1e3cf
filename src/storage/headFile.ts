// A session's head on disk: replaced atomically, the last good one kept, one writer per session at a time.
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../session/clock.ts';
import { stamp } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import type { Logger } from '../session/ports.ts';
import { sessionStateSchema, type SessionState } from '../session/state.ts';
import {
  createFile,
  fingerprintOf,
  isUnchanged,
  readIfThere,
  removeIfThere,
  removeQuietly,
  renameFile,
  syncFolder,
  type Fingerprint,
} from './files.ts';
import type { FileFacts, FileSystem } from './fileSystem.ts';
import {
  formatHead,
  maxHeadBytes,
  parseHead,
  tooLargeHead,
  type Head,
  type ParsedHead,
} from './headFormat.ts';
import type { SessionPaths } from './sessionFiles.ts';
import { isTaken, storageFailed } from './storageErrors.ts';

/** What reading and writing heads needs. */
export interface HeadDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A name no other process uses for its temporary files. */
  readonly temporaryName: () => string;
  /** Called before each write: makes the folder, and throws when the session is not ours to write. */
  readonly prepare: (sessionId: string, paths: SessionPaths) => Promise<void>;
}

/** A head as written. */
export interface WrittenHead {
  /** Taken before others can see the file: never that of somebody else's later one. */
  readonly fingerprint: Fingerprint;
  readonly bytes: number;
  readonly savedAt: string;
  /** As it is in the file: a copy, with what was carried over from the head before. */
  readonly state: SessionState;
}

/**
 * The head in a file; `undefined` when there is none. Rejects only when the file cannot be read.
 * @param facts the file's, for callers that have looked already
 */
export async function readHead(
  fs: FileSystem,
  file: string,
  sessionId: string,
  facts: Pick<FileFacts, 'size'> | undefined = fs.statSync(file),
): Promise<ParsedHead | undefined> {
  if (facts === undefined) return undefined;
  if (facts.size > maxHeadBytes) return tooLargeHead(facts.size);
  const bytes = await readIfThere(fs, file);
  return bytes === undefined ? undefined : parseHead(bytes.toString('utf8'), sessionId);
}

/**
 * Replaces one session's head. Saves of one turn of the event loop, and those that wait for a running one,
 * become a single write of the newest state.
 *
 * Not write-file-atomic: it does not sync the folder after the rename (a power cut then takes the
 * last save back), knows no backup, and was measured to be slower by half than these few calls.
 */
export class HeadWriter {
  readonly #deps: HeadDeps;
  readonly #sessionId: string;
  readonly #paths: SessionPaths;
  #running: Promise<void> | undefined;
  #waiting: { state: SessionState; readonly done: PromiseWithResolvers<WrittenHead> } | undefined;
  /** What was written last: as long as the file is still that one, it need not be read before the next. */
  #last: { readonly fingerprint: Fingerprint; readonly head: Head } | undefined;

  constructor(deps: HeadDeps, sessionId: string, paths: SessionPaths) {
    this.#deps = deps;
    this.#sessionId = sessionId;
    this.#paths = paths;
  }

  /** Whether nothing is being written or waits to be. */
  get idle(): boolean {
    return this.#running === undefined;
  }

  /**
   * Resolves when this state, or a newer one saved meanwhile, is on stable storage.
   * @throws SessionError `storageFailed`, `sessionReadOnly`, `storageNewer`, `invalidArgument`
   */
  save(state: SessionState): Promise<WrittenHead> {
    if (this.#waiting === undefined) {
      this.#waiting = { state, done: Promise.withResolvers() };
    } else {
      this.#waiting.state = state;
    }
    const { promise } = this.#waiting.done;
    this.#running ??= this.#run();
    return promise;
  }

  /** Resolves when what has been asked so far has been written or has failed. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What happens in one turn of the event loop is one write, and what else begins in it (an agent's start
    // above all) begins first.
    await nextTurn();
    for (;;) {
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next === undefined) break;
      try {
        next.done.resolve(await this.#write(next.state));
      } catch (error) {
        next.done.reject(error);
      }
    }
    this.#running = undefined;
  }

  async #write(state: SessionState): Promise<WrittenHead> {
    const { fs, clock } = this.#deps;
    const { head } = this.#paths;
    // An unreadable state on disk would cost the session; a bug is better found here.
    const checked = sessionStateSchema.safeParse(state);
    if (!checked.success) {
      throw new SessionError('internal', `The state to save is not one: ${checked.error.message}`, {
        sessionId: this.#sessionId,
      });
    }
    try {
      // Each is a few trips to the disk, and whoever waits for a status waits for this.
      const [before] = await Promise.all([
        this.#before(head),
        this.#deps.prepare(this.#sessionId, this.#paths),
      ]);
      if (before?.newer === true) throw writtenByNewer(this.#sessionId, head);
      const onDisk: Head | undefined = before?.kind === 'whole' ? before.head : undefined;
      const savedAt = stamp(clock);
      const text = this.#format(state, savedAt, onDisk);
      const facts = await this.#replace(head, text, before);
      await syncFolder(fs, dirname(head));
      const fingerprint = fingerprintOf(facts);
      // Our own text, checked above: it has a head's type.
      const written = JSON.parse(text.toString('utf8')) as Head;
      this.#last = { fingerprint, head: written };
      return { fingerprint, bytes: facts.size, savedAt, state: written.state };
    } catch (error) {
      if (error instanceof SessionError) throw error;
      throw storageFailed('save', head, error, this.#sessionId);
    }
  }

  /** Puts the new head in place of the one before, which is kept. */
  async #replace(head: string, text: Buffer, before: ParsedHead | undefined): Promise<FileFacts> {
    const { fs } = this.#deps;
    const temporary = `${head}.${this.#deps.temporaryName()}.tmp`;
    // Another name for the head before is made while the new one is written: nobody waits for that twice.
    const second = before?.kind === 'whole' ? this.#nameAgain(head) : undefined;
    try {
      const facts = await createFile(fs, temporary, text);
      if (second !== undefined) await this.#keep(await second, this.#paths.backup);
      if (before?.kind === 'damaged') await this.#keepDamaged(head);
      await renameFile(this.#deps, temporary, head);
      return facts;
    } catch (error) {
      await removeQuietly(fs, temporary);
      const name = await second;
      if (name !== undefined) await removeQuietly(fs, name);
      throw error;
    }
  }

  /** The head that is in the file. */
  async #before(file: string): Promise<ParsedHead | undefined> {
    const { fs } = this.#deps;
    const facts = fs.statSync(file);
    if (
      facts !== undefined &&
      this.#last !== undefined &&
      isUnchanged(facts, this.#last.fingerprint)
    ) {
      return { kind: 'whole', head: this.#last.head, newer: false };
    }
    return readHead(fs, file, this.#sessionId, facts);
  }

  /** The head's bytes, never more than can be read again. */
  #format(state: SessionState, savedAt: string, onDisk: Head | undefined): Buffer {
    const sessionId = this.#sessionId;
    const whole = Buffer.from(formatHead({ sessionId, state, savedAt }, onDisk));
    if (whole.length <= maxHeadBytes) return whole;
    // What the agent says about itself it says again when it is started.
    const { facts: _facts, ...rest } = state;
    const small = Buffer.from(formatHead({ sessionId, state: rest, savedAt }, onDisk));
    if (small.length > maxHeadBytes) {
      throw Object.assign(new Error('the head is too large'), { code: 'EFBIG' });
    }
    this.#deps.logger.warn(`${sessionId}: what its agent says about itself is too much to keep`);
    return small;
  }

  /** Gives the head that is about to be replaced a second name; `undefined` where that cannot be. */
  async #nameAgain(head: string): Promise<string | undefined> {
    const { fs } = this.#deps;
    const temporary = `${head}.${this.#deps.temporaryName()}.tmp`;
    try {
      await fs.link(head, temporary).catch(() => fs.copyFile(head, temporary));
      return temporary;
    } catch (error) {
      await removeQuietly(fs, temporary);
      this.#noBackup(error);
      return undefined;
    }
  }

  /** Puts the second name in place of the backup before. */
  async #keep(second: string | undefined, backup: string): Promise<void> {
    if (second === undefined) return;
    const { fs } = this.#deps;
    try {
      await renameFile(this.#deps, second, backup);
      // Renaming one name of a file to another name of the same file does nothing at all.
      if (fs.statSync(second) !== undefined) await removeIfThere(fs, second);
    } catch (error) {
      await removeQuietly(fs, second);
      this.#noBackup(error);
    }
  }

  /** Better the new head without a copy of the old one than no new head. */
  #noBackup(error: unknown): void {
    this.#deps.logger.warn(`no backup of ${basename(this.#paths.head)}: ${String(error)}`);
  }

  /** Keeps a head that cannot be read under another name: someone may still want what is in it. */
  async #keepDamaged(head: string): Promise<void> {
    const { fs, clock, logger } = this.#deps;
    const kept = `${head}.damaged-${stamp(clock).replaceAll(/[-:.]/g, '')}`;
    try {
      await fs.link(head, kept).catch((error: unknown) => {
        if (isTaken(error)) throw error;
        return fs.copyFile(head, kept);
      });
      logger.warn(`${basename(head)} was damaged; it is kept as ${basename(kept)}`);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

/** The error of whoever wants to write what only a newer Roost understands in full. */
export function writtenByNewer(sessionId: string, file: string): SessionError {
  return new SessionError(
    'storageNewer',
    `${basename(file)} was written by a newer Roost, so this one does not change it.`,
    { sessionId, hint: 'Update Roost to continue this session.', details: { file } },
  );
}
