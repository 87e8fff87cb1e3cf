// The parts of the composer that need no page: slash commands, history, values of forms.
import { describe, expect, it } from 'vitest';
import type { FormField } from '../../../src/chatProtocol/session.ts';
import { checkField } from '../../../src/webview/formValues.ts';
import { PromptHistory } from '../../../src/webview/promptHistory.ts';
import {
  calledCommand,
  commandPrefix,
  complete,
  matchingCommands,
} from '../../../src/webview/slashCommands.ts';
import { completeMention, mentionQuery } from '../../../src/webview/mentionText.ts';

const find = { name: 'find', description: 'Search', hint: 'TEXT' };
const files = { name: 'files', description: 'List' };
const profile = { name: 'profile', description: 'Other' };

describe('slash commands', () => {
  it('are offered while the cursor is in the first word', () => {
    expect(commandPrefix('/', 1)).toBe('');
    expect(commandPrefix('/fi', 3)).toBe('fi');
    expect(commandPrefix('/find x', 7)).toBeUndefined();
    expect(commandPrefix('/find', 2)).toBeUndefined();
    expect(commandPrefix('see /find', 9)).toBeUndefined();
    expect(commandPrefix('', 0)).toBeUndefined();
  });

  it('that begin with what is written come before those that contain it', () => {
    expect(matchingCommands([profile, find, files], 'FI')).toEqual([find, files, profile]);
    expect(matchingCommands([find], 'x')).toEqual([]);
  });

  it('are completed ready for their argument, which is kept', () => {
    expect(complete('/fi', 3, find)).toEqual({ text: '/find ', caret: 6 });
    expect(complete('/fi  TODO', 3, find)).toEqual({ text: '/find TODO', caret: 6 });
  });

  it('are recognised once their name is whole', () => {
    expect(calledCommand([find], '/find')).toBe(find);
    expect(calledCommand([find], '/find TODO')).toBe(find);
    expect(calledCommand([find], '/fin')).toBeUndefined();
  });
});

describe('history', () => {
  it('is walked from the newest to the oldest and back to nothing', () => {
    const history = new PromptHistory();
    history.set(['a', 'b', 'b', 'c']);
    expect([history.older(), history.older(), history.older(), history.older()]).toEqual([
      'c',
      'b',
      'a',
      undefined,
    ]);
    expect(history.isShowing('a')).toBe(true);
    expect([history.newer(), history.newer(), history.newer()]).toEqual(['b', 'c', '']);
    expect(history.newer()).toBeUndefined();
  });

  it('stays where it is when older prompts are loaded', () => {
    const history = new PromptHistory();
    history.set(['b', 'c']);
    history.older();
    history.set(['a', 'b', 'c']);
    expect(history.isShowing('c')).toBe(true);
    expect(history.older()).toBe('b');
  });
});

describe('values of a form', () => {
  const base = { key: 'k', title: 'K', required: false };
  const text: FormField = { ...base, type: 'text', minLength: 2, maxLength: 3, pattern: '^a' };
  const number: FormField = { ...base, type: 'number', integer: true, minimum: 1, maximum: 5 };
  const choice: FormField = { ...base, type: 'choice', choices: [{ value: 'x', name: 'X' }] };
  const choices: FormField = {
    ...base,
    type: 'choices',
    choices: [{ value: 'x', name: 'X' }],
    minItems: 1,
    maxItems: 1,
  };
  const invalid = { kind: 'wrong', problem: 'fieldInvalid' };

  it.each([
    [text, 'ab', { kind: 'value', value: 'ab' }],
    [text, 'a', invalid],
    [text, 'abcd', invalid],
    [text, 'ba', invalid],
    [{ ...text, pattern: '(' }, 'ab', { kind: 'value', value: 'ab' }],
    [number, ' 3 ', { kind: 'value', value: 3 }],
    [number, '3.5', invalid],
    [number, '9', invalid],
    [number, 'x', invalid],
    [choice, 'x', { kind: 'value', value: 'x' }],
    [choice, 'y', invalid],
    [choices, ['x'], { kind: 'value', value: ['x'] }],
    [choices, ['x', 'y'], invalid],
    [{ ...base, type: 'boolean' }, false, { kind: 'value', value: false }],
    [{ ...base, type: 'json' }, '{"a":1}', { kind: 'value', value: { a: 1 } }],
    [{ ...base, type: 'json' }, '{', { kind: 'wrong', problem: 'fieldJson' }],
  ] as [FormField, string | boolean | string[], object][])('%o with %o', (field, input, result) => {
    expect(checkField(field, input)).toEqual(result);
  });

  it('may be left out unless they are required', () => {
    expect(checkField(number, '')).toEqual({ kind: 'empty' });
    const required: FormField = { ...choices, required: true };
    expect(checkField(required, [])).toEqual({ kind: 'wrong', problem: 'fieldRequired' });
  });
});

describe('mentions', () => {
  it.each([
    ['@', 1, ''],
    ['look at @src/li', 15, 'src/li'],
    ['(@a', 3, 'a'],
    ['mail@host', 9, undefined],
    ['@a b', 4, undefined],
    ['@ab', 2, undefined],
    ['@a, b', 2, 'a'],
  ])('of %j at %d ask for %j', (text, caret, query) => {
    expect(mentionQuery(text, caret)).toBe(query);
  });

  it('become the name, with the cursor behind it', () => {
    expect(completeMention('see @li now', 7, 'list.ts')).toEqual({
      text: 'see @list.ts now',
      caret: 13,
    });
  });
});
