// What the tree of sessions is made of: nodes, and the flags that say what can be done with a row. No editor.
import * as z from 'zod/mini';
import type { PendingRequest, ListedSession } from '../../session/info.ts';
import { onFirstUse } from '../../session/onDemand.ts';
import type { SessionDetails } from '../../session/sessions.ts';
import type { GroupId } from './sessionGrouping.ts';

/** How many rows of a group are handed to the editor at once; the rest is behind an "older" row. */
export const pageSize = 200;

/** A group. */
export class GroupNode {
  readonly kind = 'group';
  readonly group: GroupId;

  constructor(group: GroupId) {
    this.group = group;
  }
}

/** The rest of a long group, from `offset` on: closed until somebody wants to see it. */
export class OlderNode {
  readonly kind = 'older';
  readonly group: GroupId;
  readonly offset: number;

  constructor(group: GroupId, offset: number) {
    this.group = group;
    this.offset = offset;
  }
}

/** A session. */
export class SessionNode {
  readonly kind = 'session';
  readonly sessionId: string;
  /** The request that its row shows: what "Allow" on the row is about, whatever came meanwhile. */
  shownRequestId: string | undefined;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }
}

/** A request of an agent that waits for the user, below its session. */
export class RequestNode {
  readonly kind = 'request';
  readonly sessionId: string;
  readonly requestId: string;

  constructor(sessionId: string, requestId: string) {
    this.sessionId = sessionId;
    this.requestId = requestId;
  }
}

/** A file that a session has changed, below it. */
export class ChangeNode {
  readonly kind = 'change';
  readonly sessionId: string;
  /** Absolute. */
  readonly path: string;

  constructor(sessionId: string, path: string) {
    this.sessionId = sessionId;
    this.path = path;
  }
}

/** How a link in a notification names the row of a request, as nodes themselves cannot be written down. */
export const rowNameSchema = onFirstUse(() =>
  z.strictObject({ row: z.strictObject({ sessionId: z.string(), requestId: z.string() }) }),
);

/** One row of the tree. */
export type TreeNode = GroupNode | OlderNode | SessionNode | RequestNode | ChangeNode;

/** Whether a command was given a row of the tree. */
export function isTreeNode(value: unknown): value is TreeNode {
  return (
    value instanceof GroupNode ||
    value instanceof OlderNode ||
    value instanceof SessionNode ||
    value instanceof RequestNode ||
    value instanceof ChangeNode
  );
}

/** What a row can be asked to do; `when` clauses and pick lists go by these. */
export const sessionFlags = [
  'alive',
  'canCancel',
  'busy',
  'canStop',
  'canResume',
  'canRestart',
  'canPrompt',
  'canSignIn',
  'canRename',
  'canSave',
  'canDelete',
  'canAnswer',
  'keptAwake',
  'autoStop',
  'canPin',
  'isPinned',
  'canArchive',
  'isArchived',
  'isUnread',
  'atRest',
  'hasRemembered',
  'hasChanges',
  'canFork',
] as const;

/** One of {@link sessionFlags}. */
export type SessionFlag = (typeof sessionFlags)[number];

/** The flags of a session now. */
export function flagsOf({
  info,
  readOnly,
  remembered,
  facts,
}: Pick<SessionDetails, 'info' | 'readOnly' | 'remembered' | 'facts'>): ReadonlySet<SessionFlag> {
  const { status, processAlive, keepAwake, pendingRequests } = info;
  const writable = readOnly === undefined;
  const atRest = status === 'dormant' || status === 'crashed' || status === 'failed';
  const inTurn = status === 'working' || status === 'needsInput';
  const running = inTurn || status === 'ready';
  const holds: Record<SessionFlag, boolean> = {
    alive: processAlive || status === 'stopping',
    canCancel: inTurn,
    busy: status === 'working' && pendingRequests.length === 0,
    canStop: running || status === 'starting',
    canResume: atRest && writable,
    canRestart: (running || status === 'crashed' || status === 'failed') && writable,
    canPrompt: status !== 'stopping' && writable,
    canSignIn: asksForSignIn(info, writable),
    canRename: writable,
    canSave: writable,
    canDelete: atRest && readOnly !== 'ownedElsewhere',
    canAnswer: pendingRequests.length > 0,
    keptAwake: keepAwake,
    autoStop: !keepAwake && writable,
    ...arrangingFlags(info, writable),
    atRest: atRest && info.archived !== true && writable,
    hasRemembered: remembered.length > 0,
    hasChanges: info.changedFiles > 0,
    canFork: facts.canFork === true && info.messageCount > 0 && !inTurn && writable,
  };
  return new Set(sessionFlags.filter((flag) => holds[flag]));
}

/** What can be done about the place of a session in the list. */
function arrangingFlags(
  { pinned, archived, unread }: ListedSession,
  writable: boolean,
): Record<'canPin' | 'isPinned' | 'canArchive' | 'isArchived' | 'isUnread', boolean> {
  return {
    // What was put away stands in the archive, pinned or not.
    canPin: pinned === undefined && archived !== true && writable,
    isPinned: pinned !== undefined && writable,
    canArchive: archived !== true && writable,
    isArchived: archived === true && writable,
    isUnread: unread !== undefined && writable,
  };
}

function asksForSignIn({ status, error }: ListedSession, writable: boolean): boolean {
  return writable && status === 'failed' && error?.code === 'authRequired';
}

/** What a waiting request can be answered with, from its own row and from its session's. */
export const requestFlags = ['canAllow', 'canReject'] as const;

/** One of {@link requestFlags}. */
export type RequestFlag = (typeof requestFlags)[number];

/** The option that "Allow" stands for: this once rather than for ever. */
export function allowOption(request: PendingRequest): string | undefined {
  return optionOfKind(request, 'allow');
}

/** The option that "Reject" stands for; `undefined` = cancel the request. */
export function rejectOption(request: PendingRequest): string | undefined {
  return optionOfKind(request, 'reject');
}

function optionOfKind(request: PendingRequest, answer: 'allow' | 'reject'): string | undefined {
  const fitting = request.options.filter(
    ({ kind }) => kind === answer || kind.startsWith(`${answer}_`),
  );
  return (fitting.find(({ kind }) => kind === `${answer}_once`) ?? fitting[0])?.optionId;
}

/** The flags of a request. A question needs its form, which the panel has: it can only be declined here. */
export function requestFlagsOf(request: PendingRequest): ReadonlySet<RequestFlag> {
  const flags = new Set<RequestFlag>(['canReject']);
  if (allowOption(request) !== undefined) flags.add('canAllow');
  return flags;
}

/** The `viewItem` of a row: its kind and its flags, each between semicolons so that none is part of another. */
export function contextValue(kind: TreeNode['kind'], flags: Iterable<string> = []): string {
  return `;${[kind, ...flags].join(';')};`;
}

/** What can be done about a changed file. */
export const changeFlags = ['canDiff', 'canRevert'] as const;
