// What the extension host and a conversation panel say to one another: two unions of messages, parsed on both sides.
import * as z from 'zod/mini';

/** Version of these messages. A panel left over from another version of Roost is told to reload. */
export const chatProtocolVersion = 1;

/** How many entries one page of a transcript has. */
export const pageSize = 100;

const optionalText = z.optional(z.string());

// --- What a transcript shows -----------------------------------------------------------------

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
const locationSchema = z.object({ path: z.string(), line: z.optional(z.number()) });

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

// --- What the user writes -----------------------------------------------------------------------

/** Largest image that can be attached, in bytes. */
export const imageLimit = 5_000_000;

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

const mentionSchema = z.object({ ref: mentionRefSchema, name: z.string(), detail: z.string() });

/** One thing to choose after an `@`. */
export type Mention = z.infer<typeof mentionSchema>;

// --- What a session shows ---------------------------------------------------------------------

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

/** Everything of a session that the panel shows besides the transcript. */
export const sessionViewSchema = z.object({
  sessionId: z.string(),
  title: z.string(),
  agentName: z.string(),
  cwd: z.string(),
  status: statusSchema,
  processAlive: z.boolean(),
  pending: z.array(pendingViewSchema),
  queue: z.array(z.object({ promptId: z.string(), text: z.string() })),
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
  action: z.optional(z.enum(['resume', 'restart', 'restore', 'showLog'])),
  /** The prompt that was not sent, to be put back into the composer. */
  prompt: z.optional(draftSchema),
});

/** What went wrong with something the user asked for. */
export type ErrorView = z.infer<typeof errorViewSchema>;

// --- Host → panel -----------------------------------------------------------------------------

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
    draft: z.optional(draftSchema),
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
  z.object({ type: z.literal('focus'), seq: z.number() }),
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
  /** Goes into the composer, beside what is there. */
  z.object({ type: z.literal('compose'), seq: z.number(), draft: draftSchema }),
]);

/** What the host says. */
export type ToPanel = z.infer<typeof toPanelSchema>;

// --- Panel → host -----------------------------------------------------------------------------

const id = z.string().check(z.minLength(1), z.maxLength(1000));
const formValueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** What the user can have done to a session from a banner or an error bar. */
export const panelActionSchema = z.enum([
  'resume',
  'restart',
  'kill',
  'restore',
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
  z.object({
    type: z.literal('prompt'),
    text: z.string().check(z.minLength(1), z.maxLength(4_000_000)),
    attached: z.optional(z.array(attachedSchema).check(z.maxLength(100))),
  }),
  /** What is in the composer now. */
  z.object({ type: z.literal('draft'), draft: draftSchema }),
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
    path: z.string().check(z.minLength(1), z.maxLength(10_000)),
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
  draft: z.catch(z.optional(draftSchema), undefined),
  /** The entry at the top of the view and how far it is scrolled past; absent: at the bottom. */
  scroll: z.optional(z.object({ entryId: z.string(), offset: z.number() })),
});

/** What a panel keeps over a reload of its window. */
export type PanelState = z.infer<typeof panelStateSchema>;

// --- Words ------------------------------------------------------------------------------------

/**
 * Every word and sentence of the panel, in English; `{0}`, `{1}` are filled in. The host sends the
 * same keys in the user's language.
 */
