// Text from agents stays text wherever the editor would read more into it.
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import {
  escapedMarkdown,
  failureLine,
  notificationText,
  plainLine,
  withoutIcons,
} from '../../../src/host/plainText.ts';
import { shortAge, shortSpan, since } from '../../../src/host/list/relativeTime.ts';
import { english } from './sessionFixtures.ts';

describe('plainLine', () => {
  it('is one line without hidden characters, never longer than asked', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 2, max: 200 }),
        (text, max) => {
          const line = plainLine(text, max);
          expect(line.length).toBeLessThanOrEqual(max);
          expect(line).not.toMatch(/[\p{Cc}\u202e\u2066\u200b]/u);
          expect(plainLine(line, max)).toBe(line);
        },
      ),
    );
  });

  it('leaves nothing of what is unseen, so that what has no other text has none', () => {
    const unseen = [
      '\u061c',
      '\u3164',
      '\u115f',
      '\u00ad',
      '\u180e',
      '\u2800',
      '\u{e0041}',
      '\ufe0f',
    ];
    for (const one of [...unseen, unseen.join('')]) expect(plainLine(one)).toBe('');
  });

  it('does not cut a character in half', () => {
    expect(plainLine('ab😀cd', 4)).toBe('ab…');
    expect(plainLine('ab😀', 4)).toBe('ab😀');
  });
});

describe('notifications and lists', () => {
  it('have no links that run commands', () => {
    expect(notificationText('[Allow](command:evil)')).toBe('[Allow] (command:evil)');
  });

  it('have no icons', () => {
    expect(withoutIcons('$(check) done')).toBe('\\$(check) done');
  });
});

describe('tooltips', () => {
  it('show text as it is: no emphasis, no link, no image, no HTML', () => {
    const markdown = new MarkdownIt({ html: true, linkify: true });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (text) => {
        const line = plainLine(text);
        const [, inline] = markdown.parse(escapedMarkdown(text), {});
        expect(inline?.children?.map(({ type }) => type) ?? []).toEqual(
          line === '' ? [] : ['text'],
        );
        expect(
          inline?.content === undefined ? '' : markdown.renderInline(escapedMarkdown(text)),
        ).toBe(markdown.utils.escapeHtml(line));
      }),
      {
        examples: [
          ['![x](https://evil.example/x.png)'],
          ['<b>bold</b> **bold** `code`'],
          ['https://evil.example www.evil.example a@b.example'],
          ['# heading'],
          ['1. item'],
        ],
      },
    );
  });
});

describe('failures', () => {
  it('name the session once, and what to do', () => {
    expect(failureLine('Fix it', 'x: not found', 'Install x.')).toBe(
      'Fix it: x: not found. Install x.',
    );
    expect(failureLine('x', 'x: not found.', undefined)).toBe('x: not found.');
    expect(failureLine(undefined, 'Gone', undefined)).toBe('Gone');
  });
});

describe('ages', () => {
  it('are short and never negative', () => {
    const minute = 60_000;
    expect(shortAge(0, english)).toBe('now');
    expect(shortAge(-5 * minute, english)).toBe('now');
    expect(shortAge(59 * minute, english)).toBe('59 min');
    expect(shortAge(61 * minute, english)).toBe('1 h');
    expect(shortAge(49 * 60 * minute, english)).toBe('2 d');
    expect(shortSpan(10, english)).toBe('1 min');
  });

  it('of a stamp that is none are nothing', () => {
    expect(since('yesterday', 5)).toBe(0);
    expect(since('1970-01-01T00:00:00.000Z', 5)).toBe(5);
  });
});
