// The ContextManager: how reports become entries, what is written when, and what a replay leaves alone.
import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import { ContextManager } from '../../../src/session/context.ts';
import { terminalAppendLimit } from '../../../src/session/toolCallBook.ts';
import { TranscriptBuilder, type TranscriptChange } from '../../../src/session/transcript.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { MemoryStore } from '../../fakes/memoryStore.ts';

let clock: FakeClock;
let context: ContextManager;
let written: TranscriptChange[];
let shown: TranscriptChange[];
let messages: number;

beforeEach(async () => {
  clock = new FakeClock();
  const store = new MemoryStore();
  shown = [];
  messages = 0;
  let next = 0;
  context = new ContextManager({
    clock,
    ids: { sessionId: () => 's', entryId: () => `e${++next}` },
    events: {
      onFirstChange: () => true,
      onChange: (change) => shown.push(change),
      onActivity: () => undefined,
      onFailing: () => undefined,
      onFacts: () => undefined,
      onMessage: () => {
        messages++;
      },
    },
  });
  context.attach(await store.open('s'));
  written = store.changes.get('s') ?? [];
});

function say(text: string, messageId?: string): void {
  const update: AgentUpdate = { type: 'text', role: 'agent', text };
  context.apply(messageId === undefined ? update : { ...update, messageId });
}

function built(changes: readonly TranscriptChange[]): unknown[] {
  const builder = new TranscriptBuilder();
  for (const change of changes) builder.apply(change);
  return builder.entries();
}

describe('streamed text', () => {
  it('is shown at once and written merged, within 250 ms', async () => {
    for (const text of ['a', 'b', 'c', 'd']) say(text);
    expect(shown).toHaveLength(4);
    expect(written).toHaveLength(1);
    await clock.advance(250);
    expect(written).toMatchObject([
      { type: 'agent', text: 'a' },
      { type: 'append', text: 'bcd' },
    ]);
    expect(built(written)).toEqual(built(shown));
    expect(messages).toBe(1);
  });

  it('is written at once when there is much of it', () => {
    say('start');
    say('x'.repeat(70_000));
    expect(written).toHaveLength(2);
  });

  it('is on disk before whatever comes after it', () => {
    say('a');
    say('b');
    context.notice('code', 'text');
    expect(written.map(({ type }) => type)).toEqual(['agent', 'append', 'notice']);
  });

  it('begins a new entry with a new message, role or interruption', () => {
    say('a', 'm1');
    say('b', 'm1');
    say('c', 'm2');
    context.apply({ type: 'text', role: 'thought', text: 'hm' });
    say('d');
    context.flush();
    expect(built(written)).toMatchObject([
      { type: 'agent', text: 'ab' },
      { type: 'agent', text: 'c' },
      { type: 'thought', text: 'hm' },
      { type: 'agent', text: 'd' },
    ]);
  });
});

describe('tool calls', () => {
  it('are upserted by id in whatever order their news comes', () => {
    context.apply({ type: 'toolCall', patch: { toolCallId: 't', status: 'in_progress' } });
    context.apply({ type: 'toolCall', patch: { toolCallId: 't', title: 'Read', kind: 'read' } });
    context.apply({ type: 'toolCall', patch: { toolCallId: 't', status: 'completed' } });
    expect(built(written)).toMatchObject([
      { type: 'toolCall', toolCallId: 't', title: 'Read', kind: 'read', status: 'completed' },
    ]);
  });

  it('write a new status at once and mere content within 250 ms', async () => {
    context.apply({ type: 'toolCall', patch: { toolCallId: 't', title: 'T' } });
    for (let n = 0; n < 50; n++) {
      const content = [{ type: 'text' as const, text: `${n}` }];
      context.apply({ type: 'toolCall', patch: { toolCallId: 't', content } });
    }
    expect(written).toHaveLength(1);
    await clock.advance(250);
    expect(written).toHaveLength(2);
    expect(built(written)).toMatchObject([{ content: [{ text: '49' }] }]);
  });

  it('that are open when their turn is cancelled say so', () => {
    context.apply({ type: 'toolCall', patch: { toolCallId: 't', status: 'in_progress' } });
    context.endTurn('cancelled');
    expect(built(written)).toMatchObject([{ status: 'cancelled' }]);
  });
});

