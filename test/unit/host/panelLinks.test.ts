// Where links of agents lead, and where they do not.
import { describe, expect, it } from 'vitest';
import { linkTarget } from '../../../src/host/panel/panelLinks.ts';

describe('links', () => {
  it.each([
    ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
    ['http://localhost:3000', 'http://localhost:3000/'],
    ['mailto:a@example.com', 'mailto:a@example.com'],
    ['HTTPS://EXAMPLE.com', 'https://example.com/'],
  ])('out of the editor: %s', (href, url) => {
    expect(linkTarget(href, '/work')).toEqual({ kind: 'external', url });
  });

  it.each([
    ['src/a.ts', { path: '/work/src/a.ts' }],
    ['src/a.ts#L12', { path: '/work/src/a.ts', line: 11 }],
    ['src/a.ts#L12-L20', { path: '/work/src/a.ts', line: 11 }],
    ['src/a.ts:12', { path: '/work/src/a.ts', line: 11 }],
    ['a.ts:12:3', { path: '/work/a.ts', line: 11, column: 2 }],
    ['a.ts#L12C3', { path: '/work/a.ts', line: 11, column: 2 }],
    ['a.ts#12,3', { path: '/work/a.ts', line: 11, column: 2 }],
    ['a.ts#L12C3-L14C1', { path: '/work/a.ts', line: 11, column: 2 }],
    ['/etc/passwd', { path: '/etc/passwd' }],
    ['../other/b.ts', { path: '/other/b.ts' }],
    ['file:///work/a%20b.ts#L3', { path: '/work/a b.ts', line: 2 }],
    ['a%20b.ts', { path: '/work/a b.ts' }],
    ['100%.txt', { path: '/work/100%.txt' }],
    ['a.ts:0', { path: '/work/a.ts', line: 0 }],
  ])('to a file: %s', (href, target) => {
    expect(linkTarget(href, '/work')).toEqual({ kind: 'file', ...target });
  });

  it.each([
    'command:workbench.action.terminal.new',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,<script>1</script>',
    'vscode://a.b/c',
    'vscode-webview://x/y',
    'ftp://example.com',
    'file://server/share',
    '//example.com/x',
    '\\\\server\\share',
    'https://',
    '#fragment',
    '',
    ' ',
    'a\0b',
  ])('nowhere: %s', (href) => {
    expect(linkTarget(href, '/work')).toEqual({ kind: 'refused' });
  });
});
