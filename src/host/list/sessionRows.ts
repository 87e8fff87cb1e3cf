// One pure function per kind of row: what the tree shows of a session, and below it of a request and a changed file. No editor.
import { noticeOf } from '../../session/idleWatch.ts';
import type { PendingRequest, ListedSession } from '../../session/info.ts';
import type { FileBefore, LineCounts } from '../../session/fileChanges.ts';
import type { SessionDetails } from '../../session/sessions.ts';
import type { SessionConfig } from '../../session/config.ts';
import type { SessionStatus } from '../../session/status.ts';
import { plainLine } from '../plainText.ts';
import { shortAge, shortSpan, since } from './relativeTime.ts';
import { contextValue, flagsOf, requestFlagsOf } from './sessionTreeModel.ts';
import type { Translate } from '../translate.ts';

/** A row as plain data: what the editor's tree item is made from. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** A codicon and a theme colour. */
  readonly icon?: { readonly id: string; readonly color?: string };
  readonly contextValue: string;
  readonly children: 'none' | 'open' | 'closed';
  /** What a screen reader says. */
  readonly spoken: string;
}

/** What rows depend on besides the session. */
export interface RowContext {
  /** Wall clock, milliseconds. */
  readonly now: number;
  /** From this long before it is stopped for being idle a row counts down. */
  readonly noticeMinutes: number;
  readonly t: Translate;
}

/** Shapes while a process lives: filled or moving. */
const aliveIcons: Readonly<Record<SessionStatus, string>> = {
  starting: 'loading~spin',
  ready: 'circle-filled',
  working: 'loading~spin',
  needsInput: 'bell-dot',
  stopping: 'loading~spin',
  dormant: 'circle-filled',
  crashed: 'circle-filled',
  failed: 'circle-filled',
};

/** Shapes without a process: outlines. */
const restIcons: Readonly<Record<SessionStatus, string>> = {
  starting: 'watch',
  ready: 'circle-outline',
  working: 'circle-outline',
  needsInput: 'bell',
  stopping: 'circle-outline',
  dormant: 'circle-outline',
  crashed: 'error',
  failed: 'circle-slash',
};

/** The colour says the state of the work, whether a process lives or not. */
const colors: Readonly<Record<SessionStatus, string>> = {
  starting: 'descriptionForeground',
  ready: 'charts.green',
  working: 'charts.blue',
  needsInput: 'charts.yellow',
  stopping: 'descriptionForeground',
  dormant: 'descriptionForeground',
  crashed: 'charts.red',
  failed: 'charts.red',
};

/** A status in the user's language. */
export function statusWord(status: SessionStatus, t: Translate): string {
  switch (status) {
    case 'starting':
      return t('starting');
    case 'ready':
      return t('ready');
    case 'working':
      return t('working');
    case 'needsInput':
      return t('needs you');
    case 'stopping':
      return t('stopping');
    case 'dormant':
      return t('dormant');
    case 'crashed':
      return t('crashed');
    case 'failed':
      return t('failed');
  }
}

/** What to call a session that a person reads about: its title, else its id. */
export function titleOf(info: { readonly title: string; readonly sessionId: string }): string {
  return plainLine(info.title) || info.sessionId;
}

/** The row of a session. */
export function sessionRow(details: SessionDetails, context: RowContext): Row {
  const { info, agentName } = details;
  const { now, t } = context;
  const age = shortAge(since(info.lastActivityAt, now), t);
  const label = titleOf(info);
  const notes = notesOf(details, context);
  // Before its first message a session is called as its agent is: once is enough.
  const agent = [plainLine(agentName, 40)].filter((name) => name !== label);
  const stalled = details.stalledSince !== undefined;
  const waits = info.pendingRequests.length > 0;
  return {
    id: `session:${info.sessionId}`,
    label,
    description: [...notes, ...agent, age].join(' · '),
    icon: {
      // One that is still starting may wait for its user, too.
      id: (info.processAlive ? aliveIcons : restIcons)[waits ? 'needsInput' : info.status],
      color: stalled || waits ? 'charts.yellow' : colors[info.status],
    },
    contextValue: contextValue('session', [
      ...flagsOf(details),
      ...(info.pendingRequests[0] === undefined ? [] : requestFlagsOf(info.pendingRequests[0])),
    ]),
    children: waits || info.changedFiles > 0 ? 'closed' : 'none',
    spoken: [
      label,
      statusWord(waits ? 'needsInput' : info.status, t),
      info.processAlive ? t('process running') : t('no process'),
      ...notes,
      ...agent,
      age,
    ].join(', '),
  };
}

