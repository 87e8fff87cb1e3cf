// What the editor has noted in the browser about the window that is open.
import type { Page } from 'playwright-core';

/**
 * What the browser has noted of the editors for the next window. It does so every few seconds, and what a
 * page that is left at once still had to note is lost.
 */
export async function keptLayout(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => {
          resolve(request.result);
        };
        request.onerror = () => {
          reject(request.error ?? new Error('no answer'));
        };
      });
    let found = '';
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.startsWith('vscode-web-state-db-')) continue;
      const database = await answer(indexedDB.open(name));
      const items = database.transaction('ItemTable').objectStore('ItemTable');
      const kept: unknown = await answer(items.get('memento/workbench.parts.editor'));
      database.close();
      if (typeof kept === 'string') found += kept;
    }
    return found;
  });
}

/** How often what is kept names the kind of conversation panels: equally often for each. */
export async function panelNotes(page: Page): Promise<number> {
  return (await keptLayout(page)).split('roost.conversation').length - 1;
}
