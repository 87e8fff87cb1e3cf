// Walks the files below a folder in a stable order, leaving out what a search never means.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isIgnored, parseIgnoreFile, type IgnoreRules } from './ignoreRules.ts';

/** A file that was found. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the root, with forward slashes on every platform. */
  readonly relative: string;
}

/** More files than a person looks through; a walk ends here instead of running for minutes. */
const mostFiles = 100_000;

/** One walk; links are not followed, so it always ends. */
export class FileWalk {
  readonly #root: string;
  readonly #signal: AbortSignal;
  #seen = 0;
  #limited = false;

  constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#signal = signal;
  }

  /** Files given out so far. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether the walk ended early because there are too many files. */
  get limited(): boolean {
    return this.#limited;
  }

  /** Files in order of their path; throws the signal's reason when it is aborted. */
  files(): AsyncGenerator<FoundFile, void> {
    return this.#below('', undefined);
  }

  async *#below(folder: string, above: IgnoreRules | undefined): AsyncGenerator<FoundFile, void> {
    this.#signal.throwIfAborted();
    // A folder that cannot be read (gone, or not ours) hides only itself.
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(
      () => [],
    );
    const hasRules = entries.some((entry) => entry.isFile() && entry.name === '.gitignore');
    const rules = hasRules
      ? parseIgnoreFile(await readIgnoreFile(join(this.#root, folder)), folder, above)
      : above;
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) {
      this.#signal.throwIfAborted();
      if (this.#limited) return;
      const relative = `${folder}${entry.name}`;
      if (isIgnored(relative, entry.isDirectory(), rules)) continue;
      if (entry.isDirectory()) {
        yield* this.#below(`${relative}/`, rules);
      } else if (entry.isFile()) {
        if (this.#seen >= mostFiles) {
          this.#limited = true;
          return;
        }
        this.#seen += 1;
        yield { path: join(this.#root, relative), relative };
      }
    }
  }
}

async function readIgnoreFile(folder: string): Promise<string> {
  return readFile(join(folder, '.gitignore'), 'utf8').catch(() => '');
}
