// Failures of the disk as sentences: what could not be done, why, and what helps.
import { basename } from 'node:path';
import { SessionError } from '../session/errors.ts';

/** The operating system's code of a failed file operation (`ENOSPC`, …), if it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an operation failed because the file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT';
}

/** Whether an operation failed because something is there already. */
export function isTaken(error: unknown): boolean {
  return errnoOf(error) === 'EEXIST';
}

const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space on the disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space or ask for a larger quota.'],
  EROFS: ['the disk is read-only', 'Make the disk writable or choose another folder.'],
  EACCES: ['permission is denied', 'Check who owns the folder and its permissions.'],
  EPERM: ['the system does not permit it', 'Check who owns the folder and its permissions.'],
  EIO: ['the disk reports an error', 'Check the disk; move the folder to another one.'],
  EMFILE: ['too many files are open', 'Close some sessions, or raise the limit of open files.'],
  ENFILE: ['too many files are open', 'Close some programs, or raise the limit of open files.'],
  ENOTDIR: ['a file is where a folder should be', 'Move that file away.'],
  ENOENT: ['it is not where it should be', 'Check that the drive and the folder are there.'],
  EFBIG: ['it is too large', 'Look at the log, and export the session to keep what was said.'],
  ENAMETOOLONG: ['the path is too long', 'Choose a folder with a shorter path.'],
};

/**
 * A disk's refusal as a `storageFailed` error that names the file; a `SessionError` stays what it is.
 * @param action what was tried, as in "save": the message reads "Cannot save …"
 */
export function storageFailed(
  action: string,
  file: string,
  error: unknown,
  sessionId?: string,
): SessionError {
  if (error instanceof SessionError) return error;
  const cause = errnoOf(error);
  const [reason, hint] = (cause === undefined ? undefined : reasons[cause]) ?? [
    cause ?? (error instanceof Error ? error.message : String(error)),
    'Look at the log for what the system said.',
  ];
  return new SessionError('storageFailed', `Cannot ${action} ${basename(file)}: ${reason}.`, {
    sessionId,
    hint,
    details: { file, ...(cause === undefined ? {} : { cause }) },
    cause: error,
  });
}
