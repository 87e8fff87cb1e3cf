// Decides whether a path that an agent names lies inside the workspace, with every link on the way resolved.
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { SessionError } from '../session/errors.ts';
import type { WorkspaceRoots } from '../session/ports.ts';

/** Links that lead nowhere are followed this often. */
const maxLinks = 20;

/**
 * The path to use, absolute and without `..`, when it lies inside one of the workspace's folders or
 * will when it is made. Looked up anew each time: a link may have been changed since.
 * @throws SessionError `pathOutsideWorkspace`; `invalidArgument` when it is not absolute
 */
export async function workspacePath(path: string, roots: WorkspaceRoots): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new SessionError('invalidArgument', `The path is not absolute: ${path}`, {
      details: { file: path },
    });
  }
  // `..` is taken out before links are resolved: what is checked is exactly what will be opened.
  const wanted = resolve(path);
  const real = await target(wanted, path, maxLinks);
  for (const folder of roots.folders()) {
    const root = await realpath(folder).catch(() => undefined);
    if (root !== undefined && isInside(real, root)) return wanted;
  }
  throw outside(path);
}

function outside(path: string, cause?: unknown): SessionError {
  return new SessionError(
    'pathOutsideWorkspace',
    `The path is outside of the workspace folders: ${path}`,
    { details: { file: path }, cause },
  );
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Where the path leads: its deepest existing part with links resolved, and the rest as it is named. */
async function target(path: string, asked: string, linksLeft: number): Promise<string> {
  const names: string[] = [];
  for (let existing = path; ; existing = dirname(existing)) {
    const real = await existingTarget(existing, asked);
    if (real !== undefined) return join(real, ...names);
    // A link that leads to nothing yet: writing to it would make that.
    const link = await readlink(existing).catch(() => undefined);
    if (link !== undefined) {
      if (linksLeft === 0) throw outside(asked);
      const parent = await target(dirname(existing), asked, linksLeft - 1);
      return target(resolve(parent, link, ...names), asked, linksLeft - 1);
    }
    if (dirname(existing) === existing) throw outside(asked);
    names.unshift(basename(existing));
  }
}

/** The real path of what exists; `undefined` when nothing is there. */
async function existingTarget(path: string, asked: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // A loop of links, or a folder that may not be looked into: where it leads cannot be told.
    throw outside(asked, error);
  }
}
