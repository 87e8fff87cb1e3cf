// How the Workspace agent reads what was written to it, and the Markdown it answers with.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReplacement } from '../../../src/agents/workspaceAgent/commands/replace.ts';
import { defaultHome } from '../../../src/agents/workspaceAgent/history.ts';
import { codeBlock, inlineCode, shorten } from '../../../src/agents/workspaceAgent/markdown.ts';
import {
  parseCommand,
  promptText,
  typedLine,
} from '../../../src/agents/workspaceAgent/promptText.ts';

describe('commands', () => {
  it.each([
    ['/find a  b', { name: 'find', rest: 'a  b' }],
    ['/HELP', { name: 'help', rest: '' }],
    ['/write a\n b\n', { name: 'write', rest: 'a\n b\n' }],
    ['/write\nx', { name: 'write', rest: '\nx' }],
    ['/usr/bin is a folder', undefined],
    ['find /help', undefined],
    ['/', undefined],
    ['//x', undefined],
  ])('%j', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it('leaves attachments out of a title', () => {
    const link = { type: 'resource_link' as const, name: 'a.ts', uri: 'file:///work/a.ts' };
    expect(typedLine([{ type: 'text', text: 'Why is\n@a.ts ' }, link])).toBe('Why is @a.ts');
    expect(typedLine([link])).toBe('');
  });

  it('puts attachments where they stand, as addresses', () => {
    expect(
      promptText([
        { type: 'text', text: '/read' },
        { type: 'resource_link', name: 'a', uri: 'file:///a' },
        { type: 'image', data: '', mimeType: 'image/png' },
      ]),
    ).toBe('/read file:///a');
  });
});

describe('replacement', () => {
  it.each([
    ['s/a/b/', { oldText: 'a', newText: 'b', ignoreCase: false, glob: '' }],
    ['s/a//i  src/**/*.ts', { oldText: 'a', newText: '', ignoreCase: true, glob: 'src/**/*.ts' }],
    ['s|a/b|c\\|d|g x y', { oldText: 'a/b', newText: 'c|d', ignoreCase: false, glob: 'x y' }],
    [
      's/a\\/b/c\\\\n\\n\\t/',
      { oldText: 'a/b', newText: 'c\\n\n\\t', ignoreCase: false, glob: '' },
    ],
    ['s]a[]b]', { oldText: 'a[', newText: 'b', ignoreCase: false, glob: '' }],
    ['s^a^b^', { oldText: 'a', newText: 'b', ignoreCase: false, glob: '' }],
    ['s/a/b', undefined],
    ['s//b/', undefined],
    ['s/a/b/x', undefined],
    ['sxaxbx', undefined],
    ['s a b ', undefined],
    ['a b', undefined],
  ])('%s', (text, replacement) => {
    expect(parseReplacement(text)).toEqual(replacement);
  });
});

describe('markdown', () => {
  it('holds any text in inline code, with no run of ticks as long as its own', () => {
    expect(inlineCode('a `b` c')).toBe('``a `b` c``');
    expect(inlineCode('`')).toBe('`` ` ``');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n') }), (text) => {
        const [, ticks = '', inside = ''] = /^(`+)([^]*?)\1$/u.exec(inlineCode(text)) ?? [];
        expect(ticks).not.toBe('');
        expect(inside.split(/[^`]/u)).not.toContain(ticks);
        expect(inside).not.toContain('\n');
      }),
    );
  });

  it('fences any text', () => {
    expect(codeBlock('a\n```\nb', 'ts')).toBe('````ts\na\n```\nb\n````\n');
    expect(codeBlock('')).toBe('```\n```\n');
  });

  it('shortens with an ellipsis', () => {
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('abcd', 4)).toBe('abcd');
  });
});

describe('home', () => {
  it('is where it is told, else where the platform keeps state', () => {
    expect(defaultHome({ ROOST_WORKSPACE_AGENT_HOME: '/x' }, 'linux')).toBe('/x');
    expect(defaultHome({ XDG_STATE_HOME: '/s' }, 'linux')).toBe('/s/roost/workspace-agent');
    expect(defaultHome({}, 'darwin')).toMatch(
      /Library.Application Support.roost.workspace-agent$/u,
    );
    expect(defaultHome({ LOCALAPPDATA: 'C:' }, 'win32')).toMatch(/^C:.roost.workspace-agent$/u);
  });
});
