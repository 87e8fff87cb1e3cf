// Deleted sessions: moved away file by file so that they can be brought back, and gone only when the user says so.
import { basename, join } from 'node:path';
import type { Clock } from '../session/clock.ts';
import { SessionError } from '../session/errors.ts';
import {
  ensureFolder,
  folderMode,
  namesIn,
  removeIfThere,
  renameFile,
  syncFolder,
} from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import { isSessionId, sessionOfFile, sessionPaths, type StorePaths } from './sessionFiles.ts';
import { storageFailed } from './storageErrors.ts';

/** What the trash works with. */
export interface TrashDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly paths: StorePaths;
}

/** One deleted session: a folder named for the time and the id, holding its files. */
interface Deleted {
  readonly folder: string;
  readonly at: number;
  readonly sessionId: string;
}

/**
 * Moves all files of a session to the trash. The caller owns the session. The head goes first: what
 * a crash leaves behind is then a transcript without a head, whose head is in the trash (see
 * {@link finishDelete}).
 */
export async function moveToTrash(deps: TrashDeps, sessionId: string): Promise<void> {
  const { fs, paths } = deps;
  try {
    // A deletion that failed half way is gone on with: its halves must not lie in two folders.
    if (await finishDelete(deps, sessionId)) return;
    const deleted = await deletedSessions(deps);
    // Later than everything in there, also when the clock was set back: undo takes the last one.
    const at = Math.max(deps.clock.now(), (deleted.at(-1)?.at ?? 0) + 1);
    const folder = join(paths.trash, `${folderStamp(at)}.${sessionId}`);
    await ensureFolder(fs, paths.trash);
    await fs.mkdir(folder, folderMode);
    await fs.chmod(folder, folderMode);
    await moveFiles(deps, { from: paths.sessions, to: folder, sessionId });
  } catch (error) {
    throw storageFailed('delete', sessionPaths(paths.sessions, sessionId).head, error, sessionId);
  }
}

/**
 * The deleted session that undo would bring back: the last one, or the last one with this id.
 * @throws SessionError `savedSessionUnknown` when there is none
 */
export async function lastDeleted(deps: TrashDeps, sessionId?: string): Promise<string> {
  return (await findDeleted(deps, sessionId)).sessionId;
}

/** The ids of the sessions in the trash, the last deleted one last. @throws SessionError `storageFailed` */
export async function idsInTrash(deps: TrashDeps): Promise<readonly string[]> {
  try {
    return (await deletedSessions(deps)).map(({ sessionId }) => sessionId);
  } catch (error) {
    throw storageFailed('read', deps.paths.trash, error);
  }
}

/** Whether the trash holds a session with this id. */
export async function isInTrash(deps: TrashDeps, sessionId: string): Promise<boolean> {
  return (await deletedSessions(deps)).some((one) => one.sessionId === sessionId);
}

/**
 * Brings a deleted session's files back. The caller owns the session. Files that are in the way are
 * never replaced.
 * @throws SessionError `savedSessionUnknown`, `invalidArgument` when the id is in use again, `storageFailed`
 */
export async function bringBack(deps: TrashDeps, sessionId: string): Promise<void> {
  const { fs, paths } = deps;
  const { folder } = await findDeleted(deps, sessionId);
  try {
    // Without a head it is what a return that failed half way has brought: the head comes last.
    const there = await contentIn(fs, paths.sessions, sessionId);
    const back = new Set(await contentIn(fs, folder, sessionId));
    if (there.some((name) => name === `${sessionId}.json` || back.has(name))) {
      throw new SessionError('invalidArgument', 'A session with this id is saved again.', {
        sessionId,
        hint: 'Delete that one first to bring the other back.',
      });
    }
    await moveFiles(deps, { from: folder, to: paths.sessions, sessionId });
    // Whatever else lies in it stays in the trash.
    await fs.rmdir(folder).catch(() => undefined);
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw storageFailed('bring back', folder, error, sessionId);
  }
}

