// What the extension host and a conversation panel say to one another: two unions of messages, parsed on both sides.
import * as z from 'zod/mini';
import {
  attachedSchema,
  draftSchema,
  keptDraftSchema,
  mentionRefSchema,
  mentionSchema,
  promptLimit,
} from './composing.ts';
import { entryChangeSchema, entryViewSchema } from './entries.ts';
import { changedFileSchema, errorViewSchema, sessionViewSchema } from './session.ts';

/** Version of these messages. A panel left over from another version of Roost is told to reload. */
export const chatProtocolVersion = 1;

const optionalText = z.optional(z.string());

// --- Host → panel -----------------------------------------------------------------------------

/** Where the cursor is put: into the composer, or to the first answer of the oldest request. */
const focusTargetSchema = z.enum(['composer', 'request']);

/** Where the cursor is put. */
export type FocusTarget = z.infer<typeof focusTargetSchema>;

/**
 * What the host says. A `snapshot` starts over; everything after it counts `seq` up by one, and a
 * panel that misses a number asks for a new snapshot.
 */
export const toPanelSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    version: z.number(),
    seq: z.number(),
    /** Every word of the panel in the user's language, by key. */
    strings: z.record(z.string(), z.string()),
    /** `undefined`: there is no such session here (any more), or not yet. */
    session: z.optional(sessionViewSchema),
    /** The newest page of the transcript. */
    entries: z.array(entryViewSchema),
    /** Ask with it for the page before; absent at the transcript's start. */
    before: optionalText,
    error: z.optional(errorViewSchema),
    /** What was written in an earlier panel of the session and never sent. */
    draft: z.optional(keptDraftSchema),
  }),
  z.object({
    type: z.literal('delta'),
    seq: z.number(),
    changes: z.array(entryChangeSchema),
    session: z.optional(sessionViewSchema),
  }),
  z.object({
    type: z.literal('older'),
    seq: z.number(),
    /** The position the panel asked with. */
    asked: z.string(),
    entries: z.array(entryViewSchema),
    before: optionalText,
  }),
  /** Replaces the error bar; absent `error` takes it away. */
  z.object({ type: z.literal('error'), seq: z.number(), error: z.optional(errorViewSchema) }),
  z.object({ type: z.literal('focus'), seq: z.number(), into: focusTargetSchema }),
  /** What fits behind an `@`; `asked` is the text it was asked with. */
  z.object({
    type: z.literal('mentions'),
    seq: z.number(),
    asked: z.string(),
    mentions: z.array(mentionSchema),
  }),
  /** Which entries hold a text, oldest first; `more` when there were too many to count. */
  z.object({
    type: z.literal('found'),
    seq: z.number(),
    query: z.string(),
    hits: z.array(z.string()),
    more: z.boolean(),
  }),
  /** An entry to go to, because what was searched for is in it. */
  z.object({
    type: z.literal('reveal'),
    seq: z.number(),
    entryId: z.string(),
    query: z.string(),
  }),
  /** Files that differ from what they were before the session. */
  z.object({ type: z.literal('changes'), seq: z.number(), files: z.array(changedFileSchema) }),
  /** Goes into the composer, beside what is there. */
  z.object({
    type: z.literal('compose'),
    seq: z.number(),
    draft: draftSchema,
    /** It answers `attach` or `attachUris`; with nothing attached, that has failed. */
    asked: z.optional(z.boolean()),
  }),
]);

/** What the host says. */
export type ToPanel = z.infer<typeof toPanelSchema>;

// --- Panel → host -----------------------------------------------------------------------------

const id = z.string().check(z.minLength(1), z.maxLength(1000));
const filePath = z.string().check(z.minLength(1), z.maxLength(10_000));
const formValueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** What the user can have done to a session from a banner or an error bar. */
export const panelActionSchema = z.enum([
  'resume',
  'restart',
  'kill',
  'restore',
  'signIn',
  'setPermissions',
  'showLog',
  'dismissError',
]);

