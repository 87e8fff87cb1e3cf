// Where a session from elsewhere works: in its own folder where that is here, else in the one this window has open.
import { stat } from 'node:fs/promises';
import { workspaceRoots } from '../files/workspaceRoots.ts';

/** The folder to work in instead of `cwd`; `undefined` when `cwd` is there, or no folder is open. */
export async function folderFor(cwd: string): Promise<string | undefined> {
  const there = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return there ? undefined : workspaceRoots.folders()[0];
}
