// A session as its panel shows it: whatever an agent has sent, something that can be shown.
import { describe, expect, it } from 'vitest';
import { sessionViewSchema } from '../../../src/chatProtocol/session.ts';
import { entryView, viewLimits } from '../../../src/host/panel/panelEntries.ts';
import { formFields } from '../../../src/host/panel/panelForm.ts';
import { sessionView } from '../../../src/host/panel/panelSession.ts';
import type { SessionDetails } from '../../../src/session/sessions.ts';
import { agentFactsSchema } from '../../../src/session/state.ts';
import { details as detailsOf, info } from './sessionFixtures.ts';

function details(more: Partial<SessionDetails> = {}): SessionDetails {
  return detailsOf(info('s', { title: 'T' }), { facts: agentFactsSchema.parse({}), ...more });
}

describe('what can be set', () => {
  const modes = [
    { id: 'ask', name: 'Ask' },
    { id: 'code', name: 'Code', description: null },
  ];
  const model = {
    id: 'model',
    name: 'Model',
    category: 'model',
    type: 'select',
    currentValue: 'b',
    options: [
      { name: 'Small', group: 'small', options: [{ value: 'a', name: 'A', description: null }] },
      { name: 'Large', group: 'large', options: [{ value: 'b', name: 'B' }] },
    ],
  };

  it('are the modes, and the config options, grouped ones too', () => {
    const facts = agentFactsSchema.parse({ modes, currentModeId: 'ask', configOptions: [model] });
    expect(sessionView(details({ facts })).pickers).toMatchObject([
      { type: 'choice', value: 'ask', choices: [{ value: 'ask' }, { value: 'code' }] },
      {
        type: 'choice',
        configId: 'model',
        value: 'b',
        choices: [
          { value: 'a', group: 'Small' },
          { value: 'b', group: 'Large' },
        ],
      },
    ]);
  });

  it('are not the modes where a config option is the mode', () => {
    const facts = agentFactsSchema.parse({
      modes,
      configOptions: [
        { ...model, category: 'mode' },
        { type: 'boolean', id: 'x', name: 'X', currentValue: true },
      ],
    });
    expect(sessionView(details({ facts })).pickers.map((picker) => picker.configId)).toEqual([
      'model',
      'x',
    ]);
  });

  it('leave out options of a kind that is not known', () => {
    const facts = agentFactsSchema.parse({ configOptions: [{ id: 'x', type: 'slider' }, {}] });
    expect(sessionView(details({ facts })).pickers).toEqual([]);
  });
});

describe('usage', () => {
  it.each([
    [
      { used: 50, size: 200, cost: { amount: 1.234, currency: 'USD' } },
      { used: 50, size: 200, cost: '1.23 USD' },
    ],
    [
      { used: 50, size: 200, cost: 'much' },
      { used: 50, size: 200 },
    ],
    [{ used: 50, size: 0 }, undefined],
  ])('of %o', (usage, shown) => {
    const facts = agentFactsSchema.parse({ usage });
    expect(sessionView(details({ facts })).usage).toEqual(shown);
  });
});

describe('requests that wait', () => {
  it('show what a permission is about, a form, a page, and what is not known', () => {
    const view = sessionView(
      details({
        pending: [
          {
            requestId: '1',
            kind: 'permission',
            title: 'Run ls',
            options: [{ optionId: 'y', name: 'Yes', kind: 'allow_once' }],
            ask: {
              agentSessionId: 'x',
              toolCall: { toolCallId: 't', kind: 'execute', rawInput: { command: 'ls' } },
              options: [],
            },
          },
          ...(['form', 'url', 'other'] as const).map((mode) => ({
            requestId: mode,
            kind: 'elicitation' as const,
            title: 'Q',
            options: [],
            ask: {
              agentSessionId: 'x',
              mode,
              message: 'Q',
              ...(mode === 'url' ? { url: 'https://a' } : {}),
            },
          })),
        ],
      }),
    );
    expect(view.pending).toMatchObject([
      { type: 'permission', kind: 'execute', input: '{\n  "command": "ls"\n}' },
      { type: 'form', fields: [] },
      { type: 'url', url: 'https://a' },
      { type: 'unknown' },
    ]);
    expect(sessionViewSchema.safeParse(view).success).toBe(true);
  });
});

