// Dragging rows of the tree: a session that is dropped among the pinned ones is pinned there, one that is dropped among the editors opens there.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { Sessions } from '../../session/sessions.ts';
import { sessionEditorType } from '../commands/commandIds.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';
import { moved, pinnedPlaces, shifted } from './sessionGrouping.ts';
import { sessionIdOf, sessionUri } from './sessionDecorations.ts';
import { SessionNode, type TreeNode } from './sessionTreeModel.ts';

/** The editor makes this type for the view `roost.sessions` and lets nobody else have it. */
const mimeType = 'application/vnd.code.tree.roost.sessions';
/** What the editor opens when it is dropped there; it asks a tree that has a say in drags for nothing else. */
const addresses = 'text/uri-list';

/** What pinning works with. */
export interface PinDeps {
  readonly sessions: Pick<Sessions, 'get' | 'list' | 'details' | 'setPinned'>;
}

/** Lets the user arrange pinned rows, and drop rows among the editors. Those that are dropped anywhere else stay where they are. */
export class SessionDrag implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = [mimeType, addresses];
  readonly dropMimeTypes = [mimeType];
  readonly #deps: PinDeps;

  constructor(deps: PinDeps) {
    this.#deps = deps;
  }

  handleDrag(nodes: readonly TreeNode[], data: vscode.DataTransfer): void {
    const ids = nodes.flatMap((node) => (node instanceof SessionNode ? [node.sessionId] : []));
    data.set(mimeType, new vscode.DataTransferItem(ids));
    const uris = ids.map((id) => sessionUri(id).toString());
    data.set(addresses, new vscode.DataTransferItem(uris.join('\r\n')));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const value: unknown = data.get(mimeType)?.value;
    const ids = Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
    const known = ids.filter((id) => isWritable(this.#deps, id));
    if (known.length === 0) return;
    if (target?.kind === 'group' && target.group === 'pinned') {
      await putPinned(this.#deps, known, undefined);
    } else if (target?.kind === 'session') {
      const pinned = this.#deps.sessions.get(target.sessionId)?.pinned !== undefined;
      if (pinned) await putPinned(this.#deps, known, target.sessionId);
    }
  }
}

/**
 * The editor opens what is dropped on it by its address: so this is an editor for the addresses of sessions,
 * which gives its place to the session's panel.
 */
export function openDroppedRows(deps: {
  readonly panels: Pick<PanelOpener, 'open'>;
  readonly run: (what: string, work: () => Promise<unknown>) => void;
}): Disposable {
  return vscode.window.registerCustomEditorProvider(sessionEditorType, {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, place) => {
      deps.run('open a dropped session', async () => {
        try {
          await deps.panels.open(sessionIdOf(uri), { column: place.viewColumn });
        } finally {
          // Last, so that a group of editors made by the drop is not empty in between, and gone.
          place.dispose();
        }
      });
    },
  });
}

/** Pins sessions at the place of one, or behind all that are pinned. @throws SessionError */
export async function putPinned(
  deps: PinDeps,
  sessionIds: readonly string[],
  to: string | undefined,
): Promise<void> {
  const order = moved(pinnedIds(deps), sessionIds, to);
  await setOrder(deps, order);
}

/** Moves pinned sessions one place up or down, together. @throws SessionError */
export async function movePinned(
  deps: PinDeps,
  sessionIds: readonly string[],
  by: 'up' | 'down',
): Promise<void> {
  await setOrder(deps, shifted(pinnedIds(deps), sessionIds, by));
}

function isWritable({ sessions }: PinDeps, sessionId: string): boolean {
  return (
    sessions.get(sessionId) !== undefined && sessions.details(sessionId).readOnly === undefined
  );
}

/** All pinned sessions in order; those that need the user stand elsewhere and keep their place. */
function pinnedIds({ sessions }: PinDeps): string[] {
  return sessions
    .list()
    .flatMap(({ sessionId, pinned }) => (pinned === undefined ? [] : [{ sessionId, pinned }]))
    .sort((a, b) => a.pinned - b.pinned)
    .map(({ sessionId }) => sessionId);
}

async function setOrder({ sessions }: PinDeps, order: readonly string[]): Promise<void> {
  const known = order.flatMap((id) => sessions.get(id) ?? []);
  const places = [...pinnedPlaces(known)];
  await Promise.all(places.map(([sessionId, place]) => sessions.setPinned(sessionId, place)));
}
