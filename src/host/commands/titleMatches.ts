// Which sessions the search offers by their titles, before any transcript is read. No editor.
import type { ListedSession } from '../../session/info.ts';
import { titleOf } from '../list/sessionRows.ts';

/**
 * At most so many sessions: those whose title has the words before all others, the last used first. The editor filters
 * what it is given, so an old session must not be left out for more recent ones that do not fit.
 */
export function titleMatches<
  Info extends Pick<ListedSession, 'sessionId' | 'title' | 'lastActivityAt'>,
>(sessions: readonly Info[], words: string, most: number): readonly Info[] {
  const wanted = words.toLowerCase();
  const fits = new Set(sessions.filter((info) => titleOf(info).toLowerCase().includes(wanted)));
  return sessions
    .toSorted((a, b) => {
      if (fits.has(a) !== fits.has(b)) return fits.has(a) ? -1 : 1;
      return a.lastActivityAt < b.lastActivityAt ? 1 : -1;
    })
    .slice(0, most);
}
