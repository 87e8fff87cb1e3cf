// The notification of a request: what it says and what its links do, and that an agent cannot put links of its own into it.
import { describe, expect, it } from 'vitest';
import { worthTelling } from '../../../src/host/notices/notifyWhen.ts';
import { requestButton, requestMessage } from '../../../src/host/notices/requestMessage.ts';
import { rowNameSchema } from '../../../src/host/list/sessionTreeModel.ts';
import { english, info, permission } from './sessionFixtures.ts';

/** What the editor takes for a link in a notification. */
const links = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

function linksOf(message: string): string[][] {
  return [...message.matchAll(links)].map(([, label = '', target = '']) => [label, target]);
}

describe('the notification of a request', () => {
  it('names session and request, and has the answers', () => {
    const message = requestMessage(info('s1'), permission('q-1'), english);
    expect(message).toContain('Title of s1 asks: Run npm test');
    const found = linksOf(message);
    expect(found.map(([label]) => label)).toEqual(['✓\u00a0Allow', '✕\u00a0Reject']);
    expect(requestButton(permission('q-1'), english)).toBe('Open');
    const [command, argument = ''] = found[0]?.[1]?.split('?') ?? [];
    expect(command).toBe('command:roost.allowRequest');
    const [named] = JSON.parse(decodeURIComponent(argument)) as unknown[];
    expect(rowNameSchema().parse(named).row).toEqual({ sessionId: 's1', requestId: 'q-1' });
  });

  it('of a question leads to its form', () => {
    const question = { requestId: '8', kind: 'elicitation', title: 'Name?', options: [] } as const;
    const found = linksOf(requestMessage(info('a'), question, english));
    expect(found.map(([label]) => label)).toEqual(['✕\u00a0Decline']);
    expect(requestButton(question, english)).toBe('Answer');
  });

  it('has no link that an agent wrote, and stays below what the editor shows', () => {
    const evil = {
      ...permission('0123456789-zzzz'),
      title: `[Allow](command:roost.killSession "x") ${'long '.repeat(500)}`,
    };
    const session = info(`session_${'0'.repeat(18)}`, {
      title: '[Open](https://evil.invalid)'.repeat(9),
    });
    const message = requestMessage(session, evil, english);
    expect(linksOf(message).every(([, target]) => target?.startsWith('command:roost.'))).toBe(true);
    expect(linksOf(message)).toHaveLength(2);
    expect(message.length).toBeLessThan(1000);
  });
});

describe('whether to notify', () => {
  it('is never about what the user looks at', () => {
    const places = [
      { visible: true, focused: true },
      { visible: false, focused: true },
      { visible: true, focused: false },
      { visible: false, focused: false },
    ];
    const told = (when: Parameters<typeof worthTelling>[0]): boolean[] =>
      places.map((place) => worthTelling(when, place));
    expect(told('always')).toEqual([false, true, true, true]);
    expect(told('windowUnfocused')).toEqual([false, false, true, true]);
    expect(told('never')).toEqual([false, false, false, false]);
  });
});
