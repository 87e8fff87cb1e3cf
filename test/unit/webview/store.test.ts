// The panel's model: what each message of the host makes of it.
import { describe, expect, it } from 'vitest';
import type { EntryView } from '../../../src/chatProtocol/entries.ts';
import type { ToPanel } from '../../../src/chatProtocol/messages.ts';
import { applyChanges, emptyModel, reduce, startLoadingOlder } from '../../../src/webview/store.ts';
import type { PanelModel } from '../../../src/webview/store.ts';
import { sessionView } from '../../fakes/sessionView.ts';

const session = sessionView();

function agent(id: string, text = '', at = '2026-01-01T00:00:00.000Z'): EntryView {
  return { type: 'agent', id, at, text };
}

function call(id: string, at: string): Extract<EntryView, { type: 'toolCall' }> {
  const terminals = [{ terminalId: 't', output: 'a', truncated: false }];
  return {
    type: 'toolCall',
    id,
    at,
    title: id,
    kind: 'read',
    status: 'pending',
    parts: [],
    locations: [],
    terminals,
  };
}

function snapshot(more: Partial<Extract<ToPanel, { type: 'snapshot' }>> = {}): ToPanel {
  return { type: 'snapshot', version: 1, seq: 0, strings: {}, session, entries: [], ...more };
}

function play(...messages: ToPanel[]): PanelModel {
  return messages.reduce(reduce, emptyModel);
}

describe('snapshots', () => {
  it('start over', () => {
    const model = play(
      snapshot({ entries: [agent('a')], before: 'x' }),
      { type: 'error', seq: 1, error: { code: 'internal', message: 'no' } },
      snapshot({ entries: [agent('b')] }),
    );
    expect(model).toMatchObject({ seq: 0, phase: 'open', entries: [agent('b')] });
    expect(model.error).toBeUndefined();
    expect(model.before).toBeUndefined();
    expect(model.snapshotCount).toBe(2);
  });

  it('say that there is no such session', () => {
    expect(play(snapshot({ session: undefined })).phase).toBe('unknownSession');
  });

  it('of another version end the conversation', () => {
    const model = play(snapshot({ version: 99 }), {
      type: 'delta',
      seq: 1,
      changes: [agent('a')],
    });
    expect(model).toMatchObject({ phase: 'otherVersion', entries: [] });
  });
});

