// Every variant of session/update, translated: the samples are checked against the protocol's own schema first.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { translateUpdate } from '../../../src/acp/updates.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';

const schemaFile = new URL(
  '../../../node_modules/@agentclientprotocol/sdk/schema/v1/schema.unstable.json',
  import.meta.url,
);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as { $defs: Record<string, unknown> };
const isUpdate = new Ajv2020({ strict: false, validateFormats: false }).compile({
  $defs: schema.$defs,
  $ref: '#/$defs/SessionUpdate',
});

const text = (words: string): object => ({ type: 'text', text: words });
const entry = { content: 'Look', priority: 'high', status: 'pending' };

/** Variant by variant: what the agent sends, and what it means. */
const samples: readonly [string, object, readonly AgentUpdate[]][] = [
  ['user_message_chunk', { content: text('hi') }, [{ type: 'text', role: 'user', text: 'hi' }]],
  [
    'agent_message_chunk',
    { content: text('hello'), messageId: 'm1' },
    [{ type: 'text', role: 'agent', text: 'hello', messageId: 'm1' }],
  ],
  [
    'agent_message_chunk',
    { content: { type: 'image', mimeType: 'image/png', data: 'AA==' }, messageId: null },
    [
      {
        type: 'block',
        role: 'agent',
        block: { type: 'image', mimeType: 'image/png', data: 'AA==' },
      },
    ],
  ],
  ['agent_thought_chunk', { content: text('hm') }, [{ type: 'text', role: 'thought', text: 'hm' }]],
  [
    'tool_call',
    {
      toolCallId: 't1',
      title: 'Edit',
      kind: 'edit',
      status: 'pending',
      content: [
        { type: 'content', content: text('words') },
        { type: 'content', content: { type: 'image', mimeType: 'image/png', data: 'AA==' } },
        { type: 'diff', path: '/a', oldText: null, newText: 'new' },
        { type: 'diff', path: '/b', oldText: 'old', newText: 'new' },
        { type: 'terminal', terminalId: 'x' },
      ],
      locations: [{ path: '/a', line: 3 }, { path: '/b' }],
      rawInput: { a: 1 },
    },
    [
      {
        type: 'toolCall',
        patch: {
          toolCallId: 't1',
          title: 'Edit',
          kind: 'edit',
          status: 'pending',
          content: [
            { type: 'text', text: 'words' },
            {
              type: 'other',
              raw: {
                type: 'content',
                content: { type: 'image', mimeType: 'image/png', data: 'AA==' },
              },
            },
            { type: 'diff', path: '/a', newText: 'new' },
            { type: 'diff', path: '/b', oldText: 'old', newText: 'new' },
            { type: 'terminal', terminalId: 'x' },
          ],
          locations: [{ path: '/a', line: 2 }, { path: '/b' }],
          rawInput: { a: 1 },
        },
      },
    ],
  ],
  [
    'tool_call_update',
    { toolCallId: 't1', title: null, kind: null, status: 'completed', content: null, rawOutput: 0 },
    [{ type: 'toolCall', patch: { toolCallId: 't1', status: 'completed', rawOutput: 0 } }],
  ],
  [
    'tool_call_update',
    {
      toolCallId: 't1',
      _meta: {
        terminal_info: { terminal_id: 'x', cwd: '/w' },
        terminal_output: { terminal_id: 'x', data: 'out' },
        terminal_exit: { terminal_id: 'x', exit_code: 1, signal: null },
      },
    },
    [
      { type: 'toolCall', patch: { toolCallId: 't1' } },
      { type: 'terminal', terminalId: 'x', cwd: '/w' },
      { type: 'terminalOutput', terminalId: 'x', data: 'out' },
      { type: 'terminalExit', terminalId: 'x', exitCode: 1, signal: null },
    ],
  ],
  [
    'tool_call_update',
    { toolCallId: 't1', _meta: { terminal_output_delta: { terminal_id: 'x', data: 'more' } } },
    [
      { type: 'toolCall', patch: { toolCallId: 't1' } },
      { type: 'terminalOutput', terminalId: 'x', data: 'more' },
    ],
  ],
  [
    'plan',
    { entries: [entry] },
    [{ type: 'plan', entries: [{ content: 'Look', status: 'pending', priority: 'high' }] }],
  ],
  [
    'plan_update',
    { plan: { type: 'items', planId: 'p', entries: [entry] } },
    [{ type: 'plan', entries: [{ content: 'Look', status: 'pending', priority: 'high' }] }],
  ],
  [
    'plan_update',
    { plan: { type: 'markdown', planId: 'p', content: '# Do' } },
    [{ type: 'notice', code: 'plan', text: '# Do', data: expect.anything() as unknown }],
  ],
  [
    'plan_update',
    { plan: { type: 'file', planId: 'p', uri: 'file:///p.md' } },
    [{ type: 'notice', code: 'plan', text: 'file:///p.md', data: expect.anything() as unknown }],
  ],
  ['plan_removed', { planId: 'p' }, [{ type: 'plan', entries: [] }]],
  [
    'available_commands_update',
    {
      availableCommands: [
        { name: 'find', description: 'Finds', input: { hint: 'text' } },
        { name: 'help', description: 'Helps', input: null },
      ],
    },
    [
      {
        type: 'commands',
        commands: [
          { name: 'find', description: 'Finds', hint: 'text' },
          { name: 'help', description: 'Helps' },
        ],
      },
    ],
  ],
  ['current_mode_update', { currentModeId: 'plan' }, [{ type: 'mode', modeId: 'plan' }]],
  [
    'config_option_update',
    { configOptions: [{ id: 'fast', name: 'Fast', type: 'boolean', currentValue: true }] },
    [
      {
        type: 'configOptions',
        configOptions: [{ id: 'fast', name: 'Fast', type: 'boolean', currentValue: true }],
      },
    ],
  ],
  ['session_info_update', { title: 'Title' }, [{ type: 'title', title: 'Title' }]],
  ['session_info_update', { title: null }, [{ type: 'title', title: null }]],
  ['session_info_update', { updatedAt: '2026-01-01T00:00:00Z' }, []],
  ['usage_update', { used: 1, size: 2 }, [{ type: 'usage', usage: { used: 1, size: 2 } }]],
  [
    'usage_update',
    { used: 1, size: 2, cost: { amount: 0.5, currency: 'EUR' } },
    [
      {
        type: 'usage',
        usage: { used: 1, size: 2, cost: { amount: 0.5, currency: 'EUR' } },
      },
    ],
  ],
  [
    'notice',
    { severity: 'warning', title: 'Careful' },
    [
      {
        type: 'notice',
        code: 'agentNotice',
        text: 'Careful',
        data: expect.objectContaining({ severity: 'warning' }) as unknown,
      },
    ],
  ],
  [
    'compaction_update',
    { compactionId: 'c', status: 'failed', error: 'no room', summary: [text('short')] },
    [
      {
        type: 'notice',
        code: 'compaction',
        text: 'Compaction: failed\nno room\nshort',
        data: expect.anything() as unknown,
      },
    ],
  ],
  [
    'compaction_summary_chunk',
    { compactionId: 'c', content: text('so far') },
    [{ type: 'text', role: 'thought', text: 'so far', messageId: 'c' }],
  ],
  [
    'subagent_update',
    { sessionId: 'sub', title: 'Helper' },
    [{ type: 'notice', code: 'subagent', text: 'Helper', data: expect.anything() as unknown }],
  ],
  [
    'session_message',
    { messageId: 'm', content: [text('to you')] },
    [
      {
        type: 'notice',
        code: 'sessionMessage',
        text: 'to you',
        data: expect.anything() as unknown,
      },
    ],
  ],
  [
    'session_message_chunk',
    { messageId: 'm', content: text('to you') },
    [{ type: 'text', role: 'thought', text: 'to you', messageId: 'm' }],
  ],
];

