// Where the launcher keeps things: the checkout, the cache of downloaded hosts, and scratch folders.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The folder, ignored by git, that holds everything fetched or made on demand. */
export const cacheFolder = join(root, '.vscode-test');

/** Makes an empty folder under the system's temporary folder; whoever asked for it removes it. */
export function scratchFolder(purpose: string): string {
  return realpathSync(mkdtempSync(join(tmpdir(), `roost-${purpose}-`)));
}

/** The environment variable that marks every process of one run, so that a survivor can be told from a stranger. */
export const runMarker = 'ROOST_TEST_RUN';

/** The mark of one run. */
export interface RunMark {
  readonly id: string;
  /** For the environment of whatever the run starts. A run inside another carries the marks of both. */
  readonly env: Readonly<Record<string, string>>;
}

/** A mark that no other run has. */
export function newRunMark(): RunMark {
  const id = randomUUID();
  const outer = process.env[runMarker];
  return { id, env: { [runMarker]: outer === undefined ? id : `${outer} ${id}` } };
}