describe('deltas', () => {
  it('are nothing before the first snapshot', () => {
    expect(play({ type: 'delta', seq: 1, changes: [agent('a')] })).toBe(emptyModel);
  });

  it('add text, and leave every other entry the same object', () => {
    const first = play(snapshot({ entries: [agent('a', 'A'), agent('b', 'B')] }));
    const next = reduce(first, {
      type: 'delta',
      seq: 1,
      changes: [
        { type: 'append', id: 'b', text: '!' },
        agent('c', 'C'),
        { type: 'append', id: 'c', text: '?' },
      ],
    });
    expect(next.entries.map((entry) => ('text' in entry ? entry.text : ''))).toEqual([
      'A',
      'B!',
      'C?',
    ]);
    expect(next.entries[0]).toBe(first.entries[0]);
    expect(first.entries).toHaveLength(2);
  });

  it('make the model lost when a number is missing, until the next snapshot', () => {
    const lost = play(snapshot(), { type: 'delta', seq: 2, changes: [agent('b')] });
    expect(lost).toMatchObject({ lost: true, entries: [] });
    const still = reduce(lost, { type: 'delta', seq: 3, changes: [agent('c')] });
    expect(still.entries).toEqual([]);
    expect(reduce(still, snapshot({ entries: [agent('b')] }))).toMatchObject({ lost: false });
  });

  it('grow the output of the one terminal they name, and keep its end when it is long', () => {
    const entries = applyChanges(
      [call('c', '')],
      [
        { type: 'append', id: 'c', terminalId: 't', text: 'b' },
        { type: 'append', id: 'c', terminalId: 'other', text: 'x' },
      ],
      false,
    );
    expect(entries[0]).toMatchObject({ terminals: [{ output: 'ab', truncated: false }] });
    const long = applyChanges(
      entries,
      [{ type: 'append', id: 'c', terminalId: 't', text: 'z'.repeat(300_000) }],
      false,
    );
    const terminal = (long[0] as (typeof entries)[0] & { terminals: { output: string }[] })
      .terminals[0];
    expect(terminal).toMatchObject({ truncated: true });
    expect(terminal?.output).toHaveLength(200_000);
  });

  it('leave a call of a page that is not loaded where it is', () => {
    const loaded = [agent('b', '', '2026-01-01T00:00:05.000Z')];
    const old = call('old', '2026-01-01T00:00:01.000Z');
    expect(applyChanges(loaded, [old], true)).toEqual(loaded);
    expect(applyChanges(loaded, [old], false)).toEqual([...loaded, old]);
    const fresh = call('fresh', '2026-01-01T00:00:09.000Z');
    expect(applyChanges(loaded, [fresh], true)).toEqual([...loaded, fresh]);
  });

  it('drop text for an entry that is not loaded', () => {
    const entries = [agent('b')];
    expect(applyChanges(entries, [{ type: 'append', id: 'a', text: 'x' }], true)).toEqual(entries);
  });

  it('does with many at once what it does with one after another, without looking at all entries for each', () => {
    let looks = 0;
    const counted = (id: string): EntryView => ({
      ...agent(id),
      get id() {
        looks += 1;
        return id;
      },
    });
    const entries = Array.from({ length: 1000 }, (_, index) => counted(`e${index}`));
    const changes = Array.from({ length: 1000 }, (_, index) => [
      agent(`n${index}`, 'new'),
      { type: 'append' as const, id: index % 2 === 0 ? `n${index}` : `e${index}`, text: '+' },
    ]).flat();
    const together = applyChanges(entries, changes, false);
    expect(looks).toBeLessThan(10 * entries.length);
    expect(together).toEqual(
      changes.reduce<readonly EntryView[]>((now, one) => applyChanges(now, [one], false), entries),
    );
  });
});

describe('older pages', () => {
  const open = snapshot({ entries: [agent('c')], before: 'p1' });

  it('come before what is loaded, and name the page before them', () => {
    const model = reduce(startLoadingOlder(play(open)), {
      type: 'older',
      seq: 1,
      asked: 'p1',
      entries: [agent('a'), agent('b')],
      before: 'p0',
    });
    expect(model.entries.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(model).toMatchObject({ before: 'p0', loadingOlder: false });
  });

  it('put an entry that was shown too late into its place, with what is newest of it', () => {
    const model = play(
      open,
      { type: 'delta', seq: 1, changes: [agent('a', 'new')] },
      { type: 'older', seq: 2, asked: 'p1', entries: [agent('a', 'old'), agent('b')] },
    );
    expect(model.entries).toEqual([agent('a', 'new'), agent('b'), agent('c')]);
  });

  it('of an earlier question are left out', () => {
    const model = play(open, { type: 'older', seq: 1, asked: 'other', entries: [agent('a')] });
    expect(model).toMatchObject({ before: 'p1', seq: 1 });
    expect(model.entries).toHaveLength(1);
  });

  it('that could not be read stop the waiting', () => {
    const model = reduce(startLoadingOlder(play(open)), {
      type: 'error',
      seq: 1,
      error: { code: 'storageFailed', message: 'no' },
    });
    expect(model.loadingOlder).toBe(false);
  });
});

it('what the session has changed stays known over a new snapshot', () => {
  const file = { path: '/work/a', name: 'a', folder: '', kind: 'deleted' as const };
  const model = play(snapshot(), { type: 'changes', seq: 1, files: [file] }, snapshot());
  expect(model.changes).toEqual([file]);
});
