// What crashes leave behind: temporary files that nobody will ever rename into place.
import { basename, join } from 'node:path';
import type { Clock } from '../session/clock.ts';
import { namesIn, removeQuietly } from './files.ts';
import type { FileSystem } from './fileSystem.ts';
import type { StorePaths } from './sessionFiles.ts';

/** A temporary file this old belongs to no save that is still under way. */
const leftoverAfterMs = 10 * 60_000;

/** Removes the temporary files that are old: those named in the sessions folder, and the index's. */
export async function sweepLeftovers(
  deps: { readonly fs: FileSystem; readonly clock: Clock; readonly paths: StorePaths },
  temporary: readonly string[],
): Promise<void> {
  const { fs, clock, paths } = deps;
  const ofIndex = (await namesIn(fs, paths.root)).filter(
    (name) => name.startsWith(basename(paths.index)) && name.endsWith('.tmp'),
  );
  const candidates = [
    ...temporary.map((name) => join(paths.sessions, name)),
    ...ofIndex.map((name) => join(paths.root, name)),
  ];
  for (const path of candidates) {
    const changedAt = fs.statSync(path)?.mtimeMs ?? Infinity;
    if (clock.now() - changedAt > leftoverAfterMs) await removeQuietly(fs, path);
  }
}
