// The sessions sorted into groups by need, kept up to date change by change and published at a pace the editor can follow.
import type { Clock } from '../session/clock.ts';
import { Emitter, type Disposable, type Event } from '../session/event.ts';
import type { SessionInfo } from '../session/info.ts';
import type { Sessions } from '../session/sessions.ts';
import { groupIds, groupOf, sortKey, type GroupId } from './sessionTreeModel.ts';

/**
 * Least time between two publications. The editor merges tree events that are closer than 200 ms and
 * starts its wait anew with each of them: a steady stream of closer ones would never be shown at all.
 */
export const publishEveryMs = 250;

/** What changed since the publication before. */
export interface Publication {
  /** Groups whose members, or the order of them, changed. */
  readonly groups: ReadonlySet<GroupId>;
  /** Whether a group appeared or disappeared. */
  readonly groupsShown: boolean;
  /** Sessions about which anything changed; those that are gone too. */
  readonly sessions: ReadonlySet<string>;
}

/** How many sessions there are, and how many of each kind that matters at a glance. */
export interface SessionCounts {
  readonly total: number;
  readonly alive: number;
  readonly working: number;
  readonly needsYou: number;
}

interface Placed {
  readonly group: GroupId;
  readonly key: string;
  readonly alive: boolean;
}

/** Groups and counts of all sessions, as last published: the same until the next publication. */
export class SessionListModel implements Disposable {
  readonly #sessions: Pick<Sessions, 'list' | 'get' | 'onDidChange'>;
  readonly #clock: Clock;
  readonly #publications: Emitter<Publication>;
  readonly #subscription: Disposable;
  readonly #placed = new Map<string, Placed>();
  readonly #members: Readonly<Record<GroupId, Set<string>>> = {
    needsYou: new Set(),
    working: new Set(),
    ready: new Set(),
    dormant: new Set(),
    failed: new Set(),
  };
  /** Members in order, until the group changes. */
  readonly #sorted = new Map<GroupId, readonly string[]>();
  #dirty = new Set<string>();
  #timer: Disposable | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'list' | 'get' | 'onDidChange'>;
    readonly clock: Clock;
    readonly onListenerError: (error: unknown) => void;
  }) {
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#publications = new Emitter<Publication>(deps.onListenerError);
    for (const info of deps.sessions.list()) this.#place(info.sessionId, info);
    this.#subscription = deps.sessions.onDidChange(({ sessionId }) => {
      this.#dirty.add(sessionId);
      this.#schedule();
    });
  }

  /** Fires after groups and counts have moved on; at most once in {@link publishEveryMs}. */
  readonly onDidPublish: Event<Publication> = (listener) => this.#publications.event(listener);

  /** The groups that have members, in the order they are shown. */
  groups(): readonly GroupId[] {
    return groupIds.filter((group) => this.#members[group].size > 0);
  }

  /** How many sessions a group has. */
  sizeOf(group: GroupId): number {
    return this.#members[group].size;
  }

  /** The sessions of a group, newest first. */
  members(group: GroupId): readonly string[] {
    let sorted = this.#sorted.get(group);
    if (sorted === undefined) {
      sorted = [...this.#members[group]].sort((a, b) => {
        const [keyA, keyB] = [this.#placed.get(a)?.key ?? '', this.#placed.get(b)?.key ?? ''];
        if (keyA !== keyB) return keyA < keyB ? 1 : -1;
        return a < b ? -1 : 1;
      });
      this.#sorted.set(group, sorted);
    }
    return sorted;
  }

  /** The group a session is shown in. */
  groupOf(sessionId: string): GroupId | undefined {
    return this.#placed.get(sessionId)?.group;
  }

  /** How many there are. */
  counts(): SessionCounts {
    let alive = 0;
    for (const placed of this.#placed.values()) if (placed.alive) alive += 1;
    return {
      total: this.#placed.size,
      alive,
      working: this.#members.working.size,
      needsYou: this.#members.needsYou.size,
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#timer?.dispose();
    this.#timer = undefined;
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

  /** Puts a session where it belongs; the groups that changed by it. */
  #place(sessionId: string, info: SessionInfo | undefined): readonly GroupId[] {
    const before = this.#placed.get(sessionId);
    if (info === undefined) {
      if (before === undefined) return [];
      this.#placed.delete(sessionId);
      this.#members[before.group].delete(sessionId);
      return [before.group];
    }
    const now: Placed = { group: groupOf(info), key: sortKey(info), alive: info.processAlive };
    this.#placed.set(sessionId, now);
    this.#members[now.group].add(sessionId);
    if (before === undefined) return [now.group];
    if (before.group !== now.group) {
      this.#members[before.group].delete(sessionId);
      return [before.group, now.group];
    }
    return before.key === now.key ? [] : [now.group];
  }
}
