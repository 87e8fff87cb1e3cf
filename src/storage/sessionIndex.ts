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

/**
 * The cache. One line per saved head and per shared value, the last one of a session wins. Every
 * line carries a checksum of itself: a line that passes is exactly what a Roost wrote after it had
 * checked the head, so ten thousand heads need not be checked again. A failure to write is only logged.
 */
export class SessionIndex {
  readonly #deps: SessionIndexDeps;
  readonly #heads = new Map<string, IndexedHead>();
  /** Shared values by hash; those that the file has. */
  readonly #shared = new Map<string, unknown>();
  readonly #hashes = new WeakMap<object, string>();
  #lines = 0;
  #loaded: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: SessionIndexDeps) {
    this.#deps = deps;
  }

  /** Reads the file once, in slices. What cannot be read is left out. */
  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#deps.logger.warn(`the list's cache is not read: ${String(error)}`);
    });
    return this.#loaded;
  }

  /** What is known of a head, if it still has this fingerprint. */
  get(sessionId: string, fingerprint: string): IndexedHead | undefined {
    const known = this.#heads.get(sessionId);
    return known?.fingerprint === fingerprint ? known : undefined;
  }

  /** Remembers heads that have just been read or written, here and in the file. */
  remember(heads: readonly (readonly [sessionId: string, head: IndexedHead])[]): Promise<void> {
    for (const [sessionId, head] of heads) this.#heads.set(sessionId, head);
    return this.#inTurn(async () => {
      if (heads.length >= manyHeads) await this.#rewrite();
      else await this.#append(heads.flatMap(([id, head]) => this.#linesOf(id, head)));
    });
  }

  /** Forgets all other sessions, and writes the file anew when most of it is history. */
  tidy(sessionIds: { has(sessionId: string): boolean }): Promise<void> {
    for (const sessionId of this.#heads.keys()) {
      if (!sessionIds.has(sessionId)) this.#heads.delete(sessionId);
    }
    return this.#inTurn(async () => {
      if (this.#lines > this.#heads.size * linesPerSession + spareLines) await this.#rewrite();
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

  async #load(): Promise<void> {
    const { fs, file } = this.#deps;
    let fd: number;
    try {
      fd = await fs.open(file, 'r');
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    const found = new Map<string, IndexedHead>();
    try {
      const { size } = await fs.fstat(fd);
      await scanLines(fs, { fd, from: 0, to: size }, (line) => {
        this.#lines++;
        this.#readLine(line, found);
      });
    } finally {
      await fs.close(fd);
    }
    for (const [sessionId, head] of found) {
      // A head saved in this process meanwhile is newer than any line.
      if (!this.#heads.has(sessionId)) this.#heads.set(sessionId, head);
    }
  }

  #readLine(line: Buffer, found: Map<string, IndexedHead>): void {
    const record = parseRecord(line);
    if (record === undefined) return;
    if (record.kind === 'shared') {
      // Many states will hold this one value.
      this.#shared.set(record.hash, Object.freeze(record.value));
      if (isObject(record.value)) this.#hashes.set(record.value, record.hash);
      return;
    }
    const { sessionId, fingerprint, savedAt } = record;
    const state = this.#withShared(record.state, record.shared);
    if (state === undefined) found.delete(sessionId);
    else found.set(sessionId, { fingerprint, savedAt, state });
  }

  #withShared(state: SessionState, shared: SharedHashes): SessionState | undefined {
    if (state.facts === undefined) return state;
    const facts: Record<string, unknown> = { ...state.facts };
    for (const [name, hash] of Object.entries(shared)) {
      const value = this.#shared.get(hash);
      if (value === undefined) return undefined;
      facts[name] = value;
    }
    // The values put back are those that were taken out, found by their hash.
    return { ...state, facts: facts as SessionState['facts'] };
  }

  #linesOf(sessionId: string, { fingerprint, savedAt, state }: IndexedHead): Buffer[] {
    const lines: Buffer[] = [];
    const shared: SharedHashes = {};
    for (const name of sharedFacts) {
      const value = state.facts?.[name];
      const hash = value === undefined ? undefined : this.#hashOf(value);
      if (hash === undefined) continue;
      shared[name] = hash;
      if (this.#shared.has(hash)) continue;
      this.#shared.set(hash, value);
      lines.push(formatRecord({ form: indexForm, kind: 'shared', hash, value }));
    }
    const facts = Object.fromEntries(
      Object.entries(state.facts ?? {}).filter(([name]) => !Object.hasOwn(shared, name)),
    );
    // What is missing from the facts is named in `shared` and put back by withShared.
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

  async #rewrite(): Promise<void> {
    const { fs, clock, file, logger } = this.#deps;
    const temporary = `${file}.${this.#deps.temporaryName()}.tmp`;
    this.#shared.clear();
    const lines: Buffer[] = [];
    let turn = clock.monotonic();
    for (const [sessionId, head] of this.#heads) {
      lines.push(...this.#linesOf(sessionId, head));
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

type IndexRecord = { readonly form: typeof indexForm } & (
  | { readonly kind: 'shared'; readonly hash: string; readonly value: unknown }
  | ({
      readonly kind: 'head';
      readonly sessionId: string;
      readonly shared: SharedHashes;
    } & IndexedHead)
);

const sumStart = '{"sum":"';
const restStart = sumStart.length + 10;

/** A record as a line of JSON whose first field is the checksum of the text behind it. */
function formatRecord(record: IndexRecord): Buffer {
  const rest = JSON.stringify(record).slice(1);
  const sum = crc32(rest).toString(16).padStart(8, '0');
  return Buffer.from(`${sumStart}${sum}",${rest}\n`);
}

/** The record of a line whose checksum is right. */
function parseRecord(line: Buffer): IndexRecord | undefined {
  if (line.length <= restStart) return undefined;
  const rest = line.subarray(restStart);
  const sum = Number.parseInt(line.toString('latin1', sumStart.length, restStart - 2), 16);
  if (crc32(rest) !== sum) return undefined;
  // The checksum says that formatRecord wrote this, so it has that type, in some form.
  const record = JSON.parse(`{${rest.toString('utf8')}`) as IndexRecord;
  return (record.form as number) === indexForm ? record : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
