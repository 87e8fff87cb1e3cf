// What host and guard say to each other: one JSON object a line. Checked by hand, so that the guard stays small.
import type { ProcessRef } from './processTable.ts';
import type { ResourceUse } from '../session/ports.ts';
import type { ReapReport } from './reap.ts';
import type { TreeTarget } from './processTree.ts';

/** What the host tells its guard. */
export type ToGuard =
  /** First of all: the marker entry of the host, and since when it runs. */
  | { readonly type: 'host'; readonly entry: string; readonly since: number }
  /** A run began: its group is ended when the host is gone. `polite` gives it a moment to give back its locks first. */
  | {
      readonly type: 'begin';
      readonly runId: string;
      readonly group: ProcessRef;
      readonly polite: boolean;
    }
  /** A run is gone: its pid may be anybody's from now on. */
  | { readonly type: 'gone'; readonly runId: string }
  | GuardRequest
  /** The host ends in good order: reap what is left, then end. */
  | { readonly type: 'bye' };

/** A question that is answered under the same id. */
export type GuardRequest = {
  readonly type: 'ask';
  readonly id: number;
  readonly what: 'look' | 'reap' | 'use';
  readonly target: TreeTarget;
  /** For `reap`. */
  readonly politeMs: number;
};

/** What the guard answers; `failed` says why it could not. */
export type FromGuard =
  | { readonly type: 'ready' }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly failed?: string;
      readonly refs?: readonly ProcessRef[];
      readonly reap?: ReapReport;
      readonly use?: ResourceUse;
    };

/** A message as a line. */
export function toLine(message: ToGuard | FromGuard): string {
  return `${JSON.stringify(message)}\n`;
}

/** No line of this protocol comes near this; more without a newline is thrown away. */
const longestLine = 4 * 1024 * 1024;

/** Cuts a stream of text into lines and parses them; what is not an object is skipped. */
export class LineReader {
  #rest = '';

  /** The objects completed by this piece. */
  push(piece: string): readonly Readonly<Record<string, unknown>>[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) this.#rest = '';
    return lines.map(parseObject).filter((object) => object !== undefined);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A message for the guard; `undefined` when it is none (from another version, or garbage). */
export function parseToGuard(raw: Readonly<Record<string, unknown>>): ToGuard | undefined {
  switch (raw['type']) {
    case 'host': {
      const { entry, since } = raw;
      return typeof entry === 'string' && typeof since === 'number' && entry !== ''
        ? { type: 'host', entry, since }
        : undefined;
    }
    case 'begin': {
      const [group] = parseRefs([raw['group']]);
      const runId = raw['runId'];
      return typeof runId === 'string' && group !== undefined
        ? { type: 'begin', runId, group, polite: raw['polite'] === true }
        : undefined;
    }
    case 'gone': {
      const runId = raw['runId'];
      return typeof runId === 'string' ? { type: 'gone', runId } : undefined;
    }
    case 'ask':
      return parseRequest(raw);
    case 'bye':
      return { type: 'bye' };
    default:
      return undefined;
  }
}

function parseRequest(raw: Readonly<Record<string, unknown>>): GuardRequest | undefined {
  const { id, what, politeMs } = raw;
  const target = parseTarget(raw['target']);
  if (typeof id !== 'number' || typeof politeMs !== 'number' || target === undefined)
    return undefined;
  if (what !== 'look' && what !== 'reap' && what !== 'use') return undefined;
  return { type: 'ask', id, what, target, politeMs };
}

function parseTarget(raw: unknown): TreeTarget | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  if (!('markers' in raw && 'groups' in raw && 'known' in raw && 'since' in raw)) return undefined;
  if (!Array.isArray(raw.markers) || typeof raw.since !== 'number') return undefined;
  const markers = raw.markers.filter((marker) => typeof marker === 'string');
  return {
    // An empty marker would match every marked process of the system.
    markers: markers.filter((marker) => marker !== ''),
    groups: parseRefs(raw.groups),
    known: parseRefs(raw.known),
    since: raw.since,
  };
}

/** Process references out of whatever came; the rest is left out. */
function parseRefs(raw: unknown): readonly ProcessRef[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('pid' in item && 'start' in item)) return [];
    const { pid, start } = item;
    return typeof pid === 'number' && typeof start === 'number' && pid > 1 ? [{ pid, start }] : [];
  });
}
