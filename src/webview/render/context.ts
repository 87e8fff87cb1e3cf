// What the parts of the panel have in common: what they may do, and what they can be asked.
import type { EntryView } from '../../chatProtocol/entries.ts';
import type { FromPanel } from '../../chatProtocol/messages.ts';

/** Handed down to every part of the panel. */
export interface PanelContext {
  /** Says something to the host. */
  readonly post: (message: FromPanel) => void;
}

/** Shows one entry of the transcript; `update` is given each newer version of it. */
export interface EntryNode {
  readonly element: HTMLElement;
  /** @param live the entry is the last one of a running turn: it may still grow */
  update(entry: EntryView, live: boolean): void;
  /** The user has opened or closed something in it, which is worth keeping. */
  readonly touched?: boolean;
  /** Opens what is folded. */
  unfold?(): void;
}

/** The card of a request that waits for the user. */
export interface PendingCard {
  readonly element: HTMLElement;
  /** A key pressed outside of any input; whether the card took it as an answer. */
  readonly key: (key: string) => boolean;
}