/** What a panel says. */
export const fromPanelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), version: z.number() }),
  /** A number was missed, or a message could not be read. */
  z.object({ type: z.literal('resync') }),
  /** Everything up to `seq` is on screen: more may be sent. */
  z.object({ type: z.literal('applied'), seq: z.number() }),
  z
    .object({
      type: z.literal('prompt'),
      text: z.string().check(z.maxLength(promptLimit)),
      attached: z.optional(z.array(attachedSchema).check(z.maxLength(100))),
    })
    // A picture can say all there is to say.
    .check(z.refine(({ text, attached = [] }) => text !== '' || attached.length > 0)),
  /** What is in the composer now. */
  z.object({ type: z.literal('draft'), draft: keptDraftSchema }),
  z.object({ type: z.literal('mention'), query: z.string().check(z.maxLength(200)) }),
  z.object({ type: z.literal('attach'), ref: mentionRefSchema }),
  /** Addresses of files and folders that were dropped. */
  z.object({
    type: z.literal('attachUris'),
    uris: z.array(z.string().check(z.maxLength(10_000))).check(z.maxLength(100)),
  }),
  z.object({ type: z.literal('cancel') }),
  /** Takes a waiting prompt away; with `edit` it comes back as `compose`. */
  z.object({ type: z.literal('unqueue'), promptId: id, edit: z.optional(z.boolean()) }),
  /** Gives a waiting prompt another place, counted from 0 at the one that is next. */
  z.object({ type: z.literal('moveQueued'), promptId: id, to: z.number() }),
  z.object({ type: z.literal('permission'), requestId: id, optionId: z.optional(id) }),
  z.object({
    type: z.literal('form'),
    requestId: id,
    /** Absent: declined. */
    content: z.optional(z.record(z.string(), z.union([formValueSchema, z.unknown()]))),
  }),
  /** The user wants to visit the page of a request, or does not. */
  z.object({ type: z.literal('url'), requestId: id, open: z.boolean() }),
  z.object({
    type: z.literal('pick'),
    configId: z.optional(id),
    value: z.union([z.string(), z.boolean()]),
  }),
  /** With `until`, everything back to the page that has that entry. */
  z.object({ type: z.literal('older'), before: id, until: z.optional(id) }),
  /** Which entries of the whole transcript hold this text, whatever the case. */
  z.object({ type: z.literal('find'), query: z.string().check(z.minLength(1), z.maxLength(500)) }),
  z.object({ type: z.literal('openLink'), href: z.string().check(z.maxLength(10_000)) }),
  z.object({
    type: z.literal('openFile'),
    path: filePath,
    line: z.optional(z.number()),
  }),
  /** Opens an edit in the editor's own view of differences. */
  z.object({
    type: z.literal('openDiff'),
    /** The tool call's entry, or the request for permission that shows it. */
    source: z.union([z.object({ entryId: id }), z.object({ requestId: id })]),
    /** Which of its parts. */
    part: z.number(),
  }),
  /** Which files differ from what they were before the session. */
  z.object({ type: z.literal('changes') }),
  z.object({ type: z.literal('openChange'), path: filePath }),
  z.object({ type: z.literal('revertChange'), path: filePath }),
  z.object({ type: z.literal('copy'), text: z.string().check(z.maxLength(4_000_000)) }),
  /** Puts text where the cursor is in the text editor that was used last. */
  z.object({ type: z.literal('insert'), text: z.string().check(z.maxLength(4_000_000)) }),
  /** Copies the whole conversation as Markdown. */
  z.object({ type: z.literal('copyConversation') }),
  z.object({ type: z.literal('action'), action: panelActionSchema }),
  /** The user types: the session is in use. */
  z.object({ type: z.literal('activity') }),
]);

/** What a panel says. */
export type FromPanel = z.infer<typeof fromPanelSchema>;

/** What a panel keeps over a reload of its window; the host finds the session by it. */
export const panelStateSchema = z.object({
  sessionId: z.string(),
  /** An earlier version kept it in another form: it is left out then. */
  draft: z.catch(z.optional(keptDraftSchema), undefined),
  /** The entry at the top of the view and how far it is scrolled past; absent: at the bottom. */
  scroll: z.optional(z.object({ entryId: z.string(), offset: z.number() })),
  /** Whether the list of changed files is open. */
  changesOpen: z.optional(z.boolean()),
});

/** What a panel keeps over a reload of its window. */
export type PanelState = z.infer<typeof panelStateSchema>;