describe('forms', () => {
  it('have a control for every kind of value, in the order of the schema', () => {
    const fields = formFields({
      type: 'object',
      required: ['name', 'colour'],
      properties: {
        name: { type: 'string', title: 'Name', minLength: 1, default: 'x', format: null },
        colour: { type: 'string', enum: ['red', 'green'], default: 'green' },
        size: { type: 'string', oneOf: [{ const: 's', title: 'Small' }] },
        count: { type: 'integer', minimum: 0, default: 3 },
        ratio: { type: 'number', default: 'no number' },
        sure: { type: 'boolean', default: true },
        many: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, default: ['a', 1] },
        titled: { type: 'array', items: { anyOf: [{ const: 'q', title: 'Q' }] }, maxItems: 1 },
        odd: { type: 'object', properties: {} },
        list: { type: 'array', items: { type: 'number' } },
        broken: 7,
      },
    });
    expect(fields).toMatchObject([
      { key: 'name', type: 'text', required: true, title: 'Name', minLength: 1, initial: 'x' },
      { key: 'colour', type: 'choice', required: true, initial: 'green' },
      { key: 'size', type: 'choice', choices: [{ value: 's', name: 'Small' }] },
      { key: 'count', type: 'number', integer: true, minimum: 0, initial: 3 },
      { key: 'ratio', type: 'number', integer: false, initial: undefined },
      { key: 'sure', type: 'boolean', initial: true },
      { key: 'many', type: 'choices', initial: ['a'] },
      { key: 'titled', type: 'choices', choices: [{ value: 'q', name: 'Q' }], maxItems: 1 },
      { key: 'odd', type: 'json' },
      { key: 'list', type: 'json' },
      { key: 'broken', type: 'json' },
    ]);
  });

  it.each([undefined, null, 7, 'x', [], { properties: 5 }])(
    'without a schema that can be read have no fields: %o',
    (schema) => {
      expect(formFields(schema)).toEqual([]);
    },
  );
});

describe('entries', () => {
  const base = { id: 'e', at: '' };

  it('are bounded', () => {
    const long = 'x'.repeat(2_000_000);
    const entry = entryView({
      ...base,
      type: 'toolCall',
      toolCallId: 't',
      title: 'T',
      kind: 'edit',
      status: 'completed',
      content: [{ type: 'diff', path: '/a', oldText: long, newText: long }],
      terminals: [{ terminalId: 't', output: `start${long}end`, truncated: false }],
      rawInput: { long },
    });
    expect(JSON.stringify(entry).length).toBeLessThan(
      2 * viewLimits.diff + viewLimits.terminal + viewLimits.raw + 2000,
    );
    expect(entry).toMatchObject({ parts: [{ truncated: true }], terminals: [{ truncated: true }] });
    const terminal = entry.type === 'toolCall' ? entry.terminals[0] : undefined;
    expect(terminal?.output.endsWith('end')).toBe(true);
  });

  it('name what is not text, whatever it is', () => {
    const blocks = [
      { type: 'image', mimeType: 'image/png', data: 'AAAA' },
      { type: 'resource_link', uri: 'file:///a/b.ts', name: 'b.ts' },
      { type: 'resource', resource: { uri: 'file:///a/c.ts', text: 'x' } },
      { type: 'hologram' },
    ];
    const entry = entryView({ ...base, type: 'user', text: '', blocks });
    expect(entry).toMatchObject({
      attachments: [
        { kind: 'image', name: 'image/png' },
        { kind: 'resource_link', name: 'b.ts', uri: 'file:///a/b.ts' },
        { kind: 'resource', name: 'c.ts', uri: 'file:///a/c.ts' },
        { kind: 'hologram', name: 'hologram' },
      ],
    });
    expect(JSON.stringify(entry)).not.toContain('AAAA');
  });

  it('show raw output only where there is nothing better', () => {
    const call = {
      ...base,
      toolCallId: 't',
      title: 'T',
      kind: 'read',
      status: 'completed',
    } as const;
    const rawOutput = { lines: 3 };
    expect(entryView({ ...call, type: 'toolCall', rawOutput })).toMatchObject({
      output: '{\n  "lines": 3\n}',
    });
    const content = [{ type: 'text' as const, text: 'x' }];
    expect(entryView({ ...call, type: 'toolCall', rawOutput, content })).toMatchObject({
      output: undefined,
    });
    expect(entryView({ ...call, type: 'toolCall', rawInput: {} })).toMatchObject({
      input: undefined,
    });
  });
});
