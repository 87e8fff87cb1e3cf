// What the tree of sessions is made of: nodes, groups by need, and the flags that say what can be done with a row. No editor.
import type { PendingRequest, SessionInfo } from '../session/info.ts';
import type { SessionDetails } from '../session/sessions.ts';

/** The groups, in the order they are shown; empty ones are hidden. */
export const groupIds = ['needsYou', 'working', 'ready', 'dormant', 'failed'] as const;

/** One of {@link groupIds}. */
export type GroupId = (typeof groupIds)[number];

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

/** One row of the tree. */
export type TreeNode = GroupNode | OlderNode | SessionNode | RequestNode;

/** Whether a command was given a row of the tree. */
export function isTreeNode(value: unknown): value is TreeNode {
  return (
    value instanceof GroupNode ||
    value instanceof OlderNode ||
    value instanceof SessionNode ||
    value instanceof RequestNode
  );
}

/** The group that a session belongs in now. */
export function groupOf(info: SessionInfo): GroupId {
  if (info.pendingRequests.length > 0) return 'needsYou';
  switch (info.status) {
    case 'needsInput':
      return 'needsYou';
    case 'starting':
    case 'working':
    case 'stopping':
      return 'working';
    case 'ready':
      return 'ready';
    case 'crashed':
    case 'failed':
      return 'failed';
    case 'dormant':
      return 'dormant';
  }
}

/**
 * What the order inside a group goes by, newest first. Rows with a process keep their place while they
 * work; rows at rest stand by when they were last used.
 */
export function sortKey(info: SessionInfo): string {
  return groupOf(info) === 'dormant' ? info.lastActivityAt : info.createdAt;
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
  'canRename',
  'canSave',
  'canDelete',
  'canAnswer',
  'keptAwake',
  'autoStop',
] as const;

/** One of {@link sessionFlags}. */
export type SessionFlag = (typeof sessionFlags)[number];

/** The flags of a session now. */
export function flagsOf({
  info,
  readOnly,
}: Pick<SessionDetails, 'info' | 'readOnly'>): ReadonlySet<SessionFlag> {
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
    canRename: writable,
    canSave: writable,
    canDelete: atRest && readOnly !== 'ownedElsewhere',
    canAnswer: pendingRequests.length > 0,
    keptAwake: keepAwake,
    autoStop: !keepAwake && writable,
  };
  return new Set(sessionFlags.filter((flag) => holds[flag]));
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
