// Globs and ignore files: which paths a search sees.
import { matchesGlob } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globToRegExp } from '../../../src/agents/workspaceAgent/glob.ts';
import { isIgnored, parseIgnoreFile } from '../../../src/agents/workspaceAgent/ignoreRules.ts';

describe('glob', () => {
  it.each([
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['*.ts', 'a.tsx', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'a/b/c.ts', true],
    ['src/**', 'src/a/b', true],
    ['src/**/b', 'src/b', true],
    ['src/**/b', 'src/xb', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].ts', 'b.ts', true],
    ['[!ab].ts', 'b.ts', false],
    ['[!ab].ts', '/.ts', false],
    ['[a-c]x', 'bx', true],
    ['[a\\-c]x', 'bx', false],
    ['[a\\-c]x', '-x', true],
    ['{a,b/c}.ts', 'b/c.ts', true],
    ['{a,{b,c}}.ts', 'c.ts', true],
    ['{a', '{a', true],
    ['{a,}b}', 'b}', true],
    ['[z-a]', '[z-a]', true],
    ['a+(b).ts', 'a+(b).ts', true],
    ['\\*.ts', '*.ts', true],
    ['\\*.ts', 'a.ts', false],
    ['[^', '[^', true],
    ['[]]', '[]]', true],
    ['*', '.hidden', true],
  ])('%s matches %s: %s', (glob, path, matches) => {
    expect(globToRegExp(glob).test(path)).toBe(matches);
  });

  it('agrees with the matcher of Node wherever dots and odd brackets do not matter', () => {
    const segment = fc.string({
      unit: fc.constantFrom('a', 'b', '*', '?'),
      minLength: 1,
      maxLength: 4,
    });
    const glob = fc
      .array(fc.oneof(segment, fc.constant('**'), fc.constant('{a,b*}')), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join('/'))
      .filter((text) => !/[^/]\*\*|\*\*[^/]/u.test(text));
    const path = fc
      .array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(glob, path, (pattern, tried) => {
        expect(globToRegExp(pattern).test(tried)).toBe(matchesGlob(tried, pattern));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(() => globToRegExp(text).test('a/b')).not.toThrow();
      }),
    );
  });
});

describe('ignore files', () => {
  const rules = parseIgnoreFile(
    ['# a comment', '', '*.log', '!keep.log', 'out/', '/root.txt', 'a/b.txt', 'trailing  '].join(
      '\r\n',
    ),
    '',
    undefined,
  );

  it.each([
    ['x.log', false, true],
    ['deep/x.log', false, true],
    ['keep.log', false, false],
    ['out', true, true],
    ['out', false, false],
    ['deep/out', true, true],
    ['root.txt', false, true],
    ['deep/root.txt', false, false],
    ['a/b.txt', false, true],
    ['x/a/b.txt', false, false],
    ['trailing', false, true],
    ['# a comment', false, false],
    ['node_modules', true, true],
    ['deep/.git', true, true],
  ])('%s (folder: %s) is left out: %s', (path, isFolder, ignored) => {
    expect(isIgnored(path, isFolder, rules)).toBe(ignored);
  });

  it('lets a file further down have the last word', () => {
    const below = parseIgnoreFile('!x.log\n/here.txt', 'sub/', rules);
    expect(isIgnored('sub/x.log', false, below)).toBe(false);
    expect(isIgnored('sub/y.log', false, below)).toBe(true);
    expect(isIgnored('sub/here.txt', false, below)).toBe(true);
    expect(isIgnored('sub/deep/here.txt', false, below)).toBe(false);
  });
});
