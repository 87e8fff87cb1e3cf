// Stores of other folders: found beside ours, their sessions brought over, so that none is invisible for good.
import { basename, dirname, join } from 'node:path';
import { SessionError } from '../session/errors.ts';
import { copyBytes, fileMode, namesIn, removeQuietly, renameFile, syncFolder } from './files.ts';
import { nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { groupFiles, sessionPaths, storePaths } from './sessionFiles.ts';
import { storageFailed } from './storageErrors.ts';
import { contentIn, type TrashDeps } from './trash.ts';

/** A store with at least one session. */
export interface FoundStore {
  readonly directory: string;
  readonly sessions: number;
}

/**
 * The stores of other workspaces: an editor gives each workspace a folder, and in it one to each
 * extension, so they lie at `<root>/<workspace>/<extension>` beside ours.
 * @param directory our storage folder as the editor named it; need not exist
 */
export async function storesBeside(
  directory: string,
  fs: FileSystem = nodeFileSystem,
): Promise<readonly FoundStore[]> {
  const root = dirname(dirname(directory));
  const found: FoundStore[] = [];
  for (const workspace of await readable(fs, root)) {
    const candidate = join(root, workspace, basename(directory));
    if (candidate === directory) continue;
    const { sessions } = groupFiles(await readable(fs, storePaths(candidate).sessions));
    const count = [...sessions.values()].filter((files) => files.head || files.transcript).length;
    if (count > 0) found.push({ directory: candidate, sessions: count });
  }
  return found;
}

/**
 * Copies a session's files from one store to another; the head comes last, so that a copy cut short
 * is not taken for a session. The caller owns it in both.
 */
export async function copySession(
  from: TrashDeps,
  to: TrashDeps,
  sessionId: string,
): Promise<void> {
  const { fs, clock } = to;
  const target = to.paths.sessions;
  const copied: string[] = [];
  try {
    const names = await contentIn(fs, from.paths.sessions, sessionId);
    if (names.length === 0) {
      throw new SessionError('savedSessionUnknown', 'No such session is saved there.', {
        sessionId,
      });
    }
    if ((await contentIn(fs, target, sessionId)).length > 0) {
      throw new SessionError('invalidArgument', 'A session with this id is here already.', {
        sessionId,
        hint: 'Delete that one first to bring the other over.',
      });
    }
    const head = `${sessionId}.json`;
    for (const name of names.sort((a, b) => Number(a === head) - Number(b === head))) {
      const temporary = join(target, `${name}.copy.tmp`);
      copied.push(temporary);
      await copyFile(fs, join(from.paths.sessions, name), temporary);
      await renameFile({ fs, clock }, temporary, join(target, name));
      copied.push(join(target, name));
    }
    await syncFolder(fs, target);
  } catch (error) {
    for (const path of copied) await removeQuietly(fs, path);
    if (error instanceof SessionError) throw error;
    throw storageFailed('copy', sessionPaths(target, sessionId).head, error, sessionId);
  }
}

async function copyFile(fs: FileSystem, from: string, to: string): Promise<void> {
  const source = await fs.open(from, 'r');
  try {
    const target = await fs.open(to, 'w', fileMode);
    try {
      await fs.fchmod(target, fileMode);
      const { size: end } = await fs.fstat(source);
      await copyBytes(fs, { fd: source, start: 0, end }, { fd: target, position: 0 });
      await fs.fsync(target);
    } finally {
      await fs.close(target);
    }
  } finally {
    await fs.close(source);
  }
}

/** Names in a folder; none when it is not there, is a file, or may not be read. */
async function readable(fs: FileSystem, folder: string): Promise<readonly string[]> {
  try {
    return await namesIn(fs, folder);
  } catch {
    return [];
  }
}
