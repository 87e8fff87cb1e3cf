// Markdown as blocks: where each starts, and that nothing is left out however deep or long it is.
import { describe, expect, it } from 'vitest';
import { markdownBlocks } from '../../../src/webview/markdownBlocks.ts';

describe('blocks', () => {
  it('start where their source does', () => {
    const source = '# a\n\ntext\nmore\n\n- x\n- y\n\n```js\ncode\n```\n| a |\n|---|\n| b |\n';
    const blocks = markdownBlocks(source).map(({ line, tokens }) => [line, tokens[0]?.type]);
    expect(blocks).toEqual([
      [0, 'heading_open'],
      [2, 'paragraph_open'],
      [5, 'bullet_list_open'],
      [8, 'fence'],
      [11, 'table_open'],
    ]);
  });

  it('that are nested too deep are shown as they are, with all that follows', () => {
    const list = Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- item ${depth}`);
    const source = `before\n\n${list.join('\n')}\n\n# The end`;
    const blocks = markdownBlocks(source);
    expect(blocks).toHaveLength(2);
    expect(blocks[1]?.plain).toContain('item 199');
    expect(blocks[1]?.plain).toContain('# The end');
    expect(markdownBlocks('>'.repeat(10_000) + ' deep')[0]?.plain).toContain('deep');
  });

  it('of thousands of cells are shown as they are, and what follows as ever', () => {
    const row = `|${'b|'.repeat(100)}`;
    const table = [row, `|${'-|'.repeat(100)}`, ...Array.from({ length: 100 }, () => row)];
    const blocks = markdownBlocks(`${table.join('\n')}\n\n# The end`);
    expect(blocks[0]?.plain?.split('\n')).toEqual(table);
    expect(blocks[1]?.tokens[0]?.type).toBe('heading_open');
  });

  it('of one endless line are not searched for marks', () => {
    const [block] = markdownBlocks('![['.repeat(6000));
    expect(block?.tokens.map(({ type }) => type)).toEqual([
      'paragraph_open',
      'text',
      'paragraph_close',
    ]);
  });

  it('have no pictures, markup or script addresses', () => {
    const source = '<b>x</b> [a](javascript:1) [b](command:x) [c](https://c.test)';
    const inline = markdownBlocks(source)[0]?.tokens[1]?.children ?? [];
    const links = inline.filter(({ type }) => type === 'link_open');
    expect(links.map((link) => link.attrGet('href'))).toEqual(['https://c.test']);
    expect(inline.some(({ type }) => type === 'html_inline')).toBe(false);
  });
});
