// The index's lines: some heads each, under a checksum, with what many heads have in common written once.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SessionState } from '../session/state.ts';
import type { Fingerprint } from './files.ts';

/** What a head said when it had this fingerprint. */
export interface IndexedHead {
  readonly fingerprint: Fingerprint;
  readonly savedAt: string;
  readonly state: SessionState;
}

/** A head in the index; the last one of a session wins. */
export type IndexEntry = readonly [sessionId: string, head: IndexedHead];

/** Changes when a line means something else than before: lines of another form are not read. */
const indexForm = 2;

/** Facts that all sessions of an agent share and that make most of a head. */
const sharedFacts = ['commands', 'modes', 'configOptions'] as const;
/** A shorter value is not much longer than its name. */
const shareFromLength = 64;

/** A list rather than an object: the names of its fields would be read ten thousand times. */
type HeadRecord = readonly [
  sessionId: string,
  fingerprint: Fingerprint,
  savedAt: string,
  state: SessionState,
];

interface LineRecord {
  readonly form: typeof indexForm;
  /** Shared values by their hash: those that no line before has. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly heads: readonly HeadRecord[];
}

/** What has been read of a file so far. */
export interface IndexContent {
  readonly heads: Map<string, IndexedHead>;
  /** Shared values by their hash. */
  readonly values: Map<string, unknown>;
}

/**
 * The form of one file's lines. A line that passes its checksum is exactly what a Roost wrote after it
 * had checked the heads in it, so ten thousand heads need not be checked again.
 */
export class IndexLines {
  /** Hashes of the shared values that the file has. */
  readonly #written = new Set<string>();
  readonly #hashes = new WeakMap<object, string>();

  /** The file is read, or written, from its start. */
  restart(): void {
    this.#written.clear();
  }

  /** A line for some heads. */
  format(entries: readonly IndexEntry[]): Buffer {
    const values: Record<string, unknown> = {};
    const heads = entries.map(([sessionId, { fingerprint, savedAt, state }]): HeadRecord => {
      return [sessionId, fingerprint, savedAt, this.#share(state, values)];
    });
    return formatRecord({ form: indexForm, values, heads });
  }

  /** Takes what a line says on top of the lines before. One that is damaged says nothing. */
  parse(line: Buffer, { heads, values }: IndexContent): void {
    const record = parseRecord(line);
    if (record === undefined) return;
    for (const [hash, value] of Object.entries(record.values)) {
      // Many states will hold this one value.
      values.set(hash, Object.freeze(value));
      this.#written.add(hash);
      if (typeof value === 'object' && value !== null) this.#hashes.set(value, hash);
    }
    for (const head of record.heads) addHead(head, { heads, values });
  }

  /** The state with hashes in the places of its shared values; those that the file does not have are put into `values`. */
  #share(state: SessionState, values: Record<string, unknown>): SessionState {
    if (state.facts === undefined) return state;
    const facts: Record<string, unknown> = { ...state.facts };
    for (const name of sharedFacts) {
      const value = state.facts[name];
      const hash = this.#hashOf(value);
      if (hash === undefined) continue;
      facts[name] = hash;
      if (this.#written.has(hash)) continue;
      this.#written.add(hash);
      values[hash] = value;
    }
    // Put back by `addHead`: nobody sees a state with hashes in it.
    return { ...state, facts: facts as SessionState['facts'] };
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
}

/** Adds a head with the shared values in their places; one whose values are lost says nothing. */
function addHead(
  [sessionId, fingerprint, savedAt, state]: HeadRecord,
  { heads, values }: IndexContent,
): void {
  // These are lists in a state; where a line has text, that is a hash.
  const facts = state.facts as Record<string, unknown> | undefined;
  for (const name of sharedFacts) {
    const hash = facts?.[name];
    if (facts === undefined || typeof hash !== 'string') continue;
    const value = values.get(hash);
    if (value === undefined) {
      heads.delete(sessionId);
      return;
    }
    facts[name] = value;
  }
  heads.set(sessionId, { fingerprint, savedAt, state });
}

const sumStart = '{"sum":"';
const restStart = sumStart.length + 10;

/** A record as a line of JSON whose first field is the checksum of the text behind it. */
function formatRecord(record: LineRecord): Buffer {
  const rest = JSON.stringify(record).slice(1);
  const sum = crc32(rest).toString(16).padStart(8, '0');
  return Buffer.from(`${sumStart}${sum}",${rest}\n`);
}

/** The record of a line whose checksum is right. */
function parseRecord(line: Buffer): LineRecord | undefined {
  if (line.length <= restStart) return undefined;
  const sum = Number.parseInt(line.toString('latin1', sumStart.length, restStart - 2), 16);
  if (crc32(line.subarray(restStart)) !== sum) return undefined;
  // The checksum says that formatRecord wrote this, so it has that type, in some form.
  const record = JSON.parse(line.toString('utf8')) as LineRecord;
  return (record.form as number) === indexForm ? record : undefined;
}