export const panelWords = {
  transcript: 'Conversation',
  composer: 'Message to {0}',
  composerPlaceholder: 'Ask {0}. Type / for its commands, @ to attach',
  composerAsleep: 'Send a message to start {0} again',
  composerBusy: 'Type the next message; it is sent when this turn ends',
  composerOwnedElsewhere: 'Another window runs this session; here it can only be read.',
  composerNewerVersion: 'A newer version of Roost saved this session; here it can only be read.',
  send: 'Send',
  sendHint: 'Send (Enter)',
  queueHint: 'Send after this turn (Enter)',
  stop: 'Stop',
  stopHint: 'Stop this turn',
  commands: 'Commands of the agent',
  emptyTitle: 'A new conversation with {0}',
  emptyHint: 'in {0}',
  toEnd: 'Go to the newest message',
  find: 'Find in the conversation',
  findPrevious: 'Previous (Shift+Enter)',
  findNext: 'Next (Enter)',
  findClose: 'Close (Escape)',
  findCount: '{0} of {1}',
  findNothing: 'Nothing found',
  previousTurn: 'Previous message of yours (Alt+PageUp)',
  nextTurn: 'Next message of yours (Alt+PageDown)',
  copyConversation: 'Copy the conversation as Markdown',
  openDiff: 'Compare in the editor',
  insert: 'Insert at the cursor',
  loadingOlder: 'Loading older messages',
  loadOlder: 'Show older messages',
  you: 'You',
  thought: 'Thought',
  thinking: 'Thinking',
  working: 'Working',
  showMore: 'Show more',
  showMoreOf: 'Show {0} more characters',
  cut: 'Cut short: too long to show here.',
  startMissing: 'The start of this output is not kept.',
  copy: 'Copy',
  copied: 'Copied',
  openLink: 'Open {0}',
  openFile: 'Open {0}',
  input: 'Input',
  output: 'Output',
  terminal: 'Terminal',
  terminalRunning: 'Running',
  terminalExit: 'Exit code {0}',
  terminalSignal: 'Ended by {0}',
  diffOld: 'Removed',
  diffNew: 'Added',
  diffUnchanged: '{0} unchanged lines',
  newFile: 'New file',
  plan: 'Plan',
  planDone: '{0} of {1} done',
  toolPending: 'Waiting',
  toolRunning: 'Running',
  toolDone: 'Done',
  toolFailed: 'Failed',
  toolCancelled: 'Cancelled',
  statusStarting: 'Starting',
  statusReady: 'Ready',
  statusWorking: 'Working',
  statusNeedsInput: 'Needs you',
  statusStopping: 'Stopping',
  statusDormant: 'Dormant',
  statusCrashed: 'Crashed',
  statusFailed: 'Failed to start',
  processAlive: 'Its process is alive',
  processGone: 'It has no process',
  usage: '{0} % of the context used',
  usageHint: '{0} of {1} tokens',
  mode: 'Mode',
  permissionTitle: 'The agent asks for permission',
  permissionHint: 'Keys 1 to {0} choose, Escape rejects',
  questionTitle: 'The agent has a question',
  questionUnknown: 'It asks in a way that this version of Roost does not know.',
  submit: 'Submit',
  decline: 'Decline',
  openPage: 'Open Page',
  required: 'Required',
  fieldRequired: 'Fill this in.',
  fieldInvalid: 'This value does not fit.',
  fieldJson: 'Write the value as JSON.',
  none: 'None',
  queued: 'Waiting to be sent',
  removeQueued: 'Remove this message',
  editQueued: 'Edit this message',
  sendSooner: 'Send earlier',
  sendLater: 'Send later',
  attach: 'Attach files, symbols, or what is selected (@)',
  attached: 'Attached',
  detach: 'Remove {0}',
  mentions: 'What can be attached',
  mentionNothing: 'Nothing of this name',
  dropHere: 'Drop to attach',
  imageTooLarge: 'Images of more than {0} MB cannot be attached.',
  imageNotTaken: '{0} does not take images.',
  imagePasted: 'Image',
  resume: 'Resume',
  restart: 'Restart',
  kill: 'Kill',
  restore: 'Restore',
  showLog: 'Show Log',
  dismiss: 'Dismiss',
  putBack: 'Put Message Back',
  stalled: 'The agent has been silent since {0}.',
  restarting: 'The agent ended unexpectedly and is started again.',
  crashed: 'The agent ended unexpectedly.',
  failed: 'The agent could not be started.',
  idleStopped: 'Stopped after {0} minutes without activity. Everything is saved.',
  interrupted: 'The last turn was cut short and is not sent again by itself.',
  storageFailing: 'The newest messages are not on disk yet: writing fails and is tried again.',
  unknownSession: 'This session is not in the list.',
  unknownSessionHint:
    'It may be deleted, or belong to another folder. Restore looks for it on disk.',
  otherVersion: 'This panel belongs to another version of Roost. Close it and open it again.',
} as const;

/** Key of a word or sentence of the panel. */
export type PanelWord = keyof typeof panelWords;
