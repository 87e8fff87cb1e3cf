// What the panel knows, and how each message of the host changes it: pure, so that it can be tested without a page.
import type { Draft, KeptDraft, Mention } from '../chatProtocol/composing.ts';
import type { EntryChange, EntryView } from '../chatProtocol/entries.ts';
import { chatProtocolVersion, type FocusTarget, type ToPanel } from '../chatProtocol/messages.ts';
import type { ChangedFile, ErrorView, SessionView } from '../chatProtocol/session.ts';

/** How much output of one terminal is kept, in UTF-16 units. */
const terminalLimit = 200_000;

/** From how many changes of one message on a table of all entries pays. */
const fewChanges = 8;

/** What the panel knows. Never changed in place: what is the same object is the same content. */
export interface PanelModel {
  readonly phase: 'connecting' | 'open' | 'unknownSession' | 'otherVersion';
  /** The last message that was applied. */
  readonly seq: number;
  /** A message was missed: what follows is ignored until the next snapshot. */
  readonly lost: boolean;
  readonly strings: Readonly<Record<string, string>>;
  readonly session: SessionView | undefined;
  readonly entries: readonly EntryView[];
  /** Where the page before the oldest entry ends; `undefined` at the transcript's start. */
  readonly before: string | undefined;
  readonly loadingOlder: boolean;
  readonly error: ErrorView | undefined;
  /** How often the host has asked for the cursor, and where it was to go the last time. */
  readonly focusCount: number;
  readonly focusInto: FocusTarget;
  /** Where the host wants the reader to be: another object each time it says so. */
  readonly revealed: Revealed | undefined;
  /** What fits behind the `@` that was last asked about. */
  readonly mentions: { readonly asked: string; readonly mentions: readonly Mention[] } | undefined;
  /** What the last search of the whole transcript found. */
  readonly found: Found | undefined;
  /** Files that differ from what they were before the session, as they were found last. */
  readonly changes: readonly ChangedFile[];
  /** What the user wrote in an earlier panel of this session. */
  readonly draft: KeptDraft | undefined;
  /** Everything that was to go into the composer so far, in order. */
  readonly composed: readonly Composed[];
  /** How many snapshots there were: the view starts over with each. */
  readonly snapshotCount: number;
}

/** Something for the composer. */
export interface Composed extends Draft {
  /** It answers a wish to attach something. */
  readonly asked: boolean;
}

/** An entry in which something is that the user looked for elsewhere. */
export interface Revealed {
  readonly entryId: string;
  readonly query: string;
}

/** What a search found: ids of entries, oldest first. */
export interface Found {
  readonly query: string;
  readonly hits: readonly string[];
  readonly more: boolean;
}

/** Before the host has said anything. */
export const emptyModel: PanelModel = {
  phase: 'connecting',
  seq: -1,
  lost: false,
  strings: {},
  session: undefined,
  entries: [],
  before: undefined,
  loadingOlder: false,
  error: undefined,
  focusCount: 0,
  focusInto: 'composer',
  revealed: undefined,
  mentions: undefined,
  found: undefined,
  changes: [],
  draft: undefined,
  composed: [],
  snapshotCount: 0,
};

/** The model after a message. A missed number makes the model `lost`: the caller asks for a snapshot. */
export function reduce(model: PanelModel, message: ToPanel): PanelModel {
  if (message.type === 'snapshot') return fromSnapshot(model, message);
  if (model.lost || model.phase === 'connecting' || model.phase === 'otherVersion') return model;
  if (message.seq !== model.seq + 1) return { ...model, lost: true };
  const next = { ...model, seq: message.seq };
  switch (message.type) {
    case 'delta':
      return {
        ...next,
        session: message.session ?? model.session,
        entries: applyChanges(model.entries, message.changes, model.before !== undefined),
      };
    case 'older':
      return { ...next, ...withOlder(model, message), loadingOlder: false };
    case 'error':
      return { ...next, error: message.error, loadingOlder: false };
    case 'focus':
      return { ...next, focusCount: model.focusCount + 1, focusInto: message.into };
    case 'reveal':
      return { ...next, revealed: { entryId: message.entryId, query: message.query } };
    case 'mentions':
      return { ...next, mentions: { asked: message.asked, mentions: message.mentions } };
    case 'found':
      return {
        ...next,
        found: { query: message.query, hits: message.hits, more: message.more },
      };
    case 'changes':
      return { ...next, changes: message.files };
    case 'compose':
      return {
        ...next,
        composed: [...model.composed, { ...message.draft, asked: message.asked === true }],
      };
  }
}

