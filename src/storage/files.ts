// Composed file operations: whole writes, atomic replacement, durable folders.
import { dirname } from 'node:path';
import type { Clock } from '../session/clock.ts';
import type { FileFacts, FileSystem } from './fileSystem.ts';
import { errnoOf, isMissing, isTaken } from './storageErrors.ts';

/** Only the user reads what was said. */
export const fileMode = 0o600;

/** Only the user looks into the folder. */
export const folderMode = 0o700;

/** Codes with which a folder that cannot be synced says so (Windows has no such thing). */
const folderSyncUnsupported = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS', 'EBADF']);

/** Codes with which Windows refuses to rename a file that a scanner or indexer has open just now. */
const renameBusy = new Set(['EPERM', 'EBUSY']);
const renameRetryMs = [10, 40, 160];

const copyBytesAtOnce = 256 * 1024;

/** So little is in the system's memory in microseconds; a trip to the thread pool takes far longer. */
const smallBytes = 64 * 1024;

/** What of a file tells whether it has changed. */
export type SeenFile = Pick<FileFacts, 'size' | 'mtimeMs' | 'ino'>;

/**
 * What a file was when it was looked at: one that was replaced or edited differs in at least one of
 * these. The inode tells two replacements within one tick of the file system's clock apart.
 */
export type Fingerprint = readonly [size: number, mtimeMs: number, ino: number];

/** What a file is now. */
export function fingerprintOf({ size, mtimeMs, ino }: SeenFile): Fingerprint {
  return [size, mtimeMs, ino];
}

/** Whether a file is still what it was. */
export function isUnchanged(facts: SeenFile, was: Fingerprint | undefined): boolean {
  const [size, mtimeMs, ino] = was ?? [];
  return facts.size === size && facts.mtimeMs === mtimeMs && facts.ino === ino;
}

/** A file's bytes; `undefined` when it is not there. */
export async function readIfThere(fs: FileSystem, path: string): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Removes a file; that it is not there is as good. */
export async function removeIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Names in a folder; none when the folder is not there. */
export async function namesIn(fs: FileSystem, folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/**
 * Creates a folder and those above it that are missing, each 0700 whatever the umask, and makes
 * their names durable. @returns whether `folder` was created
 */
export async function ensureFolder(fs: FileSystem, folder: string): Promise<boolean> {
  try {
    await fs.mkdir(folder, folderMode);
  } catch (error) {
    if (isTaken(error)) return false;
    if (!isMissing(error) || dirname(folder) === folder) throw error;
    const createdAbove = await ensureFolder(fs, dirname(folder));
    // A link that leads nowhere, to a drive that is not there, is there itself: trying again would never end.
    if (!createdAbove && fs.statSync(dirname(folder)) === undefined) throw error;
    return ensureFolder(fs, folder);
  }
  await fs.chmod(folder, folderMode);
  await syncFolder(fs, dirname(folder));
  return true;
}

/** Makes the names in a folder durable, where the system can. */
export async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  let fd: number | undefined;
  try {
    fd = await fs.open(folder, 'r');
    await fs.fsync(fd);
  } catch (error) {
    const code = errnoOf(error);
    // A folder that may be written but not listed cannot be opened; its names are as durable as the system makes them.
    if (code !== 'EACCES' && !folderSyncUnsupported.has(code ?? '')) throw error;
  } finally {
    // Nobody waits for it: what was to be durable is.
    if (fd !== undefined) fs.close(fd).catch(() => undefined);
  }
}

/** Writes all bytes at a position, however many calls it takes. */
export async function writeAll(
  fs: FileSystem,
  fd: number,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await fs.write(fd, bytes.subarray(done), position + done);
    if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += count;
  }
}

/** Copies bytes from one open file into another; how many there were. */
export async function copyBytes(
  fs: FileSystem,
  from: { readonly fd: number; readonly start: number; readonly end: number },
  to: { readonly fd: number; readonly position: number },
): Promise<number> {
  const chunk = Buffer.allocUnsafe(copyBytesAtOnce);
  let done = 0;
  for (const length = from.end - from.start; done < length;) {
    const wanted = Math.min(chunk.length, length - done);
    const count = await fs.read(from.fd, chunk, wanted, from.start + done);
    if (count === 0) break;
    await writeAll(fs, to.fd, chunk.subarray(0, count), to.position + done);
    done += count;
  }
  return done;
}

/** Makes an open file one that only the user reads, where a umask or somebody else has made it another. */
export async function keepToUser(
  fs: FileSystem,
  fd: number,
  { mode }: FileFacts = fs.fstatSync(fd),
): Promise<void> {
  if ((mode & 0o777) !== fileMode) await fs.fchmod(fd, fileMode);
}

/**
 * Creates a file with these bytes, 0600 whatever the umask. Leaves nothing behind when it fails.
 * @param durable whether to sync it: what means nothing after a power cut need not be
 */
export async function createFile(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  durable = true,
): Promise<FileFacts> {
  const fd = await fs.open(path, 'wx', fileMode);
  try {
    try {
      const begun = bytes.length <= smallBytes ? fs.writeSync(fd, bytes) : 0;
      await writeAll(fs, fd, bytes.subarray(begun), begun);
      const facts = fs.fstatSync(fd);
      await keepToUser(fs, fd, facts);
      if (durable) await fs.fsync(fd);
      return facts;
    } finally {
      const closed = fs.close(fd);
      // What is synced no close takes back. Only Windows does not rename what is open.
      if (!durable || process.platform === 'win32') await closed;
      else closed.catch(() => undefined);
    }
  } catch (error) {
    await removeQuietly(fs, path);
    throw error;
  }
}

/** Removes a file that does no harm if it stays. */
export async function removeQuietly(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch {
    // A leftover is swept later; what made us remove it is the failure worth telling.
  }
}

/** Renames, trying again shortly when the system says that the file is busy. */
export async function renameFile(
  { fs, clock }: { readonly fs: FileSystem; readonly clock: Clock },
  from: string,
  to: string,
): Promise<void> {
  for (const ms of renameRetryMs) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      if (!renameBusy.has(errnoOf(error) ?? '')) throw error;
    }
    await new Promise<void>((resolve) => {
      clock.after(ms, resolve);
    });
  }
  await fs.rename(from, to);
}
