// Which ids may name files, and which file belongs to which session.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  groupFiles,
  isSessionId,
  sessionOfFile,
  sessionPaths,
} from '../../../src/storage/sessionFiles.ts';

test.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a.b', 'a b', 'a\0', 'x'.repeat(129), 'é'])(
  'the id %j never becomes a path',
  (id) => {
    expect(isSessionId(id)).toBe(false);
    expect(() => sessionPaths('/store', id)).toThrow(
      expect.objectContaining({ code: 'invalidArgument' }),
    );
  },
);

test.each(['con', 'NUL', 'Aux', 'prn', 'com1', 'LPT9'])('the device name %s is no id', (id) => {
  expect(isSessionId(id)).toBe(false);
});

test('an id names four files side by side', () => {
  expect(sessionPaths('/store', 'a_B-1')).toEqual({
    head: join('/store', 'a_B-1.json'),
    backup: join('/store', 'a_B-1.json.bak'),
    transcript: join('/store', 'a_B-1.jsonl'),
    owner: join('/store', 'a_B-1.owner'),
  });
});

test('names are sorted by session; foreign ones are left alone', () => {
  const { sessions, temporary } = groupFiles([
    ...['a.json', 'a.jsonl', 'a.owner', 'a.json.bak', 'b.jsonl', 'a.json.1-2.tmp'],
    ...['notes.txt', '.hidden', 'a copy.json', 'con.json', 'a.json.damaged-20260101'],
  ]);
  expect([...sessions]).toEqual([
    ['a', { head: true, backup: true, transcript: true, owner: true }],
    ['b', { head: false, backup: false, transcript: true, owner: false }],
  ]);
  expect(temporary).toEqual(['a.json.1-2.tmp']);
  expect(sessionOfFile('a.json.damaged-20260101')).toBe('a');
});
