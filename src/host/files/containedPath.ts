// Whether a path stays inside the workspace once every link on the way is followed.
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { SessionError } from '../../session/errors.ts';

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

/** The real path of what exists of a path, followed by the rest; where a link leads nowhere yet, that place. */
async function resolved(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
    const beside = join(await resolved(parent, links), basename(path));
    const target = await linkTarget(beside);
    if (target === undefined) return beside;
    // The system's own limit for chains of links.
    if (links >= 40) throw error;
    return resolved(resolve(dirname(beside), target), links + 1);
  }
}

/** What a link says, `undefined` for anything else and for nothing. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EINVAL') return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
