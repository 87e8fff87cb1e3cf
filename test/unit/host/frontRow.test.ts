// Which row of the tree is selected when a conversation comes to the front, and when the editor cannot find it at first.
import { expect, it } from 'vitest';
import { FrontRow } from '../../../src/host/list/frontRow.ts';

function setUp(): {
  readonly front: FrontRow<string>;
  readonly tree: { visible: boolean; lost: boolean };
  readonly rows: Set<string>;
  readonly selected: string[];
} {
  const tree = { visible: true, lost: false };
  const rows = new Set<string>();
  const selected: string[] = [];
  const view = {
    get visible(): boolean {
      return tree.visible;
    },
    reveal: (node: string): Promise<void> => {
      if (tree.lost) return Promise.reject(new Error('Cannot resolve tree item'));
      selected.push(node);
      return Promise.resolve();
    },
  };
  return {
    front: new FrontRow(view, (id) => (rows.has(id) ? id : undefined)),
    tree,
    rows,
    selected,
  };
}

it('selects the row of a session that has none yet as soon as it has one, and once', async () => {
  const { front, rows, selected } = setUp();
  front.follow('a');
  expect(selected).toEqual([]);
  rows.add('a');
  front.published();
  await Promise.resolve();
  front.published();
  expect(selected).toEqual(['a']);
});

it('tries again when the editor did not find the row', async () => {
  const { front, tree, rows, selected } = setUp();
  rows.add('a');
  tree.lost = true;
  front.follow('a');
  await Promise.resolve();
  tree.lost = false;
  front.published();
  expect(selected).toEqual(['a']);
});

it('selects nothing for a session that is not in front any more, nor in a tree that nobody sees', () => {
  const { front, tree, rows, selected } = setUp();
  front.follow('a');
  front.follow(undefined);
  rows.add('a');
  front.published();
  tree.visible = false;
  front.follow('a');
  tree.visible = true;
  front.published();
  expect(selected).toEqual([]);
});
