// Which processes belong to a run: the one rule that decides what is ended. Pure.
import { entriesOf, entryMatches } from './ownerMarker.ts';
import type { ProcessRef, ProcessRow } from './processTable.ts';

/** What to look for. A process belongs to it by any of these, or by descent from one that does. */
export interface TreeTarget {
  /** Entries of the marker, whole or up to a separator. */
  readonly markers: readonly string[];
  /** Process groups, named by their leader. */
  readonly groups: readonly ProcessRef[];
  /** Processes that were seen below it before: they stay found when their parent is gone. */
  readonly known: readonly ProcessRef[];
  /** Nothing of it can be older than this (the host's start time); 0 when unknown. */
  readonly since: number;
}

/** A target without anything. */
export const emptyTarget: TreeTarget = { markers: [], groups: [], known: [], since: 0 };

/**
 * The living processes of a target, in the order of the table. Never pid 1, never one in `spare`,
 * and never one below a spared process unless it belongs to the target by itself.
 */
export function selectTree(
  rows: readonly ProcessRow[],
  target: TreeTarget,
  spare: ReadonlySet<number>,
): readonly ProcessRow[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const leaders = new Map([...target.groups, ...target.known].map((ref) => [ref.pid, ref]));
  const found = new Set<ProcessRow>();
  const queue: ProcessRow[] = [];
  const take = (row: ProcessRow): void => {
    if (row.pid <= 1 || spare.has(row.pid) || found.has(row)) return;
    found.add(row);
    queue.push(row);
  };

  for (const row of rows) {
    if (isMarked(row, target.markers) || isLed(row, leaders, byPid)) take(row);
  }
  const index = indexRows(rows);
  for (let row = queue.pop(); row !== undefined; row = queue.pop()) {
    for (const child of index.get(row.pid) ?? []) {
      // A child is never older than its parent: an older one only has a recycled number in common.
      if (child.start >= row.start) take(child);
    }
  }
  return rows.filter((row) => found.has(row) && !row.dead);
}

function isMarked(row: ProcessRow, wanted: readonly string[]): boolean {
  if (row.marker === undefined || wanted.length === 0) return false;
  return entriesOf(row.marker).some((entry) => wanted.some((want) => entryMatches(entry, want)));
}

/**
 * Whether a row is one of `leaders`, or in a group or session that one of them leads or led. While a
 * group has members its number is given to nobody else; so where a process with that number exists,
 * it is the leader, and its start time tells whether it is ours.
 */
function isLed(
  row: ProcessRow,
  leaders: ReadonlyMap<number, ProcessRef>,
  byPid: ReadonlyMap<number, ProcessRow>,
): boolean {
  // A parent's number outlives the parent only on Windows.
  return [row.pid, row.ppid, row.pgid, row.sid].some((id) => {
    const leader = leaders.get(id);
    if (leader === undefined || row.start < leader.start) return false;
    const holder = byPid.get(id);
    return holder === undefined || isSame(holder, leader);
  });
}

/** A start time of 0 stands for "not known yet", which only a process that is surely alive may have. */
function isSame(row: ProcessRow, ref: ProcessRef): boolean {
  return ref.start === 0 || row.start === ref.start;
}

/** Rows by each pid they hang on: their parent, their group's and their session's leader. */
function indexRows(rows: readonly ProcessRow[]): ReadonlyMap<number, readonly ProcessRow[]> {
  const index = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    for (const id of new Set([row.ppid, row.pgid, row.sid])) {
      if (id === row.pid) continue;
      const list = index.get(id);
      if (list === undefined) index.set(id, [row]);
      else list.push(row);
    }
  }
  return index;
}

/** What is never ended: this process, the given ones, and everything above them. */
export function sparedWith(
  rows: readonly ProcessRow[],
  pids: Iterable<number>,
): ReadonlySet<number> {
  const spared = new Set<number>();
  for (const pid of [process.pid, ...pids]) {
    for (const above of ancestorsOf(rows, pid)) spared.add(above);
  }
  return spared;
}

/** A process and everything above it: what must never be ended by somebody below. */
export function ancestorsOf(rows: readonly ProcessRow[], pid: number): ReadonlySet<number> {
  const parents = new Map(rows.map((row) => [row.pid, row.ppid]));
  const line = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && at > 0 && !line.has(at);) {
    line.add(at);
    at = parents.get(at);
  }
  return line;
}
