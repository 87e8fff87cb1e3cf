// The words between host and panel: what the domain shows fits them, and what they forbid is refused.
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { EntryChange, EntryView } from '../../src/chatProtocol/entries.ts';
import {
  fromPanelSchema,
  panelStateSchema,
  type ToPanel,
  toPanelSchema,
} from '../../src/chatProtocol/messages.ts';
import { type SessionView, statusSchema } from '../../src/chatProtocol/session.ts';
import { panelWords } from '../../src/chatProtocol/words.ts';
import { changeView, entryView } from '../../src/host/panel/panelEntries.ts';
import { sessionView } from '../../src/host/panel/panelSession.ts';
import { sessionStatuses } from '../../src/session/status.ts';
import type { SessionStatus } from '../../src/session/status.ts';

describe('the types of both sides', () => {
  it('has the states of the domain', () => {
    expectTypeOf<SessionStatus>().toEqualTypeOf<SessionView['status']>();
    expect(statusSchema.options).toEqual([...sessionStatuses]);
  });

  it('can say what the host makes of the domain', () => {
    expectTypeOf(entryView).returns.toExtend<EntryView>();
    expectTypeOf(changeView).returns.toExtend<EntryChange>();
    expectTypeOf(sessionView).returns.toExtend<SessionView>();
    expectTypeOf<Extract<ToPanel, { type: 'delta' }>['changes']>().toEqualTypeOf<EntryChange[]>();
  });
});

describe('what a panel may say', () => {
  it.each([
    ['nothing', undefined],
    ['text', 'ready'],
    ['an unknown tag', { type: 'eval', code: '1' }],
    ['a prompt without text', { type: 'prompt', text: '' }],
    ['a prompt of millions of characters', { type: 'prompt', text: 'x'.repeat(4_000_001) }],
    ['an action that is none', { type: 'action', action: 'deleteEverything' }],
    ['a picked value that is an object', { type: 'pick', value: {} }],
    ['an answer without a request', { type: 'permission', optionId: 'a' }],
    ['an endless address', { type: 'openLink', href: 'x'.repeat(10_001) }],
  ])('is not %s', (_, message) => {
    expect(fromPanelSchema.safeParse(message).success).toBe(false);
  });

  it('is each of the messages, without what they do not know', () => {
    const message = { type: 'permission', requestId: 'r', optionId: 'o', extra: 1 };
    expect(fromPanelSchema.parse(message)).toEqual({
      type: 'permission',
      requestId: 'r',
      optionId: 'o',
    });
  });
});

describe('what a host may say', () => {
  it('is refused when an entry is not one', () => {
    const delta = { type: 'delta', seq: 1, changes: [{ type: 'agent', id: 'a' }] };
    expect(toPanelSchema.safeParse(delta).success).toBe(false);
  });

  it('may be an entry or text to add to one', () => {
    const changes = [
      { type: 'agent', id: 'a', at: '', text: 'x' },
      { type: 'append', id: 'a', text: 'y' },
    ];
    expect(toPanelSchema.parse({ type: 'delta', seq: 1, changes })).toMatchObject({ changes });
  });
});

it('keeps over a reload only what has the right shape', () => {
  expect(panelStateSchema.safeParse({ draft: { text: 'x', attached: [] } }).success).toBe(false);
  expect(panelStateSchema.safeParse({ sessionId: 's', scroll: { entryId: 1 } }).success).toBe(
    false,
  );
  expect(panelStateSchema.parse({ sessionId: 's', draft: { text: 'x', attached: [] } })).toEqual({
    sessionId: 's',
    draft: { text: 'x', attached: [] },
  });
});

it('has words that a translator can place: numbered from 0 without holes', () => {
  for (const english of Object.values(panelWords)) {
    const numbers = [...english.matchAll(/\{(\d)\}/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index));
  }
});
