// What of a transcript a panel shows: its entries, and how they change.
import * as z from 'zod/mini';

const optionalText = z.optional(z.string());

/** How many entries one page of a transcript has. */
export const pageSize = 100;

const entryBase = { id: z.string(), at: z.string() };

/** Something that is not text in a message: a file, an image, a link. Shown by name, never loaded. */
const attachmentSchema = z.object({
  kind: z.string(),
  name: z.string(),
  uri: optionalText,
});

/** A part of what a tool call shows. */
export const toolPartSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('diff'),
    path: z.string(),
    oldText: optionalText,
    newText: z.string(),
    /** The texts were too long to send whole. */
    truncated: z.boolean(),
  }),
  z.object({ type: z.literal('terminal'), terminalId: z.string() }),
  z.object({ type: z.literal('attachment'), attachment: attachmentSchema }),
]);

const terminalSchema = z.object({
  terminalId: z.string(),
  command: optionalText,
  output: z.string(),
  /** The start of the output is missing. */
  truncated: z.boolean(),
  exit: z.optional(z.object({ exitCode: z.nullable(z.number()), signal: z.nullable(z.string()) })),
});

/** A position in a file; `line` counts from 0. */
export const locationSchema = z.object({ path: z.string(), line: z.optional(z.number()) });

/** One entry of the transcript as the panel shows it. */
export const entryViewSchema = z.discriminatedUnion('type', [
  z.object({
    ...entryBase,
    type: z.literal('user'),
    text: z.string(),
    attachments: z.optional(z.array(attachmentSchema)),
  }),
  z.object({
    ...entryBase,
    type: z.literal('agent'),
    text: z.string(),
    attachments: z.optional(z.array(attachmentSchema)),
  }),
  z.object({ ...entryBase, type: z.literal('thought'), text: z.string() }),
  z.object({
    ...entryBase,
    type: z.literal('toolCall'),
    title: z.string(),
    kind: z.string(),
    status: z.string(),
    parts: z.array(toolPartSchema),
    locations: z.array(locationSchema),
    terminals: z.array(terminalSchema),
    /** The call's raw input as indented JSON, cut when long. */
    input: optionalText,
    /** The call's raw output, when there is nothing better to show. */
    output: optionalText,
  }),
  z.object({
    ...entryBase,
    type: z.literal('plan'),
    steps: z.array(z.object({ content: z.string(), status: z.string(), priority: optionalText })),
  }),
  z.object({ ...entryBase, type: z.literal('notice'), code: z.string(), text: z.string() }),
]);

/** One entry of the transcript as the panel shows it. */
export type EntryView = z.infer<typeof entryViewSchema>;
/** A tool call as the panel shows it. */
export type ToolCallView = Extract<EntryView, { type: 'toolCall' }>;
/** A part of what a tool call shows. */
export type ToolPart = z.infer<typeof toolPartSchema>;
/** The output of a command inside a tool call. */
export type TerminalView = z.infer<typeof terminalSchema>;
/** Something that is not text in a message. */
export type AttachmentView = z.infer<typeof attachmentSchema>;

const appendSchema = z.object({
  type: z.literal('append'),
  id: z.string(),
  text: z.string(),
  /** The text belongs to the output of this terminal of a tool call. */
  terminalId: optionalText,
});

/** A new or replaced entry, or text to add to one that the panel has. */
export const entryChangeSchema = z.union([entryViewSchema, appendSchema]);

/** A new or replaced entry, or text to add to one that the panel has. */
export type EntryChange = z.infer<typeof entryChangeSchema>;
