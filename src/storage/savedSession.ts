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
  readonly paths: SessionPaths;
  /** Size of head and transcript. */
  readonly bytes: number;
  /** When the files last changed; milliseconds since 1970. */
  readonly changedAt: number;
  readonly ownedElsewhere: boolean;
}

/** The row of a session whose head could be read. */
export function wholeSession(
  facts: RowFacts,
  saved: { readonly state: SessionState; readonly savedAt: string; readonly newer: boolean },
): StoredSession {
  const { state } = saved;
  const whole = { kind: 'whole', info: savedInfo(facts, saved), state } as const;
  if (saved.newer) return { ...whole, readOnly: 'newerVersion' };
  return facts.ownedElsewhere ? { ...whole, readOnly: 'ownedElsewhere' } : whole;
}

/** What a saved session is in lists, from its state. */
export function savedInfo(
  { sessionId, bytes }: Pick<RowFacts, 'sessionId' | 'bytes'>,
  { state, savedAt }: { readonly state: SessionState; readonly savedAt: string },
): SavedSessionInfo {
  return { sessionId, ...rowFields(state), savedAt, bytes };
}

/**
 * The row of a session whose head cannot be read, with what can: fields of the damaged head, and the
 * whole state of the head before it.
 */
export function damagedSession(
  facts: RowFacts,
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
  const info: SavedSessionInfo = {
    ...{ sessionId, title: sessionId, agentId: '', cwd: '', messageCount: 0, bytes },
    savedAt: last?.saved_at ?? new Date(changedAt).toISOString(),
    ...(last === undefined ? {} : rowFields(last.state)),
    ...damage.readable,
    damaged: `${basename(paths.head)} ${damage.reason}.${rest}`,
  };
  return { kind: 'damaged', info, ...(last === undefined ? {} : { state: last.state }) };
}

function rowFields({
  title,
  agentId,
  cwd,
  messageCount,
}: SessionState): Pick<SavedSessionInfo, 'title' | 'agentId' | 'cwd' | 'messageCount'> {
  return { title, agentId, cwd, messageCount };
}
