// The difference by lines: right for any two texts, short for long ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countChanges, lineDiff } from '../../../src/webview/lineDiff.ts';

function signs(before: string, after: string): string[] {
  return lineDiff(before, after).map((line) =>
    line.type === 'skip'
      ? `… ${line.count}`
      : `${{ same: ' ', added: '+', removed: '-' }[line.type]}${line.text}`,
  );
}

describe('lineDiff', () => {
  it('shows a change with three lines around it and says how many it leaves out', () => {
    const before = 'a b c d e f g h i j'.replaceAll(' ', '\n');
    expect(signs(before, before.replace('e', 'E'))).toEqual([
      ...['… 1', ' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h', '… 2'],
    ]);
  });

  it('shows a new file as added, an emptied one as removed, and nothing for equal ones', () => {
    expect(signs('', 'a\nb\n')).toEqual(['+a', '+b']);
    expect(signs('a\n', '')).toEqual(['-a']);
    expect(signs('a\nb', 'a\nb')).toEqual([]);
  });

  it('does not compare every line with every line of huge texts', () => {
    const before = Array.from({ length: 50_000 }, (_, index) => `a${index}`).join('\n');
    const after = Array.from({ length: 50_000 }, (_, index) => `b${index}`).join('\n');
    expect(countChanges(lineDiff(before, after))).toEqual({ added: 50_000, removed: 50_000 });
  });

  it('adds up: what is kept and added is the new text, what is kept and removed the old', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = lineDiff(before.join('\n'), after.join('\n'));
        const { added, removed } = countChanges(diff);
        const count = (lines: readonly string[]): number => {
          const joined = lines.join('\n');
          return joined === '' ? 0 : joined.split('\n').length - (joined.endsWith('\n') ? 1 : 0);
        };
        expect(added - removed).toBe(count(after) - count(before));
        if (diff.length === 0) return;
        const kept = diff.map((line) => (line.type === 'skip' ? line.count : 1));
        const total = kept.reduce((sum, one) => sum + one, 0);
        expect(total).toBe(count(before) + added);
      }),
    );
  });
});
