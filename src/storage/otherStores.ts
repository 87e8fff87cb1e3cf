// Stores of other folders: found beside ours, their sessions brought over, so that none is invisible for good.
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { SessionError } from '../session/errors.ts';
import {
  copyBytes,
  fileMode,
  keepToUser,
  namesIn,
  removeQuietly,
  renameFile,
  syncFolder,
} from './files.ts';
import { nodeFileSystem, type FileSystem } from './fileSystem.ts';
import { groupFiles, sessionPaths, storePaths } from './sessionFiles.ts';
import { storageFailed } from './storageErrors.ts';
import { contentIn, type TrashDeps } from './trash.ts';

/** A store with at least one session. */
export interface FoundStore {
  readonly directory: string;
  readonly sessions: number;
  /** The folder or workspace file it belongs to, as the editor wrote it down beside it: a URI. */
  readonly workspace?: string;
}

/** Where stores may be. */
export interface StorePlaces {
  /** The store in use, which is not looked for. */
  readonly current: string;
  /** An editor's folder with one folder for each workspace, and in that one for each extension. */
  readonly workspaces: string;
  /** What the extension's own is called in there. */
  readonly name: string;
  /** Other folders that may hold one; each once, however often it is named. */
  readonly others: readonly string[];
}

/** The stores of other workspaces, and the other places, that have sessions. Never rejects: what cannot be read has none. */
export async function findStores(
  { current, workspaces, name, others }: StorePlaces,
  fs: FileSystem = nodeFileSystem,
): Promise<readonly FoundStore[]> {
  const beside = (await readable(fs, workspaces)).map((one) => join(workspaces, one, name));
  const found: FoundStore[] = [];
  for (const directory of new Set([...others, ...beside].map((one) => resolve(one)))) {
    if (directory === resolve(current)) continue;
    const { sessions: files } = groupFiles(await readable(fs, storePaths(directory).sessions));
    const sessions = [...files.values()].filter((one) => one.head || one.transcript).length;
    if (sessions === 0) continue;
    const workspace = await workspaceOf(fs, dirname(directory));
    found.push({ directory, sessions, ...(workspace === undefined ? {} : { workspace }) });
  }
  return found;
}

const workspaceSchema = z.object({
  folder: z.optional(z.string()),
  workspace: z.optional(z.string()),
});

/** Which workspace a folder of the editor belongs to, where it says so. */
async function workspaceOf(fs: FileSystem, folder: string): Promise<string | undefined> {
  try {
    const text = (await fs.readFile(join(folder, 'workspace.json'))).toString('utf8');
    const parsed = workspaceSchema.parse(JSON.parse(text));
    return parsed.folder ?? parsed.workspace;
  } catch {
    return undefined;
  }
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
      await keepToUser(fs, target);
      const { size: end } = fs.fstatSync(source);
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