describe('what the schema knows', () => {
  test.each(samples)('%s %o', (sessionUpdate, body, expected) => {
    const update = { sessionUpdate, ...body };
    expect(isUpdate(update), JSON.stringify(isUpdate.errors)).toBe(true);
    expect(translateUpdate(update)).toEqual(expected);
  });

  test('has no variant without a sample', () => {
    const { oneOf } = schema.$defs['SessionUpdate'] as {
      oneOf: { properties: { sessionUpdate: { const: string } } }[];
    };
    const variants = oneOf.map((one) => one.properties.sessionUpdate.const);
    expect(new Set(samples.map(([variant]) => variant))).toEqual(new Set(variants));
  });
});

describe('what no schema knows is kept as it came', () => {
  const odd: readonly unknown[] = [
    { sessionUpdate: 'hologram', shape: 'cube' },
    { sessionUpdate: 'constructor' },
    { sessionUpdate: '__proto__' },
    { sessionUpdate: 7 },
    { sessionUpdate: 'agent_message_chunk' },
    { sessionUpdate: 'agent_message_chunk', content: 'text' },
    { sessionUpdate: 'agent_message_chunk', content: { text: 'no type' } },
    { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 7 } },
    { sessionUpdate: 'tool_call', title: 'no id' },
    { sessionUpdate: 'plan', entries: [{ content: 'no status' }] },
    { sessionUpdate: 'usage_update', used: 'much' },
    'words',
    null,
    undefined,
    [],
  ];
  test.each(odd.map((update) => [update]))('%o', (update) => {
    expect(translateUpdate(update)).toMatchObject([{ type: 'unknown', raw: update }]);
  });

  test('parts of a tool call that are wrong do not cost the rest', () => {
    const update = {
      sessionUpdate: 'tool_call',
      toolCallId: 't',
      title: 7,
      kind: 'levitate',
      status: 'dreaming',
      locations: [{ path: '/a' }, { line: 3 }],
      content: [{ type: 'hologram' }],
      _meta: { terminal_output: { data: 'whose?' } },
    };
    const [call, rest] = translateUpdate(update);
    expect(call).toEqual({
      type: 'toolCall',
      patch: {
        toolCallId: 't',
        kind: 'levitate',
        status: 'dreaming',
        locations: [{ path: '/a' }],
        content: [{ type: 'other', raw: { type: 'hologram' } }],
      },
    });
    expect(rest).toEqual({ type: 'unknown', variant: 'tool_call', raw: update });
  });
});
