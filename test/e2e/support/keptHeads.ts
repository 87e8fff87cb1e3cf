// Where sessions lie on disk: the files of one, by its title.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The head of the session with this title, below one of these folders. */
export function headIn(places: readonly string[], title: string): string {
  const heads = places.flatMap((cwd) =>
    globSync('**/sessions/*.json', { cwd }).map((file) => join(cwd, file)),
  );
  const found = heads.find((file) => readFileSync(file, 'utf8').includes(`"title": "${title}"`));
  if (found === undefined) throw new Error(`no head says ${title}`);
  return found;
}
