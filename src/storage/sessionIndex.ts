// The list's cache: what each head says, kept in one file that is checked against the folder and can be thrown away.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { stamp, type Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import type { SessionState } from '../session/state.ts';
import { createFile, fileMode, removeQuietly, renameFile } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { scanLines } from './lineScan.ts';
import { isMissing } from './storageErrors.ts';

/** What a head said when it had this fingerprint. */
export interface IndexedHead {
  readonly fingerprint: string;
  readonly savedAt: string;
  readonly state: SessionState;
}

/** What the index needs. */
export interface SessionIndexDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly file: string;
  readonly temporaryName: () => string;
}

/** Changes when a line means something else than before: lines of another form are not read. */
const indexForm = 1;

/** So many heads at once are not appended: the file is written anew, which does not hold up the event loop. */
const manyHeads = 256;

/** Longest time that lines are made in one turn of the event loop, in milliseconds. */
const turnMs = 5;

/** Lines beyond this many per session are history: the file is written anew. */
const linesPerSession = 2;
const spareLines = 64;

/** Facts that all sessions of an agent share and that make most of a head; stored once. */
const sharedFacts = ['commands', 'modes', 'configOptions'] as const;
const shareFromLength = 256;

/** A head in the index; the last line of a session wins. */
export type IndexEntry = readonly [sessionId: string, head: IndexedHead];

/**
 * The cache. One line per saved head and per value that many heads share. Every line carries a
 * checksum of itself: a line that passes is exactly what a Roost wrote after it had checked the head,
 * so ten thousand heads need not be checked again. Nothing is kept in memory between two lists, and
 * a failure to write is only logged.
 */
export class SessionIndex {
  readonly #deps: SessionIndexDeps;
  /** Hashes of the shared values that the file has. */
  readonly #shared = new Set<string>();
  readonly #hashes = new WeakMap<object, string>();
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: SessionIndexDeps) {
    this.#deps = deps;
  }

  /** The heads in the file, read in slices. What cannot be read is left out. */
  async read(): Promise<ReadonlyMap<string, IndexedHead>> {
    const heads = new Map<string, IndexedHead>();
    try {
      await this.#read(heads);
    } catch (error) {
      if (!isMissing(error)) this.#deps.logger.warn(`the list's cache: ${String(error)}`);
    }
    return heads;
  }

  /** Adds a head that has just been written. */
  remember(entry: IndexEntry): Promise<void> {
    return this.#inTurn(() => this.#append(this.#linesOf(entry)));
  }

  /**
   * Takes what a list has found: heads that were not in the file are added; the file is written anew
   * when that are many, or when most of it is history.
   */
  update(all: readonly IndexEntry[], added: readonly IndexEntry[]): Promise<void> {
    const lines = this.#lines + added.length;
    const anew = added.length >= manyHeads || lines > all.length * linesPerSession + spareLines;
    if (!anew && added.length === 0) return Promise.resolve();
    return this.#inTurn(() =>
      anew ? this.#rewrite(all) : this.#append(added.flatMap((entry) => this.#linesOf(entry))),
    );
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
    const shared = new Map<string, unknown>();
    let lines = 0;
    const fd = await fs.open(file, 'r');
    try {
      const { size } = await fs.fstat(fd);
      await scanLines(fs, { fd, from: 0, to: size }, (line) => {
        lines++;
        const record = parseRecord(line);
        if (record === undefined) return;
        if (record.kind === 'shared') this.#readShared(record, shared);
        else readHeadRecord(record, shared, heads);
      });
    } finally {
      await fs.close(fd);
    }
    this.#lines = lines;
    this.#shared.clear();
    for (const hash of shared.keys()) this.#shared.add(hash);
  }

  #readShared({ hash, value }: SharedRecord, shared: Map<string, unknown>): void {
    // Many states will hold this one value.
    shared.set(hash, Object.freeze(value));
    if (typeof value === 'object' && value !== null) this.#hashes.set(value, hash);
  }

  #linesOf([sessionId, { fingerprint, savedAt, state }]: IndexEntry): Buffer[] {
    const lines: Buffer[] = [];
    const shared: SharedHashes = {};
    for (const name of sharedFacts) {
      const value = state.facts?.[name];
      const hash = value === undefined ? undefined : this.#hashOf(value);
      if (hash === undefined) continue;
      shared[name] = hash;
      if (this.#shared.has(hash)) continue;
      this.#shared.add(hash);
      lines.push(formatRecord({ form: indexForm, kind: 'shared', hash, value }));
    }
    const facts = Object.fromEntries(
      Object.entries(state.facts ?? {}).filter(([name]) => !Object.hasOwn(shared, name)),
    );
    // What is missing from the facts is named in `shared` and put back by readHeadRecord.
    const rest = state.facts === undefined ? state : ({ ...state, facts } as SessionState);
    const head = { sessionId, fingerprint, savedAt, state: rest, shared };
    lines.push(formatRecord({ form: indexForm, kind: 'head', ...head }));
    return lines;
  }

  /** Names a value by what is in it; `undefined` for one too small to be worth it. */
  #hashOf(value: object): string | undefined {
    const known = this.#hashes.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    if (text.length < shareFromLength) return undefined;
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
    this.#hashes.set(value, hash);
    return hash;
  }

  async #append(lines: readonly Buffer[]): Promise<void> {
    if (lines.length === 0) return;
    const { fs, file } = this.#deps;
    const fd = await fs.open(file, 'a', fileMode);
    try {
      await fs.fchmod(fd, fileMode);
      // One write of whole lines: other windows append to the same file. Cut short, it is only a cache.
      fs.writeSync(fd, Buffer.concat(lines));
      this.#lines += lines.length;
    } finally {
      await fs.close(fd);
    }
  }

  async #rewrite(all: readonly IndexEntry[]): Promise<void> {
    const { fs, clock, file, logger } = this.#deps;
    const temporary = `${file}.${this.#deps.temporaryName()}.tmp`;
    this.#shared.clear();
    const lines: Buffer[] = [];
    let turn = clock.monotonic();
    for (const entry of all) {
      lines.push(...this.#linesOf(entry));
      if (clock.monotonic() - turn < turnMs) continue;
      await nextTurn();
      turn = clock.monotonic();
    }
    try {
      await createFile(fs, temporary, Buffer.concat(lines));
      await renameFile({ fs, clock }, temporary, file);
    } catch (error) {
      await removeQuietly(fs, temporary);
      throw error;
    }
    this.#lines = lines.length;
    logger.debug(`the list's cache was written anew at ${stamp(clock)}: ${lines.length} lines`);
  }
}