/** Deletes what is in the trash for good; how many sessions that were. Foreign files stay. */
export async function clearTrash(deps: TrashDeps): Promise<number> {
  const { fs, paths } = deps;
  try {
    const deleted = await deletedSessions(deps);
    let sessions = 0;
    for (const { folder } of deleted) {
      const names = await fs.readdir(folder);
      for (const name of names) await removeIfThere(fs, join(folder, name));
      await fs.rmdir(folder);
      if (names.length > 0) sessions++;
    }
    return sessions;
  } catch (error) {
    throw storageFailed('empty', paths.trash, error);
  }
}

/**
 * Moves the rest of a session whose deletion, or return, was cut short; whether there was one. The
 * caller owns the session.
 */
export async function finishDelete(deps: TrashDeps, sessionId: string): Promise<boolean> {
  const { fs, paths } = deps;
  const deleted = (await deletedSessions(deps)).findLast((one) => one.sessionId === sessionId);
  if (deleted === undefined) return false;
  const moved = new Set(await contentIn(fs, deleted.folder, sessionId));
  const left = await contentIn(fs, paths.sessions, sessionId);
  // Anything there twice is not the rest of a deletion, but a session that came from elsewhere.
  if (!moved.has(`${sessionId}.json`) || left.some((name) => moved.has(name))) return false;
  await moveFiles(deps, { from: paths.sessions, to: deleted.folder, sessionId });
  return true;
}

async function findDeleted(deps: TrashDeps, sessionId?: string): Promise<Deleted> {
  try {
    for (const deleted of [...(await deletedSessions(deps))].reverse()) {
      if (sessionId !== undefined && deleted.sessionId !== sessionId) continue;
      // A crash right at the start of a deletion leaves a folder with nothing in it.
      if ((await deps.fs.readdir(deleted.folder)).length > 0) return deleted;
    }
  } catch (error) {
    throw storageFailed('read', deps.paths.trash, error, sessionId);
  }
  throw new SessionError('savedSessionUnknown', 'No such session is in the trash.', { sessionId });
}

/** What is in the trash, oldest first. */
async function deletedSessions({ fs, paths }: TrashDeps): Promise<readonly Deleted[]> {
  const names = (await namesIn(fs, paths.trash)).sort();
  return names.flatMap((name) => {
    const [folderName, sessionId] = [
      name.split('.', 1)[0] ?? '',
      name.slice(name.indexOf('.') + 1),
    ];
    const at = stampTime(folderName);
    return Number.isNaN(at) || !isSessionId(sessionId)
      ? []
      : [{ folder: join(paths.trash, name), at, sessionId }];
  });
}

/** Moves head, then the rest; on the way back the head comes last, so that it never stands alone. */
async function moveFiles(
  { fs, clock, paths }: TrashDeps,
  {
    from,
    to,
    sessionId,
  }: { readonly from: string; readonly to: string; readonly sessionId: string },
): Promise<void> {
  const head = `${sessionId}.json`;
  const names = await contentIn(fs, from, sessionId);
  const headFirst = names.sort((a, b) => Number(b === head) - Number(a === head));
  for (const name of to === paths.sessions ? headFirst.reverse() : headFirst) {
    await renameFile({ fs, clock }, join(from, name), join(to, basename(name)));
  }
  // It is done: a failed sync means only that a power cut may undo it, and no file is lost by that.
  await Promise.allSettled([syncFolder(fs, to), syncFolder(fs, from), syncFolder(fs, paths.trash)]);
}

/** Names of the files that hold something of a session: not who owns it, nor what a crash left half written. */
export async function contentIn(
  fs: FileSystem,
  folder: string,
  sessionId: string,
): Promise<string[]> {
  return (await namesIn(fs, folder)).filter((name) => {
    if (sessionOfFile(name) !== sessionId) return false;
    const rest = name.slice(sessionId.length);
    return !rest.startsWith('.owner') && !rest.endsWith('.tmp');
  });
}

/** ISO 8601 without what a Windows file name cannot hold; sorts by time. */
function folderStamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:.]/g, '');
}

function stampTime(name: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(name);
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second, ms] = match.slice(1);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}
