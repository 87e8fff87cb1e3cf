// Looking at a store's folder: one row per session, quick through the index, right without it.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../session/clock.ts';
import type { Logger } from '../session/ports.ts';
import type { StoredSession } from '../session/storePort.ts';
import { fingerprintOf, isUnchanged, namesIn, type SeenFile } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { parseHead, type ParsedHead } from './headFormat.ts';
import { readHead } from './headFile.ts';
import { isOwned, isOwnedElsewhere, type OwnerDeps } from './ownerFile.ts';
import { askingOnce } from './processIdentity.ts';
import { damagedSession, wholeSession, type RowFacts } from './savedSession.ts';
import {
  groupFiles,
  headOf,
  pathsOf,
  sessionPaths,
  type FoundFiles,
  type StorePaths,
} from './sessionFiles.ts';
import type { IndexedHead, IndexEntry } from './indexLines.ts';
import type { SessionIndex } from './sessionIndex.ts';
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
  /** What the index may remember of it. */
  readonly indexed?: IndexedHead;
}

interface Looked {
  readonly sessionId: string;
  readonly found: FoundFiles;
  readonly head: SeenFile | undefined;
}

/**
 * All sessions in the folder, by id. A head that has not changed since the index saw it is taken from
 * there; every other one is read, and remembered. Rejects only when the folder cannot be read.
 */
export async function listSessions(store: ListDeps): Promise<Listing> {
  const deps = { ...store, owner: { ...store.owner, identity: askingOnce(store.owner.identity) } };
  // Each waits for the disk while the other works.
  const [known, { looked, temporary }] = await Promise.all([deps.index.read(), lookAtAll(deps)]);
  const rows: StoredSession[] = [];
  const current = new Map<string, IndexedHead>();
  const toRead: Looked[] = [];
  for (const one of looked) {
    const head = known.get(one.sessionId);
    if (head === undefined || one.head === undefined || !isUnchanged(one.head, head.fingerprint)) {
      toRead.push(one);
      continue;
    }
    const ownedByOther = one.found.owner && (await ownedElsewhere(deps, one));
    rows.push(wholeSession(factsOf(deps, one, ownedByOther), head));
    current.set(one.sessionId, head);
  }
  const added: IndexEntry[] = [];
  for (const { row, indexed } of await readRows(deps, toRead)) {
    rows.push(row);
    if (indexed === undefined) continue;
    added.push([row.info.sessionId, indexed]);
    current.set(row.info.sessionId, indexed);
  }
  await deps.index.update(current, added);
  const headless = looked.filter(({ found }) => !found.head).map(({ sessionId }) => sessionId);
  return { sessions: rows.sort(byId), temporary, headless };
}

/** What the folder has of each session, looked at in slices. */
async function lookAtAll(
  deps: ListDeps,
): Promise<{ readonly looked: readonly Looked[]; readonly temporary: readonly string[] }> {
  const { clock, fs, paths } = deps;
  const { sessions: found, temporary } = groupFiles(await namesIn(fs, paths.sessions));
  const looked: Looked[] = [];
  let turn = clock.monotonic();
  for (const [sessionId, files] of found) {
    if (clock.monotonic() - turn >= turnMs) {
      await nextTurn();
      turn = clock.monotonic();
    }
    if (!files.head && !files.transcript && !files.backup) continue;
    if (!files.head && !files.backup) {
      const { owner, transcript } = pathsOf(paths.sessions, sessionId);
      // A session that is being made has an empty transcript for a moment; killed then, it never was.
      if (see(fs, transcript)?.size === 0) continue;
      // One that is being imported has all of it, and no head yet.
      if (files.owner && (await isOwned(deps.owner, owner).catch(() => false))) continue;
    }
    looked.push(look(deps, sessionId, files));
  }
  return { looked, temporary };
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
  const head = found.head ? see(fs, headOf(paths.sessions, sessionId)) : undefined;
  return { sessionId, found, head };
}

function see(fs: FileSystem, path: string): SeenFile | undefined {
  try {
    const facts = fs.statSync(path);
    // A few of what the system tells: ten thousand of these are kept for a moment.
    return facts && { size: facts.size, mtimeMs: facts.mtimeMs, ino: facts.ino };
  } catch {
    // Reading it will say what is wrong.
    return undefined;
  }
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
  const paths = pathsOf(deps.paths.sessions, sessionId);
  const head = await readHeadSafely(deps, paths.head, sessionId, looked.head);
  if (head?.kind === 'whole') {
    const saved = { state: head.head.state, savedAt: head.head.saved_at };
    const facts = factsOf(deps, looked, await ownedElsewhere(deps, looked));
    const row = wholeSession(facts, { ...saved, newer: head.newer });
    // Looked at before it was read: if it changed in between, the next list reads it again.
    if (head.newer || looked.head === undefined) return { row };
    return { row, indexed: { ...saved, fingerprint: fingerprintOf(looked.head) } };
  }
  const damage =
    head === undefined
      ? { reason: 'is missing', readable: {}, newer: false }
      : { reason: head.reason, readable: head.readable, newer: head.newer };
  const transcript = looked.found.transcript ? see(deps.fs, paths.transcript) : undefined;
  const files = {
    bytes: (looked.head?.size ?? 0) + (transcript?.size ?? 0),
    changedAt: Math.max(looked.head?.mtimeMs ?? 0, transcript?.mtimeMs ?? 0),
  };
  const backup = await readHeadSafely(deps, paths.backup, sessionId);
  const what = { ...damage, transcript: transcript !== undefined };
  return { row: damagedSession({ sessionId, paths, ...files }, what, backup) };
}

/** A head, or the reason why the system does not let us read it. */
async function readHeadSafely(
  { fs, logger }: ListDeps,
  file: string,
  sessionId: string,
  facts?: SeenFile,
): Promise<ParsedHead | undefined> {
  try {
    return await readHead(fs, file, sessionId, facts);
  } catch (error) {
    logger.warn(`${file}: ${String(error)}`);
    const unreadable = parseHead('', sessionId);
    const reason = `cannot be read (${errnoOf(error) ?? 'unknown error'})`;
    return unreadable.kind === 'damaged' ? { ...unreadable, reason } : unreadable;
  }
}

function factsOf(
  { fs, paths }: ListDeps,
  { sessionId, found, head }: Looked,
  elsewhere: boolean,
): RowFacts {
  const transcript = (): SeenFile | undefined =>
    found.transcript ? see(fs, pathsOf(paths.sessions, sessionId).transcript) : undefined;
  const bytes = (): number => (head?.size ?? 0) + (transcript()?.size ?? 0);
  return { sessionId, bytes, ownedElsewhere: elsewhere };
}

async function ownedElsewhere(
  { owner, logger, paths }: ListDeps,
  { found, sessionId }: Looked,
): Promise<boolean> {
  if (!found.owner) return false;
  const file = pathsOf(paths.sessions, sessionId).owner;
  try {
    return await isOwnedElsewhere(owner, file);
  } catch (error) {
    // Who cannot see the owner must not write.
    logger.warn(`${file}: ${String(error)}`);
    return true;
  }
}
