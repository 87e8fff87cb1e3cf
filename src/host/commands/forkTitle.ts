// What a fork is called: so that it is told from the session it goes on from, and from other forks of that one, by how its name begins.
import type { Translate } from '../translate.ts';

/**
 * "Fork of …", with a number where that is taken. In front, because the end of a long name is cut off in a row and in
 * a tab.
 */
export function forkTitle(of: string, taken: readonly string[], t: Translate): string {
  let title = t('Fork of {0}', of);
  for (let number = 2; taken.includes(title); number += 1) title = t('Fork {0} of {1}', number, of);
  return title;
}
