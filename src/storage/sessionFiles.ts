// Names and places of a store's files: which file belongs to which session, and which ids may be a file's name.
import { join, sep } from 'node:path';
import { SessionError } from '../session/errors.ts';
import { sessionIdPattern } from '../session/config.ts';

/** Names that Windows keeps for devices, whatever follows the first dot. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

/** Where the parts of one store are. */
export interface StorePaths {
  readonly root: string;
  /** Heads, transcripts and owner files, side by side. */
  readonly sessions: string;
  readonly trash: string;
  /** The list's cache. Outside of `sessions`, so that no session id can collide with it. */
  readonly index: string;
}

/** The parts of the store in a folder. */
export function storePaths(root: string): StorePaths {
  return {
    root,
    sessions: join(root, 'sessions'),
    trash: join(root, 'trash'),
    index: join(root, 'index.jsonl'),
  };
}

/** Where the files of one session are. */
export interface SessionPaths {
  readonly head: string;
  /** The head before the last one: the last good copy if the head is damaged. */
  readonly backup: string;
  readonly transcript: string;
  readonly owner: string;
}

/**
 * The paths of a session's files.
 * @throws SessionError `invalidArgument` for an id that must not become a file name
 */
export function sessionPaths(folder: string, sessionId: string): SessionPaths {
  if (!isSessionId(sessionId)) {
    throw new SessionError('invalidArgument', 'This is not a session id.', {
      hint: 'Ids have 1 to 128 letters, digits, "_" and "-", and are no device name.',
    });
  }
  return pathsOf(folder, sessionId);
}

/** The same for an id that has been checked, as every one from {@link groupFiles}. */
export function pathsOf(folder: string, sessionId: string): SessionPaths {
  const base = `${folder}${sep}${sessionId}`;
  return {
    head: headOf(folder, sessionId),
    backup: `${base}.json.bak`,
    transcript: `${base}.jsonl`,
    owner: `${base}.owner`,
  };
}

/** The path of a session's head alone: all that a list looks at, ten thousand times. */
export function headOf(folder: string, sessionId: string): string {
  // A join would parse the folder again each time.
  return `${folder}${sep}${sessionId}.json`;
}

/** Whether a value may name a session and its files. */
export function isSessionId(value: string): boolean {
  return sessionIdPattern.test(value) && !reserved.test(value);
}

/** What of a session a folder holds. */
export interface FoundFiles {
  head: boolean;
  backup: boolean;
  transcript: boolean;
  owner: boolean;
}

/** The session a file name belongs to; `undefined` for a name that is none of ours. */
export function sessionOfFile(name: string): string | undefined {
  const dot = name.indexOf('.');
  const sessionId = name.slice(0, Math.max(dot, 0));
  return dot > 0 && isSessionId(sessionId) ? sessionId : undefined;
}

/** Sorts the names in a sessions folder by session; what belongs to none, and temporary files, apart. */
export function groupFiles(names: readonly string[]): {
  readonly sessions: ReadonlyMap<string, FoundFiles>;
  readonly temporary: readonly string[];
} {
  const sessions = new Map<string, FoundFiles>();
  const temporary: string[] = [];
  for (const name of names) {
    const dot = name.indexOf('.');
    if (dot <= 0) continue;
    const sessionId = name.slice(0, dot);
    const known = sessions.get(sessionId);
    // Most sessions have more than one file, and checking an id costs more than finding it.
    if (known === undefined && !isSessionId(sessionId)) continue;
    const rest = name.slice(dot);
    const part = parts[rest];
    if (part !== undefined) {
      const found = known ?? { head: false, backup: false, transcript: false, owner: false };
      found[part] = true;
      if (known === undefined) sessions.set(sessionId, found);
    } else if (rest.endsWith('.tmp')) {
      temporary.push(name);
    }
  }
  return { sessions, temporary };
}

const parts: Readonly<Record<string, keyof FoundFiles>> = {
  '.json': 'head',
  '.json.bak': 'backup',
  '.jsonl': 'transcript',
  '.owner': 'owner',
};
