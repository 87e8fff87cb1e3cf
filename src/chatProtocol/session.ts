// Everything of a session that a panel shows besides its transcript: status, what waits for the user, what can be set.
import * as z from 'zod/mini';
import { draftSchema } from './composing.ts';
import { locationSchema, toolPartSchema } from './entries.ts';

const optionalText = z.optional(z.string());

/** The states a session can be in, in the panel's words: the same as the domain's. */
export const statusSchema = z.enum([
  'starting',
  'ready',
  'working',
  'needsInput',
  'stopping',
  'dormant',
  'crashed',
  'failed',
]);

const choiceSchema = z.object({
  value: z.string(),
  name: z.string(),
  description: optionalText,
  group: optionalText,
});

const fieldBase = {
  key: z.string(),
  title: z.string(),
  description: optionalText,
  required: z.boolean(),
};

/** One field of a form that an agent asks to be filled in. */
export const formFieldSchema = z.discriminatedUnion('type', [
  z.object({
    ...fieldBase,
    type: z.literal('text'),
    format: optionalText,
    minLength: z.optional(z.number()),
    maxLength: z.optional(z.number()),
    pattern: optionalText,
    initial: optionalText,
  }),
  z.object({
    ...fieldBase,
    type: z.literal('number'),
    integer: z.boolean(),
    minimum: z.optional(z.number()),
    maximum: z.optional(z.number()),
    initial: z.optional(z.number()),
  }),
  z.object({ ...fieldBase, type: z.literal('boolean'), initial: z.optional(z.boolean()) }),
  z.object({
    ...fieldBase,
    type: z.literal('choice'),
    choices: z.array(choiceSchema),
    initial: optionalText,
  }),
  z.object({
    ...fieldBase,
    type: z.literal('choices'),
    choices: z.array(choiceSchema),
    minItems: z.optional(z.number()),
    maxItems: z.optional(z.number()),
    initial: z.optional(z.array(z.string())),
  }),
  /** A kind of value that this version has no control for: written as JSON. */
  z.object({ ...fieldBase, type: z.literal('json') }),
]);

/** One field of a form. */
export type FormField = z.infer<typeof formFieldSchema>;

/** A request of the agent that waits for the user. */
export const pendingViewSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('permission'),
    requestId: z.string(),
    title: z.string(),
    /** The kind of the tool call it is about. */
    kind: z.string(),
    parts: z.array(toolPartSchema),
    locations: z.array(locationSchema),
    input: optionalText,
    options: z.array(z.object({ optionId: z.string(), name: z.string(), kind: z.string() })),
  }),
  z.object({
    type: z.literal('form'),
    requestId: z.string(),
    message: z.string(),
    /** Not the agent asks: the session needs it to start. */
    toStart: z.boolean(),
    fields: z.array(formFieldSchema),
  }),
  z.object({
    type: z.literal('url'),
    requestId: z.string(),
    message: z.string(),
    url: z.string(),
  }),
  /** A way of asking that this version does not know: it can only be declined. */
  z.object({ type: z.literal('unknown'), requestId: z.string(), message: z.string() }),
]);

/** A request of the agent that waits for the user. */
export type PendingView = z.infer<typeof pendingViewSchema>;

/** Something the user can set while the session runs: the agent's modes and config options. */
const pickerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('choice'),
    /** `undefined` for the agent's modes, else the config option's id. */
    configId: optionalText,
    name: z.string(),
    description: optionalText,
    value: z.string(),
    choices: z.array(choiceSchema),
  }),
  z.object({
    type: z.literal('switch'),
    configId: z.string(),
    name: z.string(),
    description: optionalText,
    value: z.boolean(),
  }),
]);

/** Something the user can set while the session runs. */
export type PickerView = z.infer<typeof pickerSchema>;

const commandSchema = z.object({ name: z.string(), description: z.string(), hint: optionalText });

/** A slash command; `hint` describes its argument. */
export type CommandView = z.infer<typeof commandSchema>;

/** A file that differs from what it was before the session. */
export const changedFileSchema = z.object({
  /** Absolute. */
  path: z.string(),
  name: z.string(),
  /** As short as the session's folder allows; empty for that itself. */
  folder: z.string(),
  kind: z.enum(['created', 'changed', 'deleted']),
  /** Absent when it is not known what the file was. */
  lines: z.optional(z.object({ added: z.number(), removed: z.number() })),
});

/** A file that differs from what it was before the session. */
export type ChangedFile = z.infer<typeof changedFileSchema>;

/** Everything of a session that the panel shows besides the transcript. */
export const sessionViewSchema = z.object({
  sessionId: z.string(),
  title: z.string(),
  agentName: z.string(),
  cwd: z.string(),
  status: statusSchema,
  processAlive: z.boolean(),
  /** What its agent may do without asking. */
  permissionMode: z.enum(['ask', 'allowReads', 'allowAll']),
  pending: z.array(pendingViewSchema),
  queue: z.array(z.object({ promptId: z.string(), text: z.string() })),
  /** How many files the session has written; which of them differ now is asked for. */
  changedFiles: z.number(),
  commands: z.array(commandSchema),
  pickers: z.array(pickerSchema),
  usage: z.optional(z.object({ used: z.number(), size: z.number(), cost: optionalText })),
  /** Why a session at rest is at rest, where that is a failure. */
  error: z.optional(z.object({ code: z.string(), message: z.string(), hint: optionalText })),
  /** ISO 8601. */
  restartAt: optionalText,
  /** ISO 8601. */
  stalledSince: optionalText,
  readOnly: z.optional(z.enum(['ownedElsewhere', 'newerVersion'])),
  /** After how many idle minutes the session was stopped, when that is why it rests. */
  stoppedAfterIdleMinutes: z.optional(z.number()),
  storageFailing: z.boolean(),
  interrupted: z.boolean(),
  /** Whether the agent takes images; absent while it has not said so. */
  takesImages: z.optional(z.boolean()),
});

/** Everything of a session that the panel shows besides the transcript. */
export type SessionView = z.infer<typeof sessionViewSchema>;

/** What went wrong with something the user asked for. */
export const errorViewSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: optionalText,
  /** The step that helps, as a button. */
  action: z.optional(z.enum(['resume', 'restart', 'restore', 'signIn', 'showLog'])),
  /** The prompt that was not sent, to be put back into the composer. */
  prompt: z.optional(draftSchema),
});

/** What went wrong with something the user asked for. */
export type ErrorView = z.infer<typeof errorViewSchema>;