/** What is worth saying about a session before its agent and age; most important first. */
function notesOf(details: SessionDetails, { now, noticeMinutes, t }: RowContext): string[] {
  const { info } = details;
  const notes: string[] = [];
  const [request] = info.pendingRequests;
  if (request !== undefined) {
    const title = plainLine(request.title, 60);
    const more = info.pendingRequests.length - 1;
    notes.push(more > 0 ? t('{0} (+{1} more)', title, more) : title);
  }
  notes.push(...unreadNote(info, t));
  if (info.status === 'starting') notes.push(t('starting'));
  if (info.status === 'stopping') notes.push(t('stopping'));
  if (details.stalledSince !== undefined) {
    notes.push(t('silent for {0}', shortSpan(since(details.stalledSince, now), t)));
  }
  if (details.restartAt !== undefined) notes.push(t('restarts soon'));
  else if (info.status === 'crashed') notes.push(t('crashed'));
  if (details.interrupted) notes.push(t('interrupted'));
  if (details.storageFailing) notes.push(t('not saved'));
  if (details.readOnly !== undefined) notes.push(t('read only'));
  if (details.queue.length > 0) notes.push(t('{0} queued', details.queue.length));
  if (details.stoppedAfterIdleMinutes !== undefined && info.status === 'dormant') {
    notes.push(t('saved, stopped after {0} min idle', rounded(details.stoppedAfterIdleMinutes)));
  }
  const { permissionMode } = details.config;
  if (permissionMode !== 'ask') notes.push(permissionNote(permissionMode, t));
  if (info.keepAwake) notes.push(t('kept awake'));
  if (info.idleDeadlineAt !== undefined) {
    const left = -since(info.idleDeadlineAt, now);
    if (left <= noticeOf(details.config.timeoutMinutes * 60_000, noticeMinutes * 60_000)) {
      notes.push(t('stops in {0}', shortSpan(Math.max(0, left), t)));
    }
  }
  return notes;
}

/** Minutes as a person would say them: settings may hold fractions of any length. */
function rounded(minutes: number): number {
  return Number(minutes.toPrecision(minutes < 1 ? 1 : 3));
}

function unreadNote({ unread, status }: ListedSession, t: Translate): string[] {
  if (unread === 'finished') return [t('finished')];
  return unread === 'failed' && status !== 'crashed' ? [t('failed')] : [];
}

/** What a row says of a session that answers requests by itself. */
export function permissionNote(
  mode: Exclude<SessionConfig['permissionMode'], 'ask'>,
  t: Translate,
): string {
  return mode === 'allowAll' ? t('allows everything') : t('allows reads');
}

/** How a row stands out besides its text and icon: a mark behind it, and the colour of its label. */
export interface RowMark {
  readonly badge?: string;
  readonly color?: string;
  readonly said: string;
}

/** The mark of a session's row: nobody has looked yet, or everything is allowed without asking. */
export function rowMark(
  { info, config }: Pick<SessionDetails, 'info' | 'config'>,
  t: Translate,
): RowMark | undefined {
  const allowsAll = config.permissionMode === 'allowAll';
  const warning = allowsAll ? { color: 'list.warningForeground' } : {};
  if (info.unread === 'finished') {
    return { badge: '●', said: t('Finished since you last looked'), ...warning };
  }
  if (info.unread === 'failed') {
    return {
      badge: '●',
      said: t('Failed since you last looked'),
      color: 'list.errorForeground',
    };
  }
  return allowsAll
    ? { badge: '!', said: t('Allows everything without asking'), ...warning }
    : undefined;
}

/** The row of a waiting request, below its session. */
export function requestRow(sessionId: string, request: PendingRequest, t: Translate): Row {
  const label = plainLine(request.title);
  const names = request.options.map(({ name }) => plainLine(name, 40)).join(', ');
  return {
    id: `request:${sessionId}:${request.requestId}`,
    label,
    description: request.kind === 'elicitation' ? t('question') : names,
    icon: { id: request.kind === 'elicitation' ? 'question' : 'shield', color: 'charts.yellow' },
    contextValue: contextValue('request', requestFlagsOf(request)),
    children: 'none',
    spoken: request.kind === 'elicitation' ? t('Question: {0}', label) : t('Asks to: {0}', label),
  };
}

/** A file that a session has changed, and how it differs from what it was before. */
export interface FileChange extends FileBefore {
  readonly kind: 'created' | 'changed' | 'deleted';
  /** Absent when it is not known what the file was. */
  readonly lines?: LineCounts;
  /** The folder, as short as the workspace allows. */
  readonly folder: string;
}

/** The row of a changed file, below its session. */
export function changeRow(sessionId: string, change: FileChange, t: Translate): Row {
  const label = plainLine(change.path.split(/[/\\]/).at(-1) ?? change.path);
  const { lines } = change;
  const counts = lines === undefined ? [] : [`+${lines.added} −${lines.removed}`];
  const kinds = { created: [t('new')], changed: [], deleted: [t('deleted')] };
  const words = [...counts, ...kinds[change.kind], plainLine(change.folder, 80)];
  const flags = change.before === undefined ? [] : ['canDiff', 'canRevert'];
  return {
    id: `change:${sessionId}:${change.path}`,
    label,
    description: words.filter((word) => word !== '').join(' · '),
    contextValue: contextValue('change', flags),
    children: 'none',
    spoken:
      lines === undefined
        ? t('Changed file {0}', label)
        : t('Changed file {0}, {1} lines added, {2} removed', label, lines.added, lines.removed),
  };
}

/** A row that vanished between the editor's asking for it and the answer; the next refresh removes it. */
export function goneRow(id: string): Row {
  return { id, label: '', description: '', contextValue: '', children: 'none', spoken: '' };
}
