// Lines as the protocol counts them, and edits that touch least.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lineEndsOf,
  linesOf,
  looksBinary,
  smallestEdit,
  withLineEnds,
} from '../../../src/host/files/textEdits.ts';

describe('linesOf', () => {
  const text = 'one\r\ntwo\nthree';

  it('counts from 1, keeps line ends, and is empty behind the end', () => {
    expect(linesOf(text, {})).toBe(text);
    expect(linesOf(text, { line: 1, limit: 1 })).toBe('one\r\n');
    expect(linesOf(text, { line: 2 })).toBe('two\nthree');
    expect(linesOf(text, { line: 3, limit: 5 })).toBe('three');
    expect(linesOf(text, { line: 4 })).toBe('');
    expect(linesOf(text, { line: 0, limit: 1 })).toBe('one\r\n');
    expect(linesOf(text, { limit: 0 })).toBe('');
  });

  it('read page by page is the whole text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r'), maxLength: 60 }), (whole) => {
        let pages = '';
        for (let line = 1; line <= 61; line += 3) pages += linesOf(whole, { line, limit: 3 });
        expect(pages).toBe(whole);
      }),
    );
  });
});

describe('smallestEdit', () => {
  it('touches only what differs', () => {
    expect(smallestEdit('abc', 'abc')).toBeUndefined();
    expect(smallestEdit('one two three', 'one 2 three')).toEqual({ start: 4, end: 7, text: '2' });
    expect(smallestEdit('aa', 'aaa')).toEqual({ start: 2, end: 2, text: 'a' });
  });

  it('makes the one text into the other, and never cuts a line end or a character in half', () => {
    const unit = fc.constantFrom('a', 'b', '\n', '\r\n', '😀', '😁');
    const text = fc.string({ unit, maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edit = smallestEdit(before, after);
        if (edit === undefined) {
          expect(before).toBe(after);
          return;
        }
        expect(before.slice(0, edit.start) + edit.text + before.slice(edit.end)).toBe(after);
        for (const offset of [edit.start, edit.end]) {
          expect(before.slice(offset - 1, offset + 1)).not.toBe('\r\n');
          expect(before.slice(0, offset).isWellFormed()).toBe(true);
        }
        expect(edit.text.isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('line ends and bytes', () => {
  it('are told apart', () => {
    expect(lineEndsOf('a\r\nb\r\n')).toBe('\r\n');
    expect(lineEndsOf('a\nb')).toBe('\n');
    expect(lineEndsOf('a\r\nb\n')).toBeUndefined();
    expect(lineEndsOf('a')).toBeUndefined();
    expect(withLineEnds('a\r\nb\nc\rd', '\r\n')).toBe('a\r\nb\r\nc\r\nd');
  });

  it('with zero bytes are no text, except as UTF-16', () => {
    expect(looksBinary(new Uint8Array([65, 0, 66]))).toBe(true);
    expect(looksBinary(new Uint8Array([0xff, 0xfe, 65, 0]))).toBe(false);
    expect(looksBinary(new TextEncoder().encode('Grüße'))).toBe(false);
  });
});
