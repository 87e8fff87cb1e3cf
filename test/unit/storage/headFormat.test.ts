// Heads as text: read back equal, unknown fields kept, older ones migrated, newer and damaged ones told apart.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionStateSchema, type SessionState } from '../../../src/session/state.ts';
import { formatHead, parseHead, type Head } from '../../../src/storage/headFormat.ts';
import { anyState } from '../../fixtures/storage/arbitraries.ts';
import { stateOf } from '../../fixtures/storage/stateOf.ts';

const savedAt = '2026-01-02T03:04:05.678Z';

function written(state: SessionState, onDisk?: Head): string {
  return formatHead({ sessionId: 'one', state, savedAt }, onDisk);
}

function whole(text: string): Head {
  const parsed = parseHead(text, 'one');
  if (parsed.kind !== 'whole') throw new Error(`damaged: ${parsed.reason}`);
  return parsed.head;
}

test('any state is read back as it was written', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      const head = whole(written(state));
      expect(head.state).toEqual(sessionStateSchema.parse(state));
      expect(head).toMatchObject({ version: 1, session_id: 'one', saved_at: savedAt });
      expect(whole(written(head.state, head))).toEqual(head);
    }),
  );
});

test('no cut and no flipped byte makes reading throw, and no real cut passes for whole', () => {
  const text = written(stateOf());
  for (let length = 0; length < text.trimEnd().length; length++) {
    expect(parseHead(text.slice(0, length), 'one').kind).toBe('damaged');
  }
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ unit: 'binary' }), (at, middle) => {
      parseHead(text.slice(0, at) + middle + text.slice(at + 1), 'one');
    }),
  );
});

test('what this Roost does not know survives its rewrite; what it removed does not come back', () => {
  const newerFields: unknown = {
    version: 1,
    session_id: 'one',
    saved_at: savedAt,
    futureHead: 1,
    state: {
      ...stateOf({ error: { code: 'agentExited', message: 'gone', details: { exitCode: 1 } } }),
      futureState: { deep: [1] },
      config: { futureConfig: true },
      facts: { commands: [], modes: [], configOptions: [], futureFacts: 'x' },
    },
  };
  const onDisk = whole(JSON.stringify(newerFields));
  const { facts, config } = whole(
    written(stateOf({ facts: { commands: [], modes: [], configOptions: [] } }), onDisk),
  ).state;
  const head = whole(written(stateOf(), onDisk));
  expect(head['futureHead']).toBe(1);
  expect(head.state['futureState']).toEqual({ deep: [1] });
  expect(config).toEqual({ futureConfig: true });
  expect(facts).toMatchObject({ futureFacts: 'x' });
  expect(head.state.error).toBeUndefined();
  expect(head.state.agentSessionId).toBeUndefined();
});

test('a head without a version is the form before there were any', () => {
  const old = JSON.stringify({ session_id: 'one', saved_at: savedAt, state: stateOf() });
  expect(whole(old)).toMatchObject({ version: 1, state: stateOf() });
});

test('older heads go through every step between their version and this one', () => {
  const steps = [
    (head: object) => ({ ...head, version: 1, state: { ...stateOf(), title: 'from 0' } }),
    (head: object) => ({ ...head, version: 2, steps: ['1 to 2'] }),
    (head: object) => ({ ...head, version: 3, steps: ['1 to 2', '2 to 3'] }),
  ];
  const read = (version: number): unknown =>
    parseHead(
      JSON.stringify({ version, session_id: 'one', saved_at: savedAt, state: stateOf() }),
      'one',
      { current: 3, steps },
    );
  expect(read(0)).toMatchObject({
    kind: 'whole',
    newer: false,
    head: { state: { title: 'from 0' } },
  });
  expect(read(1)).toMatchObject({ head: { version: 3, steps: ['1 to 2', '2 to 3'] } });
  expect(read(3)).not.toHaveProperty('head.steps');
  expect(read(4)).toMatchObject({ kind: 'whole', newer: true });
});

test('a step that cannot deal with what it finds is damage, not an exception', () => {
  const steps = [
    (): never => {
      throw new TypeError('no such field');
    },
  ];
  expect(parseHead('{"session_id":"one"}', 'one', { current: 1, steps })).toMatchObject({
    kind: 'damaged',
    reason: 'cannot be read as version 0',
  });
});

const good = { version: 1, session_id: 'one', saved_at: savedAt, state: stateOf() };

test.each([
  ['is empty', ''],
  ['is empty', ' \n'],
  ['is not valid JSON', '{"version":1,'],
  ['is not a JSON object', '[]'],
  ['is not a JSON object', 'null'],
  ['has no valid version', JSON.stringify({ ...good, version: 'x' })],
  [
    'has a missing or wrong "state.title"',
    JSON.stringify({ ...good, state: { ...good.state, title: 1 } }),
  ],
  ['has a missing or wrong "saved_at"', JSON.stringify({ ...good, saved_at: undefined })],
  ['belongs to another session', JSON.stringify({ ...good, session_id: 'ONE' })],
  [
    'was written by a newer Roost (version 9) and cannot be read by this one',
    JSON.stringify({ ...good, version: 9, state: 'elsewhere' }),
  ],
])('a head that %s says so', (reason, text) => {
  expect(parseHead(text, 'one')).toMatchObject({ kind: 'damaged', reason });
});

test('a damaged head still tells what can be read of it', () => {
  const text = JSON.stringify({ ...good, state: { ...good.state, status: 'unheard of', cwd: 7 } });
  expect(parseHead(text, 'one')).toMatchObject({
    readable: { title: good.state.title, agentId: 'claude', messageCount: 2, savedAt },
  });
});
