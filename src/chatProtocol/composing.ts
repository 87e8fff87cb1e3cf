// What the user writes and attaches, before and after it is sent.
import * as z from 'zod/mini';

/** Largest image that can be attached, in bytes. */
export const imageLimit = 5_000_000;

/** Longest prompt, in UTF-16 units. */
export const promptLimit = 4_000_000;

/** Something the user attaches to a prompt. */
export const attachedSchema = z.discriminatedUnion('type', [
  /** A file or a folder by its address: the agent reads it itself. */
  z.object({
    type: z.literal('link'),
    icon: z.enum(['file', 'folder']),
    name: z.string(),
    uri: z.string(),
  }),
  /** Text of the editor, as it was when it was attached. */
  z.object({
    type: z.literal('text'),
    icon: z.enum(['selection', 'symbol', 'problems']),
    name: z.string(),
    uri: z.string(),
    text: z.string().check(z.maxLength(1_000_000)),
  }),
  /** `data` is base64. */
  z.object({
    type: z.literal('image'),
    name: z.string(),
    mimeType: z.string(),
    data: z.string().check(z.maxLength(Math.ceil(imageLimit / 3) * 4)),
  }),
]);

/** Something the user attaches to a prompt. */
export type Attached = z.infer<typeof attachedSchema>;

/** What is written and not sent. */
export const draftSchema = z.object({ text: z.string(), attached: z.array(attachedSchema) });

/** What is written and not sent. */
export type Draft = z.infer<typeof draftSchema>;

/** A draft as it is kept for a later page. */
export const keptDraftSchema = z.extend(draftSchema, {
  /** Id of the transcript's last entry at that time: only what was said later can be this draft, sent. */
  after: z.optional(z.string()),
});

/** A draft as it is kept for a later page. */
export type KeptDraft = z.infer<typeof keptDraftSchema>;

/** What can be attached by naming it; the host turns it into an {@link Attached}. */
export const mentionRefSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['file', 'folder']), uri: z.string() }),
  /** Lines count from 0, the last one included. */
  z.object({
    type: z.literal('symbol'),
    uri: z.string(),
    name: z.string(),
    startLine: z.number(),
    endLine: z.number(),
  }),
  z.object({ type: z.enum(['selection', 'problems']) }),
]);

/** What can be attached by naming it. */
export type MentionRef = z.infer<typeof mentionRefSchema>;

/** One thing to choose after an `@`. */
export const mentionSchema = z.object({
  ref: mentionRefSchema,
  name: z.string(),
  detail: z.string(),
});

/** One thing to choose after an `@`. */
export type Mention = z.infer<typeof mentionSchema>;
