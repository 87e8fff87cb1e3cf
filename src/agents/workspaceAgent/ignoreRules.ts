// Which files a search leaves out: folders that are never meant, and what `.gitignore` files say.
import { globToRegExp } from './glob.ts';

/** Folders that are never searched, whatever `.gitignore` says. */
const neverSearched = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules', '.DS_Store']);

interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly folderOnly: boolean;
}

/** The rules of one `.gitignore`, and below it those of the folders above. */
export interface IgnoreRules {
  readonly above: IgnoreRules | undefined;
  /** The folder of the file, relative to the root, with a slash at its end unless it is the root. */
  readonly folder: string;
  readonly rules: readonly Rule[];
}

/** The rules of a `.gitignore` file that lies in `folder`. Lines that say nothing are left out. */
export function parseIgnoreFile(
  text: string,
  folder: string,
  above: IgnoreRules | undefined,
): IgnoreRules {
  const rules: Rule[] = [];
  for (const line of text.split(/\r?\n/u)) {
    const trimmed = line.replace(/(?<!\\)\s+$/u, '');
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const negated = trimmed.startsWith('!');
    const folderOnly = trimmed.endsWith('/');
    const body = trimmed.slice(negated ? 1 : 0, folderOnly ? -1 : undefined);
    if (body === '' || body === '/') continue;
    // A slash anywhere but at the end ties the pattern to this folder; without one it holds below, too.
    const tied = body.includes('/');
    const pattern = globToRegExp(tied ? body.replace(/^\//u, '') : `**/${body}`);
    rules.push({ pattern, negated, folderOnly });
  }
  return { above, folder, rules };
}

/**
 * Whether a file or folder is left out.
 * @param path relative to the root, with forward slashes
 */
export function isIgnored(
  path: string,
  isFolder: boolean,
  rules: IgnoreRules | undefined,
): boolean {
  if (neverSearched.has(path.slice(path.lastIndexOf('/') + 1))) return true;
  for (let file = rules; file !== undefined; file = file.above) {
    const inside = path.slice(file.folder.length);
    const last = file.rules.findLast(
      (rule) => (isFolder || !rule.folderOnly) && rule.pattern.test(inside),
    );
    if (last !== undefined) return !last.negated;
  }
  return false;
}
