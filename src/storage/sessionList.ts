// Looking at a store's folder: one row per session, quick through the index, right without it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import type { StoredSession } from '../session/storePort.ts';
import { fingerprintOf, namesIn } from './files.ts';
import type { FileFacts, FileSystem } from './fileSystem.ts';
import { parseHead, type ParsedHead } from './headFormat.ts';
import { readHead } from './headFile.ts';
import { isOwnedElsewhere, type OwnerDeps } from './ownerFile.ts';
import { askingOnce } from './processIdentity.ts';
import { damagedSession, wholeSession, type RowFacts } from './savedSession.ts';
import {
  groupFiles,
  pathsOf,
  sessionPaths,
  type FoundFiles,
  type SessionPaths,
  type StorePaths,
} from './sessionFiles.ts';
import type { IndexedHead, IndexEntry, SessionIndex } from './sessionIndex.ts';
import { errnoOf } from './storageErrors.ts';

/** Longest time that files are looked at in one turn of the event loop, in milliseconds. */
const turnMs = 5;

/** Heads read at the same time: more than the system's four workers keeps them busy. */
const readers = 16;

/** What listing works with. */
export interface ListDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly paths: StorePaths;
  readonly owner: OwnerDeps;
  readonly index: Pick<SessionIndex, 'read' | 'update'>;
}

/** A folder as listed. */
export interface Listing {
  readonly sessions: readonly StoredSession[];
  /** Names of temporary files, of saves under way or cut short. */
  readonly temporary: readonly string[];
  /** Ids of sessions without a head. */
  readonly headless: readonly string[];
}

interface ReadRow {
  readonly row: StoredSession;
  /** What the index may remember of it: one entry, or none. */
  readonly indexed?: readonly IndexEntry[];
}

interface Looked {
  readonly sessionId: string;
  readonly paths: SessionPaths;
  readonly found: FoundFiles;
  readonly head: FileFacts | undefined;
  readonly transcript: FileFacts | undefined;
}

/**
 * All sessions in the folder, by id. A head that has not changed since the index saw it is taken from
 * there; every other one is read, and remembered. Rejects only when the folder cannot be read.
 */
export async function listSessions(store: ListDeps): Promise<Listing> {
  const deps = { ...store, owner: { ...store.owner, identity: askingOnce(store.owner.identity) } };
  const { fs, paths, index } = deps;
  const { sessions: found, temporary } = groupFiles(await namesIn(fs, paths.sessions));
  const known = found.size === 0 ? new Map<string, IndexedHead>() : await index.read();
  const rows: StoredSession[] = [];
  const indexed: IndexEntry[] = [];
  const toRead: Looked[] = [];
  const headless: string[] = [];
  let turn = deps.clock.monotonic();
  for (const [sessionId, files] of found) {
    if (deps.clock.monotonic() - turn >= turnMs) {
      await nextTurn();
      turn = deps.clock.monotonic();
    }
    if (!files.head && !files.transcript && !files.backup) continue;
    const looked = look(deps, sessionId, files);
    // A session that is being made has an empty transcript for a moment; killed then, it never was.
    if (!files.head && !files.backup && looked.transcript?.size === 0) continue;
    if (!files.head) headless.push(sessionId);
    const head = known.get(sessionId);
    if (head === undefined || looked.head === undefined || !isOf(looked.head, head)) {
      toRead.push(looked);
      continue;
    }
    const ownedByOther = files.owner && (await ownedElsewhere(deps, looked));
    rows.push(wholeSession(factsOf(looked, ownedByOther), { ...head, newer: false }));
    indexed.push([sessionId, head]);
  }
  const read = await readRows(deps, toRead);
  const added = read.flatMap((one) => one.indexed ?? []);
  for (const { row } of read) rows.push(row);
  await index.update([...indexed, ...added], added);
  return { sessions: rows.sort(byId), temporary, headless };
}

function isOf(head: FileFacts, { fingerprint }: IndexedHead): boolean {
  return fingerprintOf(head) === fingerprint;
}

function byId(a: StoredSession, b: StoredSession): number {
  return a.info.sessionId < b.info.sessionId ? -1 : 1;
}

