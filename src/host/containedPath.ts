// Whether a path stays inside the workspace once every link on the way is followed.
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SessionError } from '../session/errors.ts';

/**
 * The path with all links resolved, also for a file that does not exist yet.
 * @param path absolute
 * @param roots absolute paths of folders, links allowed
 * @throws SessionError `invalidArgument` for a path that is not absolute, `pathOutsideWorkspace`
 */
export async function containedPath(path: string, roots: readonly string[]): Promise<string> {
  if (!isAbsolute(path)) {
    throw new SessionError('invalidArgument', `Not an absolute path: ${path}`, {
      hint: 'Agents name files by absolute paths.',
      details: { file: path },
    });
  }
  const real = await resolved(path);
  for (const root of roots) {
    if (isInside(real, await resolved(root))) return real;
  }
  throw new SessionError('pathOutsideWorkspace', `Outside the workspace folders: ${path}`, {
    hint: 'Open the folder in this window to let agents work on its files through the editor.',
    details: { file: path },
  });
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The real path of what exists of a path, followed by the rest. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) throw error;
    return join(await resolved(parent), basename(path));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
