// A whole session as one JSON document for export and import: its head's fields, and its transcript as `transcript`.
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SessionError } from '../session/errors.ts';
import { transcriptEntrySchema, type TranscriptEntry } from '../session/transcript.ts';
import type { FileSystem } from './fileSystem.ts';
import { parseHead, type Head } from './headFormat.ts';
import { scanLines, sliceBytes } from './lineScan.ts';

/** A document that somebody's program laid out anew must be parsed in one go: a larger one is refused. */
const maxOneGoBytes = 32 * 1024 * 1024;

const transcriptStart = '  "transcript": [';
const transcriptEnd = '  ]';
const entryIndent = '    ';

/**
 * The document's text, in pieces: the head's fields for people to read, then one entry a line, so that
 * it can be read again line by line.
 */
export async function* formatDocument(
  head: Head,
  entries: readonly TranscriptEntry[],
): AsyncGenerator<string, void, undefined> {
  const { transcript: _ours, ...fields } = head;
  const text = JSON.stringify(fields, null, 2);
  // Without the line that ends the object.
  let piece = `${text.slice(0, text.lastIndexOf('\n'))},\n${transcriptStart}`;
  for (const [index, entry] of entries.entries()) {
    piece += `${index === 0 ? '' : ','}\n${entryIndent}${JSON.stringify(entry)}`;
    if (piece.length < sliceBytes) continue;
    yield piece;
    piece = '';
    await nextTurn();
  }
  yield `${piece}\n${transcriptEnd}\n}\n`;
}

/** What a document holds. */
export interface SessionDocument {
  readonly head: Head;
  readonly entries: readonly TranscriptEntry[];
}

/**
 * Reads a document, in slices where it has the form of {@link formatDocument}. An entry that is none is
 * kept as a notice that holds it.
 * @throws SessionError `storageDamaged`, `storageNewer`; rejects with the system's error when the file cannot be read
 */
export async function readDocument(fs: FileSystem, file: string): Promise<SessionDocument> {
  const fd = await fs.open(file, 'r');
  try {
    const { size } = fs.fstatSync(fd);
    return (await readLines(fs, file, fd, size)) ?? (await readInOneGo(fs, file, size));
  } finally {
    await fs.close(fd);
  }
}

/** `undefined` when the document is not laid out line by line. */
async function readLines(
  fs: FileSystem,
  file: string,
  fd: number,
  size: number,
): Promise<SessionDocument | undefined> {
  const layout = new LaidOut(file);
  await scanLines(fs, { fd, from: 0, to: size }, (line) => {
    layout.take(line.toString('utf8'));
  });
  return layout.document();
}

/** Takes a document line by line for as long as it has the form that {@link formatDocument} gives it. */
class LaidOut {
  readonly #file: string;
  readonly #head: string[] = [];
  readonly #entries: EntryList;
  #headLength = 0;
  #part: 'head' | 'entries' | 'end' | 'other' = 'head';

  constructor(file: string) {
    this.#file = file;
    this.#entries = new EntryList(file);
  }

  take(line: string): void {
    switch (this.#part) {
      case 'head':
        if (line === transcriptStart) this.#part = 'entries';
        else this.#takeHead(line);
        return;
      case 'entries':
        if (line === transcriptEnd) this.#part = 'end';
        else this.#takeEntry(line);
        return;
      case 'end':
        if (line !== '}' && line !== '') this.#part = 'other';
        return;
      case 'other':
        return;
    }
  }

  /** What has been taken; `undefined` when it had another form. */
  document(): SessionDocument | undefined {
    if (this.#part !== 'end') return undefined;
    const head = parseJson(`${this.#head.join('\n').replace(/,\s*$/, '')}\n}`);
    if (head === undefined) return undefined;
    return { head: headOf(this.#file, head.value), entries: this.#entries.entries() };
  }

  #takeHead(line: string): void {
    this.#head.push(line);
    this.#headLength += line.length;
    // A head is small: what goes on like this has another form.
    if (this.#headLength > 4 * sliceBytes) this.#part = 'other';
  }

  #takeEntry(line: string): void {
    const parsed = parseJson(line.endsWith(',') ? line.slice(0, -1) : line);
    if (parsed === undefined) this.#part = 'other';
    else this.#entries.add(parsed.value);
  }
}

async function readInOneGo(fs: FileSystem, file: string, size: number): Promise<SessionDocument> {
  if (size > maxOneGoBytes) throw notADocument(file, 'is too large, or damaged');
  const raw = parseJson((await fs.readFile(file)).toString('utf8'));
  if (raw === undefined) throw notADocument(file, 'is not valid JSON');
  const { value } = raw;
  const transcript = isRecord(value) ? value['transcript'] : undefined;
  if (!isRecord(value) || !Array.isArray(transcript)) {
    throw notADocument(file, 'is not an exported session');
  }
  const { transcript: _entries, ...head } = value;
  const entries = new EntryList(file);
  for (const entry of transcript) entries.add(entry);
  return { head: headOf(file, head), entries: entries.entries() };
}

function headOf(file: string, raw: unknown): Head {
  const sessionId = isRecord(raw) ? raw['session_id'] : undefined;
  if (typeof sessionId !== 'string') throw notADocument(file, 'is not an exported session');
  const parsed = parseHead(JSON.stringify(raw), sessionId);
  if (parsed.kind === 'damaged') throw notADocument(file, parsed.reason);
  if (parsed.newer) {
    throw new SessionError('storageNewer', `${basename(file)} was exported by a newer Roost.`, {
      hint: 'Update Roost to import it.',
      details: { file },
    });
  }
  return parsed.head;
}

/** Entries in order; ids stay unique, as later lines of a transcript would replace earlier ones. */
class EntryList {
  readonly #file: string;
  readonly #entries = new Map<string, TranscriptEntry>();

  constructor(file: string) {
    this.#file = file;
  }

  add(raw: unknown): void {
    const parsed = transcriptEntrySchema().safeParse(raw);
    const entry = parsed.success ? parsed.data : unreadable(raw, this.#file, this.#entries.size);
    this.#entries.set(entry.id, entry);
  }

  entries(): readonly TranscriptEntry[] {
    return [...this.#entries.values()];
  }
}

function unreadable(raw: unknown, file: string, index: number): TranscriptEntry {
  return {
    id: `unreadable-${index}`,
    at: new Date(0).toISOString(),
    type: 'notice',
    code: 'unreadableEntry',
    text: `${basename(file)} has an entry here that cannot be shown.`,
    data: raw,
  };
}

function notADocument(file: string, reason: string): SessionError {
  return new SessionError('storageDamaged', `${basename(file)} ${reason}.`, {
    hint: 'Choose a file that "Roost: Export Session" has written as JSON.',
    details: { file },
  });
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