describe('terminals', () => {
  function terminal(data: string): void {
    context.apply({ type: 'terminalOutput', terminalId: 'x', data });
  }
  const shownInCall: AgentUpdate = {
    type: 'toolCall',
    patch: { toolCallId: 't', title: 'Run', content: [{ type: 'terminal', terminalId: 'x' }] },
  };

  it('show their output in the call that embeds them, also what came before it', async () => {
    context.apply({ type: 'terminal', terminalId: 'x', command: 'ls' });
    terminal('one\n');
    context.apply(shownInCall);
    terminal('two\n');
    terminal('three\n');
    await clock.advance(250);
    context.apply({ type: 'terminalExit', terminalId: 'x', exitCode: 0, signal: null });
    const whole = {
      command: 'ls',
      output: 'one\ntwo\nthree\n',
      truncated: false,
      exit: { exitCode: 0 },
    };
    expect(built(written)).toMatchObject([{ type: 'toolCall', terminals: [whole] }]);
    expect(built(shown)).toEqual(built(written));
    expect(written.filter(({ type }) => type === 'append')).toHaveLength(1);
  });

  it('keep the end of a flood, and the file grows by no more than the limit and that end', async () => {
    context.apply(shownInCall);
    const line = `${'y'.repeat(1023)}\n`;
    for (let n = 0; n < 4000; n++) {
      terminal(line);
      if (n % 100 === 0) await clock.advance(250);
    }
    terminal('the end\n');
    context.apply({ type: 'terminalExit', terminalId: 'x', exitCode: 0, signal: null });
    context.endTurn(undefined);
    const [entry] = built(written) as { terminals: { output: string; truncated: boolean }[] }[];
    expect(entry?.terminals[0]?.truncated).toBe(true);
    expect(entry?.terminals[0]?.output).toMatch(/the end\n$/);
    expect(JSON.stringify(written).length).toBeLessThan(4 * terminalAppendLimit);
  });

  it('that no call shows get one of their own at the end of the turn', () => {
    context.apply({ type: 'terminal', terminalId: 'x', command: 'make' });
    terminal('made\n');
    context.endTurn(undefined);
    expect(built(written)).toMatchObject([
      { type: 'toolCall', title: 'make', terminals: [{ output: 'made\n' }] },
    ]);
  });
});

describe('everything else', () => {
  it('is kept: unknown updates, notices and blocks that are not text', () => {
    context.apply({ type: 'unknown', variant: 'dream', raw: { of: 'sheep' } });
    context.apply({ type: 'notice', code: 'compaction', text: 'compacted' });
    context.apply({ type: 'block', role: 'agent', block: { type: 'image', data: 'AA==' } });
    expect(built(written)).toMatchObject([
      { type: 'notice', code: 'unknownUpdate', text: 'dream', data: { of: 'sheep' } },
      { type: 'notice', code: 'compaction' },
      { type: 'agent', blocks: [{ type: 'image' }] },
    ]);
  });

  it('of a plan replaces the plan of the same turn', () => {
    const entries = [{ content: 'a', status: 'pending' }];
    context.apply({ type: 'plan', entries });
    context.apply({ type: 'plan', entries: [{ content: 'a', status: 'completed' }] });
    context.endTurn(undefined);
    context.apply({ type: 'plan', entries });
    expect(built(written)).toMatchObject([
      { entries: [{ status: 'completed' }] },
      { entries: [{ status: 'pending' }] },
    ]);
  });

  it('leaves no timer behind once the log is closed', async () => {
    say('a');
    say('b');
    await context.close();
    expect(clock.timers).toBe(0);
    expect(built(written)).toMatchObject([{ text: 'ab' }]);
  });
});
