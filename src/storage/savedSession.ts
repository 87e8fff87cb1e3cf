// One saved session as a row: what its head and its files say, or what is wrong with them.
import { basename } from 'node:path';
import type { SavedSessionInfo } from '../session/info.ts';
import type { StoredSession } from '../session/storePort.ts';
import type { SessionState } from '../session/state.ts';
import type { ParsedHead, ReadableHead } from './headFormat.ts';
import type { SessionPaths } from './sessionFiles.ts';

/** What is known of a session's files besides its head. */
export interface RowFacts {
  readonly sessionId: string;
  /** Size of head and transcript. */
  readonly bytes: () => number;
  readonly ownedElsewhere: boolean;
}

/** What is known of a session whose head cannot be read. */
export interface DamagedFacts {
  readonly sessionId: string;
  readonly paths: SessionPaths;
  /** Size of head and transcript. */
  readonly bytes: number;
  /** When the files last changed; milliseconds since 1970. */
  readonly changedAt: number;
}

/** The row of a session whose head could be read. */
export function wholeSession(
  facts: RowFacts,
  saved: { readonly state: SessionState; readonly savedAt: string; readonly newer?: boolean },
): StoredSession {
  const { state } = saved;
  const { sessionId, bytes } = facts;
  const info = { sessionId, ...rowFields(state), savedAt: saved.savedAt };
  const whole = { kind: 'whole', info, bytes, state } as const;
  if (saved.newer === true) return { ...whole, readOnly: 'newerVersion' };
  return facts.ownedElsewhere ? { ...whole, readOnly: 'ownedElsewhere' } : whole;
}

/** What a session that has just been saved is in lists. */
export function savedInfo(
  { sessionId, bytes }: { readonly sessionId: string; readonly bytes: number },
  { state, savedAt }: { readonly state: SessionState; readonly savedAt: string },
): SavedSessionInfo {
  return { sessionId, ...rowFields(state), savedAt, bytes };
}

/**
 * The row of a session whose head cannot be read, with what can: fields of the damaged head, and the
 * whole state of the head before it.
 */
export function damagedSession(
  facts: DamagedFacts,
  damage: {
    readonly reason: string;
    readonly readable: ReadableHead;
    readonly transcript: boolean;
    /** A newer Roost wrote it: an older copy is no way to go on with it. */
    readonly newer: boolean;
  },
  backup: ParsedHead | undefined,
): StoredSession {
  const { sessionId, paths, bytes, changedAt } = facts;
  const usable = !damage.newer && backup?.kind === 'whole' && !backup.newer;
  const last = usable ? backup.head : undefined;
  const rest = [
    last === undefined ? '' : ` The copy of ${last.saved_at} is whole.`,
    damage.transcript ? ` ${basename(paths.transcript)} can still be read.` : '',
  ].join('');
  const info: StoredSession['info'] = {
    ...{ sessionId, title: sessionId, agentId: '', cwd: '', messageCount: 0 },
    savedAt: last?.saved_at ?? new Date(changedAt).toISOString(),
    ...(last === undefined ? {} : rowFields(last.state)),
    ...damage.readable,
    damaged: `${basename(paths.head)} ${damage.reason}.${rest}`,
  };
  return {
    kind: 'damaged',
    info,
    bytes: () => bytes,
    ...(last === undefined ? {} : { state: last.state }),
  };
}

function rowFields({
  title,
  agentId,
  cwd,
  messageCount,
}: SessionState): Pick<SavedSessionInfo, 'title' | 'agentId' | 'cwd' | 'messageCount'> {
  return { title, agentId, cwd, messageCount };
}
