// What a transcript is made of: entries, and the changes that build them up.
import * as z from 'zod/mini';
import { onFirstUse } from './onDemand.ts';

/** A file position that a tool call points at; `line` counts from 0. */
const locationSchema = onFirstUse(() =>
  z.looseObject({ path: z.string(), line: z.optional(z.number()) }),
);

/** What a tool call shows: text, a proposed or made edit, a terminal, or something newer than Roost. */
export const toolContentSchema = onFirstUse(() =>
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('text'), text: z.string() }),
    z.looseObject({
      type: z.literal('diff'),
      path: z.string(),
      oldText: z.optional(z.string()),
      newText: z.string(),
    }),
    z.looseObject({ type: z.literal('terminal'), terminalId: z.string() }),
    z.looseObject({ type: z.literal('other'), raw: z.unknown() }),
  ]),
);

/** Output of a command as a tool call shows it: the end of it, whether its start was cut off, and how it ended. */
export const terminalOutputSchema = onFirstUse(() =>
  z.looseObject({
    terminalId: z.string(),
    command: z.optional(z.string()),
    cwd: z.optional(z.string()),
    output: z.string(),
    truncated: z.boolean(),
    exit: z.optional(
      z.looseObject({ exitCode: z.nullable(z.number()), signal: z.nullable(z.string()) }),
    ),
  }),
);

/** An attachment of a user's prompt or a non-text block of an answer, kept as the protocol sent it. */
const blocksSchema = onFirstUse(() => z.array(z.looseObject({ type: z.string() })));

/** One entry of a transcript. Unknown fields written by a newer Roost are kept. */
export const transcriptEntrySchema = onFirstUse(() => {
  const base = { id: z.string().check(z.minLength(1)), at: z.string() };
  return z.discriminatedUnion('type', [
    z.looseObject({
      ...base,
      type: z.literal('user'),
      text: z.string(),
      blocks: z.optional(blocksSchema()),
    }),
    z.looseObject({
      ...base,
      type: z.literal('agent'),
      text: z.string(),
      blocks: z.optional(blocksSchema()),
    }),
    z.looseObject({ ...base, type: z.literal('thought'), text: z.string() }),
    z.looseObject({
      ...base,
      type: z.literal('toolCall'),
      toolCallId: z.string(),
      title: z.string(),
      kind: z.string(),
      status: z.string(),
      content: z.optional(z.array(toolContentSchema())),
      locations: z.optional(z.array(locationSchema())),
      terminals: z.optional(z.array(terminalOutputSchema())),
      rawInput: z.optional(z.unknown()),
      rawOutput: z.optional(z.unknown()),
    }),
    z.looseObject({
      ...base,
      type: z.literal('plan'),
      entries: z.array(
        z.looseObject({
          content: z.string(),
          status: z.string(),
          priority: z.optional(z.string()),
        }),
      ),
    }),
    z.looseObject({
      ...base,
      type: z.literal('notice'),
      /** `interrupted`, `restarted`, `resumed`, `unknownUpdate`, … */
      code: z.string(),
      text: z.string(),
      data: z.optional(z.unknown()),
    }),
  ]);
});

/** One entry of a transcript. `at` is ISO 8601; `id` is unique within its session and stable for ever. */
export type TranscriptEntry = z.infer<ReturnType<typeof transcriptEntrySchema>>;

/** The tool-call kind of {@link TranscriptEntry}. */
export type ToolCallEntry = Extract<TranscriptEntry, { type: 'toolCall' }>;

/** What a tool call shows. */
export type ToolContent = z.infer<ReturnType<typeof toolContentSchema>>;

/** Output of one command inside a tool call. */
export type TerminalOutput = z.infer<ReturnType<typeof terminalOutputSchema>>;

/**
 * One step in building a transcript, and one line of its file: a whole entry (new, or replacing the
 * one with its id in place), or text to add to the end of an entry's `text` or, where `terminalId`
 * is given, to the end of the output of that terminal of a tool call.
 */
export const transcriptChangeSchema = onFirstUse(() =>
  z.union([
    transcriptEntrySchema(),
    z.looseObject({
      id: z.string().check(z.minLength(1)),
      type: z.literal('append'),
      text: z.string(),
      terminalId: z.optional(z.string()),
    }),
  ]),
);

/** One step in building a transcript. */
export type TranscriptChange = z.infer<ReturnType<typeof transcriptChangeSchema>>;

/** The text-adding kind of {@link TranscriptChange}. */
export type AppendChange = Extract<TranscriptChange, { type: 'append' }>;

/**
 * The entry with the change's text added: a new object, because entries already handed out never
 * change under their holder. An entry that has no such text is returned as it is.
 */
export function appendText(entry: TranscriptEntry, change: AppendChange): TranscriptEntry {
  if (change.terminalId === undefined) {
    switch (entry.type) {
      case 'user':
      case 'agent':
      case 'thought':
        return { ...entry, text: entry.text + change.text };
      case 'toolCall':
      case 'plan':
      case 'notice':
        return entry;
    }
  }
  if (entry.type !== 'toolCall' || entry.terminals === undefined) return entry;
  const terminals = entry.terminals.map((terminal) =>
    terminal.terminalId === change.terminalId
      ? { ...terminal, output: terminal.output + change.text }
      : terminal,
  );
  return { ...entry, terminals };
}

/**
 * Adds one change to entries in order of first appearance. Text for an entry that is not there
 * (its line was damaged) is dropped: there is nothing it could belong to.
 */
export class TranscriptBuilder {
  readonly #entries = new Map<string, TranscriptEntry>();

  /** Applies one change. */
  apply(change: TranscriptChange): void {
    if (change.type !== 'append') {
      this.#entries.set(change.id, change);
      return;
    }
    const entry = this.#entries.get(change.id);
    if (entry !== undefined) this.#entries.set(change.id, appendText(entry, change));
  }

  /** The entry with this id, as built so far. */
  get(id: string): TranscriptEntry | undefined {
    return this.#entries.get(id);
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** All entries in order. */
  entries(): TranscriptEntry[] {
    return [...this.#entries.values()];
  }
}