/** The model while a page before the oldest entry is being fetched. */
export function startLoadingOlder(model: PanelModel): PanelModel {
  return { ...model, loadingOlder: true };
}

function fromSnapshot(
  model: PanelModel,
  message: Extract<ToPanel, { type: 'snapshot' }>,
): PanelModel {
  const otherVersion = message.version !== chatProtocolVersion;
  const known = message.session === undefined ? 'unknownSession' : 'open';
  return {
    phase: otherVersion ? 'otherVersion' : known,
    seq: message.seq,
    lost: false,
    strings: message.strings,
    session: message.session,
    entries: message.entries,
    before: message.before,
    loadingOlder: false,
    error: message.error,
    focusCount: model.focusCount,
    focusInto: model.focusInto,
    revealed: model.revealed,
    mentions: undefined,
    found: undefined,
    changes: model.changes,
    draft: message.draft,
    composed: model.composed,
    snapshotCount: model.snapshotCount + 1,
  };
}

function withOlder(
  model: PanelModel,
  message: Extract<ToPanel, { type: 'older' }>,
): Pick<PanelModel, 'entries' | 'before'> {
  // An answer to a question of before the last snapshot belongs to nothing.
  if (message.asked !== model.before) return { entries: model.entries, before: model.before };
  const newest = new Map(model.entries.map((entry) => [entry.id, entry]));
  const older = message.entries.map((entry) => newest.get(entry.id) ?? entry);
  const ids = new Set(older.map((entry) => entry.id));
  const rest = model.entries.filter((entry) => !ids.has(entry.id));
  return { entries: [...older, ...rest], before: message.before };
}

/**
 * The entries after some changes; unchanged entries stay the same objects.
 * @param hasOlder there are entries before these that are not loaded
 */
export function applyChanges(
  entries: readonly EntryView[],
  changes: readonly EntryChange[],
  hasOlder: boolean,
): readonly EntryView[] {
  if (changes.length === 0) return entries;
  const result = [...entries];
  // Looked for from the end, what is new is looked for in all of them: many at once ask a table.
  const places =
    changes.length < fewChanges
      ? undefined
      : new Map(result.map(({ id }, index) => [id, index] as const));
  for (const change of changes) {
    const at =
      places === undefined
        ? result.findLastIndex((entry) => entry.id === change.id)
        : (places.get(change.id) ?? -1);
    const current = result[at];
    if (change.type === 'append') {
      // Text for an entry of an older page: it is in that page when it is fetched.
      if (current !== undefined) result[at] = append(current, change);
    } else if (current !== undefined) {
      result[at] = change;
    } else if (!(hasOlder && isOlder(change, result[0]))) {
      places?.set(change.id, result.length);
      result.push(change);
    }
  }
  return result;
}

/** Whether a tool call is an update of one that began before the oldest loaded entry. */
function isOlder(entry: EntryView, oldest: EntryView | undefined): boolean {
  return entry.type === 'toolCall' && oldest !== undefined && entry.at < oldest.at;
}

function append(
  entry: EntryView,
  { text, terminalId }: Extract<EntryChange, { type: 'append' }>,
): EntryView {
  if (entry.type === 'toolCall') {
    const terminals = entry.terminals.map((terminal) => {
      if (terminal.terminalId !== terminalId) return terminal;
      const output = terminal.output + text;
      return output.length <= terminalLimit
        ? { ...terminal, output }
        : { ...terminal, output: output.slice(-terminalLimit), truncated: true };
    });
    return { ...entry, terminals };
  }
  if (entry.type === 'plan' || entry.type === 'notice' || terminalId !== undefined) return entry;
  return { ...entry, text: entry.text + text };
}
