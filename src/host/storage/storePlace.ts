// Whose a store is where the editor does not say so: a VS Code server writes down nothing, but sessions know where they worked.
import { stat } from 'node:fs/promises';
import type { SavedSessionInfo } from '../../session/info.ts';

/** A store with what a list calls it; `name` is its own folder where nothing better is known. */
export interface StorePlace {
  readonly directory: string;
  readonly name: string;
  readonly gone: boolean;
}

/** The store, by the folder that its sessions worked in last where it has no name of its own. Never rejects. */
export async function placeOf<Store extends StorePlace>(
  store: Store,
  sessions: readonly SavedSessionInfo[],
): Promise<Store> {
  if (store.name !== store.directory) return store;
  const last = sessions
    .filter(({ cwd }) => cwd !== '')
    .reduce<SavedSessionInfo | undefined>(
      (newest, one) => (newest === undefined || newest.savedAt < one.savedAt ? one : newest),
      undefined,
    );
  if (last === undefined) return store;
  const gone = await stat(last.cwd).then(
    () => false,
    () => true,
  );
  return { ...store, name: last.cwd, gone };
}

/** Those whose folder is gone come first, as nothing else leads to their sessions. */
export function byNeed(a: StorePlace, b: StorePlace): number {
  return Number(b.gone) - Number(a.gone) || (a.name < b.name ? -1 : 1);
}

/** A folder's name with its end, which tells it from others, in no more than 48 characters. */
export function shortName(name: string): string {
  // Not in the middle of a character that takes two places.
  return name.length <= 48 ? name : `…${name.slice(-47).replace(/^[\uDC00-\uDFFF]/, '')}`;
}
