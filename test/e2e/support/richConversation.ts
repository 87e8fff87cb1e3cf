// A conversation that shows every kind of thing a panel can show, as an agent would report it.
import type { PanelStage } from './panelStage.ts';

const code = `The list is sorted *in place*, so the caller's array changes too. Sort a copy:

\`\`\`ts
/** The names in order; the given array stays as it is. */
export function sorted(names: readonly string[]): string[] {
  const copy = [...names];
  return copy.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })); // 10 after 9
}
\`\`\`

Three places call it:

1. \`src/main.ts\` prints the list.
2. \`src/report.ts\` counts **duplicates**.
3. See [the docs](https://example.com/docs/sort) on stability.

| call | before | after |
| --- | --- | --- |
| \`sorted(names)\` | changes \`names\` | leaves it |

> Sorting a copy costs one allocation.
`;

const esc = '\u001b';
const output = [
  `${esc}[1m RUN ${esc}[22m ${esc}[36mv4.1.12${esc}[39m`,
  ` ${esc}[32m✓${esc}[39m list.test.ts ${esc}[2m(3 tests)${esc}[22m ${esc}[32m12ms${esc}[39m`,
  ` ${esc}[31m❯${esc}[39m report.test.ts ${esc}[2m(5 tests | ${esc}[31m1 failed${esc}[39m${esc}[2m)${esc}[22m`,
  `   ${esc}[31m× counts duplicates${esc}[39m`,
  '',
  `${esc}[41m${esc}[97m FAIL ${esc}[0m expected ${esc}[33m2${esc}[39m to be ${esc}[33m3${esc}[39m`,
  '',
].join('\n');

/** Two turns, the second one waiting for permission with a prompt queued behind it. */
export async function playConversation(stage: PanelStage): Promise<void> {
  const { page } = stage;
  stage.say({
    type: 'commands',
    commands: [
      { name: 'review', description: 'Look at the last change', hint: 'FILE' },
      { name: 'test', description: 'Run the tests' },
    ],
  });
  stage.say({
    type: 'configOptions',
    configOptions: [
      {
        type: 'select',
        id: 'model',
        name: 'Model',
        currentValue: 'large',
        options: [
          { value: 'large', name: 'Large' },
          { value: 'small', name: 'Small' },
        ],
      },
      { type: 'boolean', id: 'think', name: 'Think longer', currentValue: true },
    ],
  });
  stage.say({
    type: 'usage',
    usage: { used: 84_000, size: 200_000, cost: { amount: 0.42, currency: 'USD' } },
  });
  await stage.startTurn('Why does the order of names change after the report is printed?');
  stage.say({
    type: 'text',
    role: 'thought',
    text: 'The user sees a changed order. Somebody sorts in place.',
  });
  stage.say({
    type: 'toolCall',
    patch: {
      toolCallId: 'read',
      title: 'Read src/list.ts',
      kind: 'read',
      status: 'completed',
      locations: [{ path: '/work/src/list.ts', line: 2 }],
      content: [{ type: 'text', text: 'export function sorted(names) …' }],
    },
  });
  stage.write(code);
  stage.endTurn();
  await page.waitForSelector('.stop[hidden]', { state: 'attached' });
  await stage.startTurn('Fix it, and run the tests.');
  stage.say({
    type: 'plan',
    entries: [
      { content: 'Sort a copy in list.ts', status: 'completed' },
      { content: 'Run the tests', status: 'in_progress' },
      { content: 'Look at report.ts', status: 'pending' },
    ],
  });
  stage.say({
    type: 'toolCall',
    patch: {
      toolCallId: 'edit',
      title: 'Edit src/list.ts',
      kind: 'edit',
      status: 'completed',
      locations: [{ path: '/work/src/list.ts', line: 3 }],
      content: [
        {
          type: 'diff',
          path: '/work/src/list.ts',
          oldText: 'export function sorted(names) {\n  return names.sort();\n}\n',
          newText: 'export function sorted(names) {\n  return [...names].sort();\n}\n',
        },
      ],
    },
  });
  stage.say({ type: 'terminal', terminalId: 't', command: 'npm test' });
  stage.say({
    type: 'toolCall',
    patch: {
      toolCallId: 'run',
      title: 'npm test',
      kind: 'execute',
      status: 'failed',
      content: [{ type: 'terminal', terminalId: 't' }],
    },
  });
  stage.say({ type: 'terminalOutput', terminalId: 't', data: output });
  stage.say({ type: 'terminalExit', terminalId: 't', exitCode: 1, signal: null });
  stage.say({ type: 'notice', code: 'info', text: 'The tests took 1.2 seconds.' });
  const lines = { added: 1, removed: 1 };
  const path = '/work/src/list.ts';
  stage.changes = [
    { path, name: 'list.ts', folder: 'src', kind: 'changed', lines },
    { path: '/work/notes.md', name: 'notes.md', folder: '', kind: 'created' },
  ];
  stage.say({ type: 'fileBefore', path, before: '' });
  stage.write('One test still fails: it counted on the old order. I would change its expectation.');
  void stage.agent.events.requestPermission(
    {
      agentSessionId: 'fake-1',
      toolCall: {
        toolCallId: 'ask',
        title: 'Edit test/report.test.ts',
        kind: 'edit',
        locations: [{ path: '/work/test/report.test.ts', line: 11 }],
        content: [
          {
            type: 'diff',
            path: '/work/test/report.test.ts',
            oldText: "  expect(count('a')).toBe(3);\n",
            newText: "  expect(count('a')).toBe(2);\n",
          },
        ],
      },
      options: [
        { optionId: 'once', name: 'Allow', kind: 'allow_once' },
        { optionId: 'always', name: 'Always allow edits', kind: 'allow_always' },
        { optionId: 'no', name: 'Reject', kind: 'reject_once' },
      ],
    },
    new AbortController().signal,
  );
  await page.waitForSelector('.card.permission');
  await page.fill('.composer-input', 'Then commit it.');
  await page.press('.composer-input', 'Enter');
  await page.waitForSelector('.queued');
  await page.waitForSelector('.hljs-keyword', { state: 'attached' });
}
