// How the user has arranged the list, kept for this workspace from one window to the next.
import type { Memento } from 'vscode';
import type { ListedSession } from '../../session/info.ts';
import type { Logger } from '../../session/ports.ts';
import type { SessionListModel } from './sessionListModel.ts';
import { isFiltering, listViewSchema, plainView, type ListView } from './sessionGrouping.ts';

const key = 'roost.listView';

/** The arrangement that was kept; as at first where nothing usable is. */
export function keptListView(memento: Memento): ListView {
  const kept = memento.get<unknown>(key);
  return kept === undefined ? plainView : listViewSchema().parse(Object(kept));
}

/** Changes how the list is arranged, and keeps it. */
export class ListPreferences {
  readonly #deps: {
    readonly model: SessionListModel;
    readonly memento: Memento;
    readonly logger: Logger;
  };

  constructor(deps: {
    readonly model: SessionListModel;
    readonly memento: Memento;
    readonly logger: Logger;
  }) {
    this.#deps = deps;
  }

  /** How the list is arranged now. */
  get view(): ListView {
    return this.#deps.model.view;
  }

  /** Whether something is filtered out. */
  get filtering(): boolean {
    return isFiltering(this.view.filter);
  }

  /** These sessions in the order in which their rows stand, or will in a moment, where they are in one group. */
  inRowOrder(infos: readonly ListedSession[]): readonly string[] {
    return this.#deps.model.inRowOrder(infos);
  }

  /** Arranges the list anew; it is shown so before this returns. */
  change(patch: Partial<ListView>): void {
    const { model, memento, logger } = this.#deps;
    model.arrange({ ...model.view, ...patch });
    memento.update(key, model.view).then(undefined, (error: unknown) => {
      logger.warn(`How the list is arranged could not be kept: ${String(error)}`);
    });
  }
}
