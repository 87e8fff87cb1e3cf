// Exports as Markdown: everything said is in them, and a fence always closes.
import { describe, expect, it } from 'vitest';
import { exportMarkdown } from '../../../src/host/storage/sessionExport.ts';
import type { TranscriptEntry } from '../../../src/session/transcript.ts';
import { dormant } from './sessionFixtures.ts';

const at = '2026-01-01T00:00:00.000Z';
const entries: TranscriptEntry[] = [
  { id: '1', at, type: 'user', text: 'Do it' },
  { id: '2', at, type: 'thought', text: 'first\nsecond' },
  {
    id: '3',
    at,
    type: 'toolCall',
    toolCallId: 't',
    title: 'cat x',
    kind: 'execute',
    status: 'completed',
    content: [{ type: 'text', text: 'a ``` b' }],
    terminals: [{ terminalId: 'x', output: 'out', truncated: false }],
  },
  { id: '4', at, type: 'plan', entries: [{ content: 'step', status: 'completed' }] },
  { id: '5', at, type: 'agent', text: 'Done' },
  { id: '6', at, type: 'notice', code: 'interrupted', text: 'Cut short' },
];

describe('exports', () => {
  it('show an edit as a patch, and of a terminal its command and what could be read', () => {
    const call = { at, type: 'toolCall', kind: 'edit', status: 'completed' } as const;
    const lines = Array.from({ length: 20 }, (_, line) => `line ${line}`);
    const edited = lines.with(10, 'line ten');
    const shown = exportMarkdown(dormant('a'), [
      {
        ...call,
        id: '1',
        toolCallId: '1',
        title: 'Edit\n a.ts',
        content: [
          {
            type: 'diff',
            path: '/work/a.ts',
            oldText: lines.join('\n'),
            newText: edited.join('\n'),
          },
          { type: 'diff', path: '/work/new.ts', newText: 'all\nnew' },
        ],
      },
      {
        ...call,
        id: '2',
        toolCallId: '2',
        title: 'Test',
        terminals: [
          {
            terminalId: 'x',
            command: 'npm test',
            output: '\u001b[32mgood\u001b[0m\r\n10 %\r90 %\n\u001b]0;title\u0007end',
            truncated: false,
          },
        ],
      },
    ]);
    expect(shown).toContain('**edit: Edit a.ts** (completed)');
    expect(shown).toContain(
      [
        '/work/a.ts\n\n```diff',
        ' line 7\n line 8\n line 9',
        '-line 10\n+line ten',
        ' line 11\n line 12\n line 13\n```',
      ].join('\n'),
    );
    expect(shown).toContain('/work/new.ts\n\n```diff\n+all\n+new\n```');
    expect(shown).toContain('```\n$ npm test\ngood\n90 %\nend\n```');
  });

  it('as Markdown read like the conversation', () => {
    expect(exportMarkdown(dormant('a'), entries)).toBe(`# Title of a

workspace · /work · 2026-01-01T00:00:00.000Z

## User

Do it

> Thought: first
> second

**execute: cat x** (completed)

\`\`\`\`
a \`\`\` b
\`\`\`\`

\`\`\`
out
\`\`\`

- [x] step

## Agent

Done

*Cut short*
`);
  });
});
