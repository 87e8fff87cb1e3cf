// One transcript change as one line of text: writing, reading without trust, and a cheap look at whose line it is.
import { transcriptChangeSchema, type TranscriptChange } from '../session/transcript.ts';

const quote = 0x22;
const backslash = 0x5c;
const closingBrace = 0x7d;
const idStart = Buffer.from('{"id":"');
const typeStart = Buffer.from('","type":"');

/** Types whose lines begin or replace an entry; `append` lines only extend one. */
const wholeTypes = new Set(['user', 'agent', 'thought', 'toolCall', 'plan', 'notice']);

/** The line of a change, with its line feed. `id` and `type` come first, which {@link peekLine} is quick with. */
export function formatLine(change: TranscriptChange): Buffer {
  const { id, type } = change;
  return Buffer.from(`${JSON.stringify({ ...{ id, type }, ...change })}\n`);
}

/** The change a line holds; `undefined` when the line is torn, empty or not a change. */
export function parseLine(line: Buffer): TranscriptChange | undefined {
  if (line.length === 0) return undefined;
  let raw: unknown;
  try {
    raw = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = transcriptChangeSchema().safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}

/** Whose line it is, and whether it only extends its entry. */
export interface LineOwner {
  readonly id: string;
  readonly appends: boolean;
}

/**
 * Whose line it is, mostly without parsing it: a page of a long transcript parses its own lines only.
 * Lines in another form than {@link formatLine}'s are parsed; torn ones are nobody's.
 * @param whole `false` for a line that may have been cut off anywhere: it is parsed in any case
 */
export function peekLine(line: Buffer, whole = true): LineOwner | undefined {
  if (line.length === 0) return undefined;
  return (whole ? quickPeek(line) : undefined) ?? slowPeek(line);
}

function quickPeek(line: Buffer): LineOwner | undefined {
  if (line[line.length - 1] !== closingBrace || !startsWith(line, 0, idStart)) return undefined;
  const idEnd = plainEnd(line, idStart.length);
  if (idEnd <= idStart.length || !startsWith(line, idEnd, typeStart)) return undefined;
  const typeEnd = plainEnd(line, idEnd + typeStart.length);
  if (typeEnd < 0) return undefined;
  const type = line.toString('latin1', idEnd + typeStart.length, typeEnd);
  const appends = type === 'append';
  if (!appends && !wholeTypes.has(type)) return undefined;
  return { id: line.toString('utf8', idStart.length, idEnd), appends };
}

function slowPeek(line: Buffer): LineOwner | undefined {
  const change = parseLine(line);
  return change === undefined ? undefined : { id: change.id, appends: change.type === 'append' };
}

function startsWith(line: Buffer, at: number, expected: Buffer): boolean {
  if (line.length < at + expected.length) return false;
  for (let index = 0; index < expected.length; index++) {
    if (line[at + index] !== expected[index]) return false;
  }
  return true;
}

/** Where a JSON string without escapes ends; -1 when it has one or does not end. */
function plainEnd(line: Buffer, from: number): number {
  for (let index = from; index < line.length; index++) {
    if (line[index] === quote) return index;
    if (line[index] === backslash) return -1;
  }
  return -1;
}