/** One session as the folder has it now; `undefined` when there is nothing of it. */
export async function readSession(
  deps: ListDeps,
  sessionId: string,
): Promise<StoredSession | undefined> {
  const paths = sessionPaths(deps.paths.sessions, sessionId);
  const there = (path: string): boolean => deps.fs.statSync(path) !== undefined;
  const found: FoundFiles = {
    head: there(paths.head),
    backup: there(paths.backup),
    transcript: there(paths.transcript),
    owner: there(paths.owner),
  };
  if (!found.head && !found.backup && !found.transcript) return undefined;
  return (await readRow(deps, look(deps, sessionId, found))).row;
}

function look({ fs, paths }: ListDeps, sessionId: string, found: FoundFiles): Looked {
  const own = pathsOf(paths.sessions, sessionId);
  const stat = (there: boolean, path: string): FileFacts | undefined => {
    if (!there) return undefined;
    try {
      return fs.statSync(path);
    } catch {
      // Reading it will say what is wrong.
      return undefined;
    }
  };
  return {
    sessionId,
    paths: own,
    found,
    head: stat(found.head, own.head),
    transcript: stat(found.transcript, own.transcript),
  };
}

async function readRows(deps: ListDeps, looked: readonly Looked[]): Promise<readonly ReadRow[]> {
  const rows: ReadRow[] = [];
  const queue = looked.values();
  const reader = async (): Promise<void> => {
    // Readers share the queue: each takes the next session when it has finished one.
    for (const one of queue) rows.push(await readRow(deps, one));
  };
  await Promise.all(Array.from({ length: readers }, reader));
  return rows;
}

async function readRow(deps: ListDeps, looked: Looked): Promise<ReadRow> {
  const { sessionId } = looked;
  const facts = factsOf(looked, await ownedElsewhere(deps, looked));
  const head = await readHeadSafely(deps, facts.paths.head, sessionId, looked.head?.size);
  if (head?.kind === 'whole') {
    const saved = { state: head.head.state, savedAt: head.head.saved_at };
    const row = wholeSession(facts, { ...saved, newer: head.newer });
    // Looked at before it was read: if it changed in between, the next list reads it again.
    if (head.newer || looked.head === undefined) return { row };
    const indexed = { ...saved, fingerprint: fingerprintOf(looked.head) };
    return { row, indexed: [[sessionId, indexed]] };
  }
  const damage =
    head === undefined
      ? { reason: 'is missing', readable: {}, newer: false }
      : { reason: head.reason, readable: head.readable, newer: head.newer };
  const transcript = looked.transcript !== undefined;
  const backup = await readHeadSafely(deps, facts.paths.backup, sessionId);
  return { row: damagedSession(facts, { ...damage, transcript }, backup) };
}

/** A head, or the reason why the system does not let us read it. */
async function readHeadSafely(
  { fs, logger }: ListDeps,
  file: string,
  sessionId: string,
  size?: number,
): Promise<ParsedHead | undefined> {
  try {
    return await readHead(fs, file, sessionId, size);
  } catch (error) {
    logger.warn(`${file}: ${String(error)}`);
    const unreadable = parseHead('', sessionId);
    const reason = `cannot be read (${errnoOf(error) ?? 'unknown error'})`;
    return unreadable.kind === 'damaged' ? { ...unreadable, reason } : unreadable;
  }
}

function factsOf({ sessionId, paths, head, transcript }: Looked, ownedByOther: boolean): RowFacts {
  return {
    sessionId,
    paths,
    bytes: (head?.size ?? 0) + (transcript?.size ?? 0),
    changedAt: Math.max(head?.mtimeMs ?? 0, transcript?.mtimeMs ?? 0),
    ownedElsewhere: ownedByOther,
  };
}

async function ownedElsewhere(
  { owner, logger }: ListDeps,
  { found, paths }: Looked,
): Promise<boolean> {
  try {
    return found.owner && (await isOwnedElsewhere(owner, paths.owner));
  } catch (error) {
    // Who cannot see the owner must not write.
    logger.warn(`${paths.owner}: ${String(error)}`);
    return true;
  }
}
