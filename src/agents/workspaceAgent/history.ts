// What the agent remembers of its sessions: one file of JSON lines each, in a folder of its own.
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SessionUpdate } from '@agentclientprotocol/sdk';

/** The first line of a session's file. */
export interface SessionHeader {
  readonly version: 1;
  readonly sessionId: string;
  readonly cwd: string;
  readonly createdAt: string;
}

/** A remembered session, as a list shows it. */
export interface SessionSummary {
  readonly sessionId: string;
  readonly cwd: string;
  readonly title: string | undefined;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Enough of a file's start to hold its header and, after its first prompt, its title. */
const startBytes = 16 * 1024;

/** Where the history is kept unless told otherwise: the platform's folder for state. */
export function defaultHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const given = environment['ROOST_WORKSPACE_AGENT_HOME'];
  if (given !== undefined && given !== '') return given;
  const below = ['roost', 'workspace-agent'];
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), ...below);
  }
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', ...below);
  return join(environment['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), ...below);
}

/**
 * The history folder. Each write is one call with whole lines, so a kill tears at most the last one.
 * A folder that cannot be written costs the history, never the session: it is said once.
 */
export class History {
  readonly #folder: string;
  readonly #complain: (message: string) => void;
  #complained = false;

  constructor(home: string, complain: (message: string) => void) {
    this.#folder = join(home, 'sessions');
    this.#complain = complain;
  }

  /** Starts the file of a new session. */
  create(header: SessionHeader): void {
    this.#attempt(() => {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      appendFileSync(this.#file(header.sessionId), line(header), { mode: 0o600 });
    });
  }

  /** Appends updates to a session's file, in order. */
  append(sessionId: string, updates: readonly SessionUpdate[]): void {
    if (updates.length === 0) return;
    const at = new Date().toISOString();
    this.#attempt(() => {
      const file = this.#file(sessionId);
      // A line that a kill has torn must not swallow the one after it.
      const start = endsInLine(file) ? '' : '\n';
      appendFileSync(file, start + updates.map((update) => line({ at, update })).join(''));
    });
  }

  /** A session with all its updates; `undefined` when there is none. Damaged lines are left out. */
  read(
    sessionId: string,
  ): { readonly header: SessionHeader; readonly updates: readonly SessionUpdate[] } | undefined {
    if (!isSessionId(sessionId)) return undefined;
    const [first, ...rest] = parseLines(readText(this.#file(sessionId)));
    if (!isHeader(first)) return undefined;
    return { header: first, updates: rest.flatMap((entry) => updateOf(entry) ?? []) };
  }

  /** All sessions, the last used first. */
  list(): readonly SessionSummary[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    return names
      .flatMap((name) => (name.endsWith('.jsonl') ? (this.#summary(name) ?? []) : []))
      .sort((left, right) => {
        if (left.updatedAt !== right.updatedAt) return left.updatedAt < right.updatedAt ? 1 : -1;
        return left.sessionId < right.sessionId ? 1 : -1;
      });
  }

  /** Forgets a session; forgetting an unknown one does nothing. */
  delete(sessionId: string): void {
    if (isSessionId(sessionId)) rmSync(this.#file(sessionId), { force: true });
  }

  #summary(name: string): SessionSummary | undefined {
    const file = join(this.#folder, name);
    const [header, ...rest] = parseLines(readStart(file));
    if (!isHeader(header)) return undefined;
    const titled = rest
      .map(updateOf)
      .find((update) => update?.sessionUpdate === 'session_info_update');
    return {
      sessionId: header.sessionId,
      cwd: header.cwd,
      title:
        titled?.sessionUpdate === 'session_info_update' ? (titled.title ?? undefined) : undefined,
      updatedAt: statSync(file).mtime.toISOString(),
    };
  }

  #file(sessionId: string): string {
    return join(this.#folder, `${sessionId}.jsonl`);
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#complained) {
        this.#complained = true;
        this.#complain(
          `history is not written: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}

/** Ids come from the client and become file names: only what this agent gives out is one. */
function isSessionId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text);
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function parseLines(text: string): unknown[] {
  return text.split('\n').flatMap((one) => {
    try {
      return one === '' ? [] : [JSON.parse(one) as unknown];
    } catch {
      return [];
    }
  });
}

function isHeader(value: unknown): value is SessionHeader {
  return (
    isRecord(value) &&
    value['version'] === 1 &&
    typeof value['cwd'] === 'string' &&
    typeof value['sessionId'] === 'string' &&
    isSessionId(value['sessionId'])
  );
}

function updateOf(value: unknown): SessionUpdate | undefined {
  const update = isRecord(value) ? value['update'] : undefined;
  if (!isRecord(update) || typeof update['sessionUpdate'] !== 'string') return undefined;
  // Only this class writes these lines; what a newer version adds is replayed as it is.
  return update as unknown as SessionUpdate;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function readStart(file: string): string {
  const bytes = Buffer.alloc(startBytes);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, startBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

function endsInLine(file: string): boolean {
  const size = existsSync(file) ? statSync(file).size : 0;
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, last, 0, 1, size - 1);
  } finally {
    closeSync(descriptor);
  }
  return last[0] === 0x0a;
}
