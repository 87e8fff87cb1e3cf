// Where a link in an agent's text leads: out of the editor, to a file, or nowhere.
import { isAbsolute, resolve } from 'node:path';

/** Where a link leads. `line` and `column` count from 0. */
export type LinkTarget =
  | { readonly kind: 'external'; readonly url: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly line?: number;
      readonly column?: number;
    }
  | { readonly kind: 'refused' };

/** Schemes that may leave the editor, after the user has agreed. */
const externalSchemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * Where a link leads. Commands, scripts, data and the editor's own schemes lead nowhere; whether a
 * file may be opened is decided later, with its links resolved.
 * @param cwd the session's folder: relative paths start there
 */
export function linkTarget(href: string, cwd: string): LinkTarget {
  const text = href.trim();
  if (text === '' || text.startsWith('#') || text.startsWith('//') || text.startsWith('\\\\')) {
    return { kind: 'refused' };
  }
  // A single letter before the colon is a drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  const isLine = scheme !== undefined && /^[^:/\\]*\.[^:/\\]*:\d+(:\d+)?$/.test(text);
  if (scheme === undefined || isLine) return fileTarget(decode(text), cwd);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { kind: 'refused' };
  }
  if (externalSchemes.has(url.protocol)) return { kind: 'external', url: url.href };
  if (url.protocol === 'file:' && url.host === '') {
    const path = decode(url.pathname).replace(/^\/([a-z]:)/i, '$1');
    return fileTarget(path + url.hash, cwd);
  }
  return { kind: 'refused' };
}

/** A path with its position, as `file#L12`, `file#12`, `file:12` or `file:12:3`. */
function fileTarget(text: string, cwd: string): LinkTarget {
  const match = /^(.*?)(?:#L?(\d+)(?:[:,C](\d+))?(?:[-:,].*)?|:(\d+)(?::(\d+))?)?$/s.exec(text);
  const name = match?.[1] ?? text;
  const line = match?.[2] ?? match?.[4];
  const column = match?.[3] ?? match?.[5];
  if (name === '' || name.includes('\0')) return { kind: 'refused' };
  const path = isAbsolute(name) ? name : resolve(cwd, name);
  if (line === undefined) return { kind: 'file', path };
  const place = { line: fromOne(line), ...(column !== undefined && { column: fromOne(column) }) };
  return { kind: 'file', path, ...place };
}

/** People count from 1. */
function fromOne(text: string): number {
  return Math.max(0, Number(text) - 1);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
