// Changes that wait for a panel: folded, they do exactly what they would have done one by one.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EntryChange, EntryView } from '../../../src/chatProtocol/entries.ts';
import { ChangeBatch } from '../../../src/host/panel/panelBatch.ts';
import { applyChanges } from '../../../src/webview/store.ts';

const id = fc.constantFrom('a', 'b', 'c');
const terminalId = fc.constantFrom('t', 'u', undefined);

const change: fc.Arbitrary<EntryChange> = fc.oneof(
  id.map((one): EntryView => ({ type: 'agent', id: one, at: '', text: 'new' })),
  id.map((one): EntryView => ({
    type: 'toolCall',
    id: one,
    at: '',
    title: '',
    kind: '',
    status: '',
    parts: [],
    locations: [],
    terminals: ['t', 'u'].map((name) => ({ terminalId: name, output: '', truncated: false })),
  })),
  fc
    .record({ id, terminalId, text: fc.constantFrom('1', '2', '3') })
    .map((append): EntryChange => ({ type: 'append', ...append })),
);

it('does what its changes do one after another', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.nat(30), (changes, cut) => {
      const batch = new ChangeBatch();
      let batched: readonly EntryView[] = [];
      changes.forEach((one, index) => {
        batch.add(one);
        if (index === cut) batched = applyChanges(batched, batch.take(), false);
      });
      batched = applyChanges(batched, batch.take(), false);
      const single = changes.reduce<readonly EntryView[]>(
        (entries, one) => applyChanges(entries, [one], false),
        [],
      );
      expect(batched).toEqual(single);
      expect(batch).toMatchObject({ empty: true, size: 0 });
    }),
  );
});

it('holds one change per entry and place, however many were added', () => {
  const batch = new ChangeBatch();
  for (let count = 0; count < 1000; count += 1) batch.add({ type: 'append', id: 'a', text: 'x' });
  expect(batch.size).toBe(1000);
  expect(batch.take()).toEqual([{ type: 'append', id: 'a', text: 'x'.repeat(1000) }]);
});
