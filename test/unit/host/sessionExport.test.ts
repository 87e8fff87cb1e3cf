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
