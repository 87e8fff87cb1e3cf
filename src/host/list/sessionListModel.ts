// The sessions sorted into groups, kept up to date change by change and published at a pace the editor can follow.
import type { Clock } from '../../session/clock.ts';
import { Emitter, type Disposable, type Event } from '../../session/event.ts';
import type { ListedSession } from '../../session/info.ts';
import type { Sessions } from '../../session/sessions.ts';
import {
  endOfDay,
  groupOf,
  inOrder,
  needOf,
  plainView,
  sortKey,
  type GroupId,
  type ListView,
  type Need,
  type SortKey,
} from './sessionGrouping.ts';

/**
 * Least time between two publications. The editor merges tree events that are closer than 200 ms and
 * starts its wait anew with each of them: a steady stream of closer ones would never be shown at all.
 */
export const publishEveryMs = 250;

/** What changed since the publication before. */
export interface Publication {
  /** Groups whose members, or the order of them, changed. */
  readonly groups: ReadonlySet<GroupId>;
  /** Whether a group appeared or disappeared, or everything is arranged anew. */
  readonly groupsShown: boolean;
  /** Sessions about which anything changed; those that are gone too. */
  readonly sessions: ReadonlySet<string>;
}

/** How many sessions there are, and how many of each kind that matters at a glance; hidden ones too. */
export interface SessionCounts {
  readonly total: number;
  readonly alive: number;
  readonly working: number;
  readonly needsYou: number;
  readonly unread: number;
  /** How many the filter hides. */
  readonly hidden: number;
}

interface Placed {
  /** `undefined` while the filter hides it. */
  readonly group: GroupId | undefined;
  readonly key: SortKey;
  readonly need: Need;
  readonly alive: boolean;
  readonly unread: boolean;
}

