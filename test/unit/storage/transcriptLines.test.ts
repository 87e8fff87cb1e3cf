// Transcript lines: read back equal, torn ones dropped, and the quick look at whose line it is never wrong.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TranscriptBuilder, type TranscriptChange } from '../../../src/session/transcript.ts';
import { HeldChanges } from '../../../src/storage/heldChanges.ts';
import { formatLine, parseLine, peekLine } from '../../../src/storage/transcriptLines.ts';
import { anyChange, anyChanges } from '../../fixtures/storage/arbitraries.ts';

function lineOf(change: TranscriptChange): Buffer {
  const line = formatLine(change);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  return line.subarray(0, -1);
}

test('any change is read back from its line, and the quick look agrees', () => {
  fc.assert(
    fc.property(anyChange, (change) => {
      const line = lineOf(change);
      expect(parseLine(line)).toEqual(change);
      expect(peekLine(line)).toEqual({ id: change.id, appends: change.type === 'append' });
    }),
  );
});

test('a line in another order of fields is looked at as well', () => {
  const line = Buffer.from('{"at":"t","type":"user","text":"{\\"id\\":\\"no\\"}","id":"yes"}');
  expect(peekLine(line)).toEqual({ id: 'yes', appends: false });
});

test('no piece of a line passes for a change', () => {
  fc.assert(
    fc.property(anyChange, fc.nat(), (change, at) => {
      const line = lineOf(change);
      const piece = line.subarray(0, at % line.length);
      expect(parseLine(piece)).toBeUndefined();
      expect(peekLine(piece, false)).toBeUndefined();
    }),
  );
});

test.each(['', '{}', '[]', 'null', '7', '{"id":"","type":"user"}', '{"id":"a","type":"later"}'])(
  'the line %j is nobody’s',
  (text) => {
    expect(parseLine(Buffer.from(text))).toBeUndefined();
    expect(peekLine(Buffer.from(text))).toBeUndefined();
  },
);

test('changes that are held build the same transcript as when each had been written', () => {
  fc.assert(
    fc.property(anyChanges, anyChanges, (onDisk, refused) => {
      const [each, merged] = [new TranscriptBuilder(), new TranscriptBuilder()];
      for (const change of onDisk) {
        each.apply(change);
        merged.apply(change);
      }
      const held = new HeldChanges();
      for (const change of refused) {
        each.apply(change);
        held.add(change);
      }
      for (const change of held.all()) merged.apply(change);
      expect(merged.entries()).toEqual(each.entries());
    }),
  );
});
