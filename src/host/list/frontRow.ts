// The row of the conversation in front: selected in the tree as soon as the editor can find it there.
import type { TreeView } from 'vscode';

/**
 * Selects the row of the session that came to the front. A new one has none for a moment, and while it starts
 * it goes from group to group, where the editor cannot find it: each publication tries again until it has worked.
 */
export class FrontRow<Node> {
  readonly #view: Pick<TreeView<Node>, 'visible' | 'reveal'>;
  readonly #nodeOf: (sessionId: string) => Node | undefined;
  /** The session that came to the front, until its row is selected. */
  #awaited: string | undefined;

  /** @param nodeOf what stands for a session in the tree; `undefined` for one without a row */
  constructor(
    view: Pick<TreeView<Node>, 'visible' | 'reveal'>,
    nodeOf: (sessionId: string) => Node | undefined,
  ) {
    this.#view = view;
    this.#nodeOf = nodeOf;
  }

  /** Another session is in front, or none. In a tree that nobody sees no row is selected. */
  follow(sessionId: string | undefined): void {
    this.#awaited = this.#view.visible ? sessionId : undefined;
    this.published();
  }

  /** The rows are other ones now. */
  published(): void {
    const sessionId = this.#awaited;
    const node = sessionId === undefined ? undefined : this.#nodeOf(sessionId);
    if (node === undefined) return;
    // The focus stays where the user has it.
    this.#view.reveal(node, { select: true, focus: false }).then(
      () => {
        if (this.#awaited === sessionId) this.#awaited = undefined;
      },
      () => undefined,
    );
  }
}
