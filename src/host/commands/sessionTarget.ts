// Which session a command is about: the one it was given, the row, the panel in front, or the one picked.
import type { CommandArgument, CommandName } from './commandIds.ts';
import type { Call, CommandDeps } from './commandTypes.ts';
import { pickSession } from './pickers.ts';
import { flagsOf, type SessionFlag, type TreeNode } from '../list/sessionTreeModel.ts';

/** The names of commands that are about one session. */
type AboutSession = {
  [Name in CommandName]: CommandArgument<Name> extends { sessionId: string } ? Name : never;
}[CommandName];

/**
 * The session that a call is about.
 * @param need what the session must be able to do to be offered; a session that was named is taken as it is
 */
export async function targetSession(
  deps: Pick<CommandDeps, 'sessions' | 'panels'>,
  call: Call<AboutSession>,
  need: SessionFlag | undefined,
  question: string,
): Promise<string | undefined> {
  if (call.given !== undefined) return call.given.sessionId;
  const { row, rows } = call;
  if (row?.kind === 'session' || row?.kind === 'request') return row.sessionId;
  if (rows.length > 1) return pickSession(deps.sessions, need, question, idsOf(rows));
  const active = deps.panels.activeSessionId;
  if (active !== undefined && deps.sessions.get(active) !== undefined) {
    if (need === undefined || flagsOf(deps.sessions.details(active)).has(need)) return active;
  }
  return pickSession(deps.sessions, need, question);
}

/**
 * The sessions of several selected rows that can do what `need` says; `undefined` when the call is not
 * about several.
 */
export function selectedSessions(
  { sessions }: Pick<CommandDeps, 'sessions'>,
  { rows }: Call<AboutSession>,
  need: SessionFlag,
): readonly string[] | undefined {
  if (rows.length < 2) return undefined;
  return [...idsOf(rows)].filter(
    (id) => sessions.get(id) !== undefined && flagsOf(sessions.details(id)).has(need),
  );
}

/**
 * The sessions that a call is about: several selected rows, of which those that cannot do what `need` says are left out; else
 * the one. None when the user changed their mind.
 */
export async function targetSessions(
  deps: Pick<CommandDeps, 'sessions' | 'panels'>,
  call: Call<AboutSession>,
  need: SessionFlag,
  question: string,
): Promise<readonly string[]> {
  const several = selectedSessions(deps, call, need);
  if (several !== undefined) return several;
  const one = await targetSession(deps, call, need, question);
  return one === undefined ? [] : [one];
}

/** The sessions that some rows are about, each once. */
export function idsOf(rows: readonly TreeNode[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => ('sessionId' in row ? [row.sessionId] : [])));
}

/** Lets all of them end before the first failure is told: one bad session does not hold up the others. */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
