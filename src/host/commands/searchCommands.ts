// The search over all sessions: titles at once, then the text of every transcript while its progress is shown.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { SavedSessionInfo } from '../../session/info.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TranscriptHit } from '../../session/transcriptSearch.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import type { FoundPlace } from '../panel/panelOpener.ts';
import { withoutIcons } from '../plainText.ts';
import { titleOf } from '../list/sessionRows.ts';
import { titleMatches } from './titleMatches.ts';

/** Time without typing after which transcripts are read. */
const pauseMs = 250;

/** Shorter words are in every transcript. */
const shortestWords = 2;

/** Lines shown at most. */
const shownItems = 200;

interface Item extends vscode.QuickPickItem {
  readonly sessionId?: string;
  /** Where in the session it was said. */
  readonly at?: FoundPlace;
}

/** The search. */
export function searchCommands(deps: CommandDeps): Handlers<'searchSessions'> {
  return {
    searchSessions: async ({ given }) => {
      if (given?.query !== undefined) return foundBy(deps, given.query);
      const { sessionId, at } = (await new SearchPick(deps).done) ?? {};
      if (sessionId === undefined) return undefined;
      if (deps.sessions.get(sessionId) === undefined) await deps.sessions.restore(sessionId);
      await deps.panels.open(sessionId, { at });
      return undefined;
    },
  };
}

/** Everything that is found, for a program. */
async function foundBy(
  { sessions }: CommandDeps,
  query: string,
): Promise<{ sessionId: string; title: string; entryId: string; snippet: string }[]> {
  const found: { sessionId: string; title: string; entryId: string; snippet: string }[] = [];
  await sessions.search(query, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onHits: ({ sessionId, title }, hits) => {
      for (const { entryId, snippet } of hits) found.push({ sessionId, title, entryId, snippet });
    },
  });
  return found;
}

/** One search by a user, from its opening until something is chosen or it is closed. */
class SearchPick {
  /** What was chosen; `undefined` when the user changed their mind. */
  readonly done: Promise<Item | undefined>;
  readonly #deps: CommandDeps;
  readonly #pick = vscode.window.createQuickPick<Item>();
  readonly #store: Disposable[] = [];
  readonly #stop: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('debug-stop'),
    tooltip: vscode.l10n.t('Stop Searching'),
  };
  #search = new AbortController();
  #pause: Disposable | undefined;
  #titles: Item[] = [];
  #hits: Item[] = [];

  constructor(deps: CommandDeps) {
    this.#deps = deps;
    const { promise, resolve } = Promise.withResolvers<Item | undefined>();
    this.done = promise.finally(() => {
      this.#cancel();
      for (const held of this.#store.splice(0)) held.dispose();
    });
    const pick = this.#pick;
    pick.placeholder = vscode.l10n.t('Search titles and everything that was said');
    pick.matchOnDescription = true;
    this.#store.push(
      pick,
      pick.onDidChangeValue((value) => {
        this.#typed(value);
      }),
      pick.onDidTriggerButton(() => {
        this.#cancel();
      }),
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen?.sessionId !== undefined) resolve(chosen);
      }),
      pick.onDidHide(() => {
        resolve(undefined);
      }),
    );
    this.#typed('');
    pick.show();
  }

  #typed(value: string): void {
    this.#cancel();
    this.#hits = [];
    // How far the search before came says nothing of this one.
    this.#pick.title = undefined;
    const words = value.trim();
    // The editor keeps those whose label or description has what was typed.
    this.#titles = titleMatches(this.#deps.sessions.list(), words, shownItems).map((info) => ({
      sessionId: info.sessionId,
      label: withoutIcons(titleOf(info)),
      description: [
        withoutIcons(agentOf(this.#deps.sessions, info)),
        ...(info.archived === true ? [vscode.l10n.t('archived')] : []),
      ].join(' · '),
    }));
    this.#show();
    if (words.length < shortestWords) return;
    this.#pause = this.#deps.clock.after(pauseMs, () => {
      void this.#read(words);
    });
  }

  async #read(words: string): Promise<void> {
    const search = new AbortController();
    this.#search = search;
    const pick = this.#pick;
    pick.busy = true;
    pick.buttons = [this.#stop];
    try {
      await this.#deps.sessions.search(words, {
        signal: search.signal,
        onProgress: (done, total) => {
          if (search.signal.aborted) return;
          pick.title = vscode.l10n.t('Searched {0} of {1} sessions', done, total);
        },
        onHits: (saved, hits) => {
          if (this.#hits.length >= shownItems) return;
          this.#hits.push(...hits.map((hit) => this.#hitItem(saved, hit, words)));
          this.#show();
        },
      });
    } catch (error) {
      this.#deps.logger.warn(`The search ended early: ${String(error)}`);
    } finally {
      if (this.#search === search) this.#rest();
    }
  }

  #cancel(): void {
    this.#pause?.dispose();
    this.#pause = undefined;
    this.#search.abort();
    this.#rest();
  }

  #rest(): void {
    this.#pick.busy = false;
    this.#pick.buttons = [];
  }

  #show(): void {
    const said: Item[] =
      this.#hits.length === 0
        ? []
        : [
            { label: vscode.l10n.t('Said'), kind: vscode.QuickPickItemKind.Separator },
            ...this.#hits,
          ];
    // What is chosen stays chosen while more comes in.
    this.#pick.keepScrollPosition = true;
    this.#pick.items = [
      { label: vscode.l10n.t('Titles'), kind: vscode.QuickPickItemKind.Separator },
      ...this.#titles,
      ...said,
    ];
  }

  #hitItem(saved: SavedSessionInfo, { entryId, snippet }: TranscriptHit, query: string): Item {
    return {
      sessionId: saved.sessionId,
      at: { entryId, query },
      label: withoutIcons(titleOf(saved)),
      description: withoutIcons(agentOf(this.#deps.sessions, saved)),
      detail: withoutIcons(snippet, 200),
      alwaysShow: true,
    };
  }
}

/** What the rows call the agent of a session; its id where no row shows the session. */
function agentOf(
  sessions: Pick<Sessions, 'get' | 'details'>,
  { sessionId, agentId }: { readonly sessionId: string; readonly agentId: string },
): string {
  return sessions.get(sessionId) === undefined ? agentId : sessions.details(sessionId).agentName;
}
