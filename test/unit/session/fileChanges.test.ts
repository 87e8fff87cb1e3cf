// What files were before a session: from what agents show, kept in the transcript, counted in lines.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fileBeforeCode,
  fileBeforeNotice,
  filesBefore,
  lineCounts,
  maxKeptLength,
  textBefore,
} from '../../../src/session/fileChanges.ts';
import { fakeDomain } from '../../fakes/domain.ts';

describe('what a file was before a change that an agent shows', () => {
  const path = '/a';
  it('is what it is now while the change waits', () => {
    expect(textBefore({ path, oldText: 'b', newText: 'B' }, 'a\nb\nc')).toBe('a\nb\nc');
    expect(textBefore({ path, oldText: 'whole', newText: 'new' }, 'whole')).toBe('whole');
    expect(textBefore({ path, newText: 'new' }, undefined)).toBeNull();
    expect(textBefore({ path, newText: 'new' }, 'overwritten')).toBe('overwritten');
  });

  it('is worked out once the change has been made', () => {
    expect(textBefore({ path, oldText: 'b', newText: 'B' }, 'a\nB\nc')).toBe('a\nb\nc');
    expect(textBefore({ path, oldText: 'whole', newText: 'new' }, 'new')).toBe('whole');
    expect(textBefore({ path, newText: 'new' }, 'new')).toBeNull();
    expect(textBefore({ path, oldText: 'gone', newText: '' }, undefined)).toBe('gone');
  });
});

describe('counting lines', () => {
  it('goes the shortest way', () => {
    expect(lineCounts('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual({ added: 2, removed: 1 });
    expect(lineCounts('', 'a\nb\n')).toEqual({ added: 2, removed: 0 });
    expect(lineCounts('a\r\nb\r\n', 'a\nb\n')).toEqual({ added: 0, removed: 0 });
    expect(lineCounts('a\nb', '')).toEqual({ added: 0, removed: 2 });
  });

  it('agrees with the longest common part', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const common = longestCommon(before, after);
        expect(lineCounts(before.join('\n'), after.join('\n'))).toEqual({
          added: after.length - common,
          removed: before.length - common,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('does not look for ever where everything is another', () => {
    const lines = (word: string): string =>
      Array.from({ length: 3000 }, (_, i) => `${word}${i}`).join('\n');
    expect(lineCounts(lines('a'), lines('b'))).toEqual({ added: 3000, removed: 3000 });
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const row = Array.from({ length: b.length + 1 }, () => 0);
  for (const one of a) {
    let diagonal = 0;
    for (const [index, other] of b.entries()) {
      const above = row[index + 1] ?? 0;
      row[index + 1] = one === other ? diagonal + 1 : Math.max(above, row[index] ?? 0);
      diagonal = above;
    }
  }
  return row.at(-1) ?? 0;
}

describe('a session', () => {
  it('notes each file once, on disk, and tells again in its next life', async () => {
    const domain = fakeDomain();
    const { sessionId } = await domain.manager.create();
    const { events } = domain.agents.last;
    for (const before of ['first', 'second']) {
      events.onUpdate('fake-1', { type: 'fileBefore', path: '/work/a.ts', before });
    }
    events.onUpdate('fake-1', { type: 'fileBefore', path: '/work/b.ts', before: null });
    expect(domain.manager.get(sessionId)?.changedFiles).toBe(2);
    await domain.manager.shutdown(1000);
    const next = domain.nextLife();
    await next.manager.restoreAll();
    expect(next.manager.get(sessionId)?.changedFiles).toBe(2);
    expect(await next.manager.filesBefore(sessionId)).toEqual([
      { path: '/work/a.ts', before: 'first' },
      { path: '/work/b.ts', before: null },
    ]);
  });

  it('names a file that is too large to keep, and passes over notes that are none', () => {
    const large = fileBeforeNotice({ path: '/big', before: 'x'.repeat(maxKeptLength + 1) });
    const notice = { id: '1', at: '', type: 'notice', code: fileBeforeCode, text: '' } as const;
    expect(
      filesBefore([
        { ...notice, data: large.data },
        { ...notice, data: 'nonsense' },
        { ...notice, code: 'other', data: { path: '/x', before: '' } },
      ]),
    ).toEqual([{ path: '/big', before: undefined }]);
  });
});