/** Hash of each shared value that was taken out of a state's facts. */
type SharedHashes = Record<string, string>;

interface SharedRecord {
  readonly form: typeof indexForm;
  readonly kind: 'shared';
  readonly hash: string;
  readonly value: unknown;
}

interface HeadRecord extends IndexedHead {
  readonly form: typeof indexForm;
  readonly kind: 'head';
  readonly sessionId: string;
  readonly shared: SharedHashes;
}

/** Adds a line's head, with the shared values in their places; a line whose values are lost says nothing. */
function readHeadRecord(
  { sessionId, fingerprint, savedAt, state, shared: hashes }: HeadRecord,
  shared: ReadonlyMap<string, unknown>,
  heads: Map<string, IndexedHead>,
): void {
  if (state.facts !== undefined) {
    // The values put in are those that were taken out, found by their hash.
    const facts = state.facts as Record<string, unknown>;
    for (const [name, hash] of Object.entries(hashes)) {
      if (!shared.has(hash)) {
        heads.delete(sessionId);
        return;
      }
      facts[name] = shared.get(hash);
    }
  }
  heads.set(sessionId, { fingerprint, savedAt, state });
}

const sumStart = '{"sum":"';
const restStart = sumStart.length + 10;

/** A record as a line of JSON whose first field is the checksum of the text behind it. */
function formatRecord(record: SharedRecord | HeadRecord): Buffer {
  const rest = JSON.stringify(record).slice(1);
  const sum = crc32(rest).toString(16).padStart(8, '0');
  return Buffer.from(`${sumStart}${sum}",${rest}\n`);
}

/** The record of a line whose checksum is right. */
function parseRecord(line: Buffer): SharedRecord | HeadRecord | undefined {
  if (line.length <= restStart) return undefined;
  const sum = Number.parseInt(line.toString('latin1', sumStart.length, restStart - 2), 16);
  if (crc32(line.subarray(restStart)) !== sum) return undefined;
  // The checksum says that formatRecord wrote this, so it has that type, in some form.
  const record = JSON.parse(line.toString('utf8')) as SharedRecord | HeadRecord;
  return (record.form as number) === indexForm ? record : undefined;
}
