// How the list of sessions is arranged: which group a row stands in, what the order inside goes by, and what a filter hides. No editor.
import * as z from 'zod/mini';
import type { ListedSession } from '../../session/info.ts';
import { onFirstUse } from '../../session/onDemand.ts';

/** The groups by need, in the order they are shown. */
export const needs = ['needsYou', 'working', 'ready', 'dormant', 'failed'] as const;

/** One of {@link needs}. */
export type Need = (typeof needs)[number];

/** What rows can be grouped by. */
export const groupings = ['need', 'agent', 'folder', 'day'] as const;

/** One of {@link groupings}. */
export type Grouping = (typeof groupings)[number];

/** What rows can be sorted by inside their group. */
export const sortings = ['activity', 'created', 'title'] as const;

/** One of {@link sortings}. */
export type Sorting = (typeof sortings)[number];

/** What is left in the list; an empty part hides nothing. Who needs the user is never hidden. */
export const sessionFilterSchema = onFirstUse(() =>
  z.object({
    states: z._default(z.array(z.enum(needs)), []),
    agents: z._default(z.array(z.string()), []),
    unreadOnly: z._default(z.boolean(), false),
  }),
);

/** What is left in the list. */
export type SessionFilter = z.infer<ReturnType<typeof sessionFilterSchema>>;

/** How the list is arranged, as it is kept between windows; what cannot be read is as it was at first. */
export const listViewSchema = onFirstUse(() => {
  const filter = sessionFilterSchema();
  return z.object({
    groupBy: z.catch(z.enum(groupings), 'need'),
    sortBy: z.catch(z.enum(sortings), 'activity'),
    filter: z.catch(filter, filter.parse({})),
  });
});

/** How the list is arranged. */
export type ListView = z.infer<ReturnType<typeof listViewSchema>>;

/** The arrangement of a list that nobody has arranged; in words, as no schema is built for it. */
export const plainView: ListView = {
  groupBy: 'need',
  sortBy: 'activity',
  filter: { states: [], agents: [], unreadOnly: false },
};

/** A group of the list: a need, `pinned`, `archived`, or `agent:…`, `folder:…`, `day:…`. */
export type GroupId = string;

/** Days are put together the further back they are; the number is the place of the group. */
export const dayGroups = ['day:0', 'day:1', 'day:2', 'day:3', 'day:4'] as const;

const dayMs = 24 * 60 * 60_000;

/** What a session needs, or is doing. */
export function needOf(info: ListedSession): Need {
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
 * The group that a session stands in; `undefined` when the filter hides it. Who needs the user comes
 * before everything else, then what is pinned; what is archived comes last.
 * @param now wall clock, milliseconds
 */
export function groupOf(
  info: ListedSession,
  view: ListView = plainView,
  now = 0,
): GroupId | undefined {
  const need = needOf(info);
  if (need === 'needsYou') return need;
  if (!passes(info, need, view.filter)) return undefined;
  if (info.archived === true) return 'archived';
  if (info.pinned !== undefined) return 'pinned';
  switch (view.groupBy) {
    case 'need':
      return need;
    case 'agent':
      return `agent:${info.agentId}`;
    case 'folder':
      return `folder:${info.cwd}`;
    case 'day':
      return dayGroup(info.lastActivityAt, now);
  }
}

function passes(info: ListedSession, need: Need, filter: SessionFilter): boolean {
  const { states, agents, unreadOnly } = filter;
  if (states.length > 0 && !states.includes(need)) return false;
  if (agents.length > 0 && !agents.includes(info.agentId)) return false;
  return !unreadOnly || info.unread !== undefined;
}

/** Whether a filter hides anything. */
export function isFiltering({ states, agents, unreadOnly }: SessionFilter): boolean {
  return states.length > 0 || agents.length > 0 || unreadOnly;
}

function dayGroup(at: string, now: number): GroupId {
  const midnight = startOfDay(now);
  const then = Date.parse(at);
  const limits = [midnight, midnight - dayMs, midnight - 6 * dayMs, midnight - 29 * dayMs];
  const place = limits.findIndex((limit) => then >= limit);
  return dayGroups[place] ?? 'day:4';
}

/** The local midnight before a time; milliseconds. */
export function startOfDay(now: number): number {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** The local midnight after a time; milliseconds. */
export function endOfDay(now: number): number {
  const date = new Date(now);
  date.setHours(24, 0, 0, 0);
  return date.getTime();
}

/** Groups in the order they are shown. */
export function inOrder(groups: Iterable<GroupId>): GroupId[] {
  return [...groups].sort((a, b) => {
    const [placeA, placeB] = [placeOf(a), placeOf(b)];
    if (placeA !== placeB) return placeA - placeB;
    return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
  });
}

function placeOf(group: GroupId): number {
  if (group === 'needsYou') return 0;
  if (group === 'pinned') return 1;
  if (group === 'archived') return 100;
  const place = [...needs, ...dayGroups].findIndex((known) => known === group);
  return place === -1 ? 50 : 2 + place;
}

/** What a row's place in its group goes by. */
export interface SortKey {
  readonly value: string;
  /** Smallest first; else largest. */
  readonly up: boolean;
}

/**
 * What the order inside a group goes by. By activity, rows with a process come first and keep their
 * place while they work; rows at rest stand by when they were last used.
 */
export function sortKey(info: ListedSession, view: ListView = plainView): SortKey {
  if (info.pinned !== undefined && needOf(info) !== 'needsYou') {
    // Places are small numbers of ours; a hundredth tells neighbours apart.
    return { value: info.pinned.toFixed(2).padStart(16, '0'), up: true };
  }
  switch (view.sortBy) {
    case 'title':
      return { value: info.title.trim().toLowerCase(), up: true };
    case 'created':
      return { value: info.createdAt, up: false };
    case 'activity': {
      const atRest = needOf(info) === 'dormant';
      return {
        value: atRest ? `0${info.lastActivityAt}` : `1${info.createdAt}`,
        up: false,
      };
    }
  }
}

/** The places of pinned sessions after they were put in this order, for those whose place is another now. */
export function pinnedPlaces(
  order: readonly { readonly sessionId: string; readonly pinned?: number }[],
): ReadonlyMap<string, number> {
  return new Map(
    order.flatMap(({ sessionId, pinned }, index) =>
      pinned === index + 1 ? [] : [[sessionId, index + 1] as const],
    ),
  );
}

/** The order after some were moved to the place of one, which makes room in the direction they came from, or to the end. */
export function moved<T>(order: readonly T[], moving: readonly T[], to: T | undefined): T[] {
  const rest = order.filter((one) => !moving.includes(one));
  if (to !== undefined && moving.includes(to)) return [...order];
  const place = to === undefined ? -1 : rest.indexOf(to);
  if (to === undefined || place === -1) return [...rest, ...moving];
  const first = order.findIndex((one) => moving.includes(one));
  const down = first !== -1 && first < order.indexOf(to);
  const at = down ? place + 1 : place;
  return [...rest.slice(0, at), ...moving, ...rest.slice(at)];
}

/** The order after some moved one place up or down; those at the end stay there, and none overtakes another that moves. */
export function shifted<T>(order: readonly T[], moving: readonly T[], by: 'up' | 'down'): T[] {
  const shifting = by === 'up' ? [...order] : order.toReversed();
  for (const [place, one] of shifting.entries()) {
    const before = shifting[place - 1];
    if (before === undefined || moving.includes(before) || !moving.includes(one)) continue;
    shifting.splice(place - 1, 2, one, before);
  }
  return by === 'up' ? shifting : shifting.reverse();
}
