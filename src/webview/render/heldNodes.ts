// The nodes of entries: made when first shown, kept for a while when out of view, brought up to date when shown again.
import type { EntryView } from '../../chatProtocol/entries.ts';
import type { EntryNode, PanelContext } from './context.ts';
import { entryActions } from './entryActions.ts';
import { entryNode } from './entryNode.ts';

/** How many nodes are kept, in and out of view. */
const keptNodes = 300;

interface Held {
  readonly node: EntryNode;
  entry: EntryView;
  live: boolean;
}

/** Nodes by entry, the ones shown last at the end. */
export class HeldNodes {
  readonly #context: PanelContext;
  readonly #held = new Map<string, Held>();

  constructor(context: PanelContext) {
    this.#context = context;
  }

  /** The element that shows this version of an entry. */
  show(entry: EntryView, live: boolean): HTMLElement {
    let held = this.#held.get(entry.id);
    if (held?.entry.type !== entry.type) held = undefined;
    if (held === undefined) {
      const node = entryNode(entry, this.#context);
      node.element.dataset['entryId'] = entry.id;
      held = { node, entry, live };
      node.update(entry, live);
      node.element.append(entryActions(() => held?.entry ?? entry, this.#context));
    } else if (held.entry !== entry || held.live !== live) {
      held.node.update(entry, live);
      held.entry = entry;
      held.live = live;
    }
    this.#held.delete(entry.id);
    this.#held.set(entry.id, held);
    return held.node.element;
  }

  /** The element of an entry, if there is one. */
  element(id: string): HTMLElement | undefined {
    return this.#held.get(id)?.node.element;
  }

  /** Opens what of an entry is folded. */
  unfold(id: string): void {
    this.#held.get(id)?.node.unfold?.();
  }

  /** Lets go of the nodes that were shown longest ago; not of those the user has opened or closed. */
  trim(): void {
    for (const [id, { node }] of this.#held) {
      if (this.#held.size <= keptNodes) return;
      if (!node.element.isConnected && node.touched !== true) this.#held.delete(id);
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#held.clear();
  }
}