/** Groups and counts of all sessions, as last published: the same until the next publication. */
export class SessionListModel implements Disposable {
  readonly #sessions: Pick<Sessions, 'list' | 'get' | 'onDidChange'>;
  readonly #clock: Clock;
  readonly #publications: Emitter<Publication>;
  readonly #subscription: Disposable;
  readonly #placed = new Map<string, Placed>();
  readonly #members = new Map<GroupId, Set<string>>();
  /** Members in order, until the group changes. */
  readonly #sorted = new Map<GroupId, readonly string[]>();
  #view: ListView;
  #dirty = new Set<string>();
  #timer: Disposable | undefined;
  #midnight: Disposable | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'list' | 'get' | 'onDidChange'>;
    readonly clock: Clock;
    readonly view?: ListView;
    readonly onListenerError: (error: unknown) => void;
  }) {
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#view = deps.view ?? plainView;
    this.#publications = new Emitter<Publication>(deps.onListenerError);
    for (const info of deps.sessions.list()) this.#place(info.sessionId, info);
    this.#subscription = deps.sessions.onDidChange(({ sessionId }) => {
      this.#dirty.add(sessionId);
      this.#schedule();
    });
    this.#watchDays();
  }

  /** Fires after groups and counts have moved on; at most once in {@link publishEveryMs}. */
  readonly onDidPublish: Event<Publication> = (listener) => this.#publications.event(listener);

  /** How the list is arranged. */
  get view(): ListView {
    return this.#view;
  }

  /** Arranges the list anew, and publishes at once: somebody waits for it. */
  arrange(view: ListView): void {
    this.#view = view;
    this.#watchDays();
    this.#rearrange();
  }

  /** The groups that have members, in the order they are shown. */
  groups(): readonly GroupId[] {
    return inOrder(this.#members.keys());
  }

  /** How many sessions a group has. */
  sizeOf(group: GroupId): number {
    return this.#members.get(group)?.size ?? 0;
  }

  /** The sessions of a group, in order. */
  members(group: GroupId): readonly string[] {
    let sorted = this.#sorted.get(group);
    if (sorted === undefined) {
      const members = [...(this.#members.get(group) ?? [])];
      sorted = sortedBy(new Map(members.map((id) => [id, this.#placed.get(id)?.key])));
      this.#sorted.set(group, sorted);
    }
    return sorted;
  }

  /** These sessions in the order in which rows of one group stand, or will as soon as it is published. */
  inRowOrder(infos: readonly ListedSession[]): readonly string[] {
    return sortedBy(new Map(infos.map((info) => [info.sessionId, sortKey(info, this.#view)])));
  }

  /** The group a session is shown in. */
  groupOf(sessionId: string): GroupId | undefined {
    return this.#placed.get(sessionId)?.group;
  }

  /** How many there are. */
  counts(): SessionCounts {
    const all = [...this.#placed.values()];
    const count = (is: (placed: Placed) => boolean): number => all.filter(is).length;
    return {
      total: all.length,
      alive: count(({ alive }) => alive),
      working: count(({ need }) => need === 'working'),
      needsYou: count(({ need }) => need === 'needsYou'),
      unread: count(({ unread }) => unread),
      hidden: count(({ group }) => group === undefined),
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#midnight?.dispose();
    this.#midnight = undefined;
    this.#publications.dispose();
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#publishedAt + publishEveryMs - this.#clock.monotonic());
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = undefined;
      this.#publish();
    });
  }

  #publish(): void {
    this.#publishedAt = this.#clock.monotonic();
    const shownBefore = this.groups().join();
    const sessions = this.#dirty;
    this.#dirty = new Set();
    const groups = new Set<GroupId>();
    for (const sessionId of sessions) {
      for (const group of this.#place(sessionId, this.#sessions.get(sessionId))) groups.add(group);
    }
    for (const group of groups) this.#sorted.delete(group);
    this.#publications.fire({
      groups,
      sessions,
      groupsShown: this.groups().join() !== shownBefore,
    });
  }

  #rearrange(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#publishedAt = this.#clock.monotonic();
    const sessions = new Set([...this.#dirty, ...this.#placed.keys()]);
    this.#dirty = new Set();
    for (const sessionId of sessions) this.#place(sessionId, this.#sessions.get(sessionId));
    this.#sorted.clear();
    this.#publications.fire({ groups: new Set(this.groups()), sessions, groupsShown: true });
  }

  /** At midnight today becomes yesterday. */
  #watchDays(): void {
    this.#midnight?.dispose();
    this.#midnight = undefined;
    if (this.#view.groupBy !== 'day') return;
    const now = this.#clock.now();
    this.#midnight = this.#clock.after(endOfDay(now) - now, () => {
      this.arrange(this.#view);
    });
  }

  /** Puts a session where it belongs; the groups that changed by it. */
  #place(sessionId: string, info: ListedSession | undefined): readonly GroupId[] {
    const before = this.#placed.get(sessionId);
    if (info === undefined) {
      this.#placed.delete(sessionId);
      return this.#take(sessionId, before?.group);
    }
    const now: Placed = {
      group: groupOf(info, this.#view, this.#clock.now()),
      key: sortKey(info, this.#view),
      need: needOf(info),
      alive: info.processAlive,
      unread: info.unread !== undefined,
    };
    this.#placed.set(sessionId, now);
    if (before !== undefined && before.group === now.group) {
      const stays = before.key.value === now.key.value && before.key.up === now.key.up;
      return stays || now.group === undefined ? [] : [now.group];
    }
    const left = this.#take(sessionId, before?.group);
    if (now.group === undefined) return left;
    const members = this.#members.get(now.group) ?? new Set();
    this.#members.set(now.group, members.add(sessionId));
    return [...left, now.group];
  }

  /** Takes a session out of a group; a group without members is gone. */
  #take(sessionId: string, group: GroupId | undefined): readonly GroupId[] {
    const members = group === undefined ? undefined : this.#members.get(group);
    if (group === undefined || members?.delete(sessionId) !== true) return [];
    if (members.size === 0) this.#members.delete(group);
    return [group];
  }
}

function sortedBy(keys: ReadonlyMap<string, SortKey | undefined>): string[] {
  return [...keys.keys()].sort((a, b) => compared(keys.get(a), keys.get(b), a < b));
}

function compared(a: SortKey | undefined, b: SortKey | undefined, aFirst: boolean): number {
  if (a === undefined || b === undefined || a.value === b.value) return aFirst ? -1 : 1;
  return a.value < b.value === a.up ? -1 : 1;
}
