// The line from host to panel: whatever happens in between, a panel that applies what it gets shows what is true.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ToPanel, toPanelSchema } from '../../../src/chatProtocol/messages.ts';
import { PanelChannel } from '../../../src/host/panelChannel.ts';
import { entryView } from '../../../src/host/panelEntries.ts';
import type { AgentUpdate } from '../../../src/session/agentUpdate.ts';
import { TranscriptBuilder } from '../../../src/session/transcript.ts';
import { emptyModel, reduce } from '../../../src/webview/store.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import type { FakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

/** A session at work, a channel to it, and the model that a panel would have. */
async function opened(): Promise<{
  domain: FakeDomain;
  sessionId: string;
  channel: PanelChannel;
  posted: ToPanel[];
  panel: { model: typeof emptyModel };
  say: (update: AgentUpdate) => void;
  endTurn: () => void;
  truth: TranscriptBuilder;
}> {
  const domain = fakeDomain();
  const truth = slowPages(domain);
  domain.agents.script = { hold: ['session/prompt'] };
  const { sessionId } = await domain.manager.create();
  const posted: ToPanel[] = [];
  const panel = { model: emptyModel };
  const channel = new PanelChannel({
    sessionId,
    sessions: domain.manager,
    clock: domain.clock,
    logger: domain.logger,
    words: {},
    draft: () => undefined,
    post: (message) => {
      // As on the wire: parsed, and without a share in the sender's objects.
      const parsed = toPanelSchema.parse(structuredClone(message));
      posted.push(parsed);
      panel.model = reduce(panel.model, parsed);
    },
  });
  const subscriptions = [
    domain.manager.onDidChangeTranscript(({ change }) => {
      channel.transcriptChanged(change);
    }),
    domain.manager.onDidChange(() => {
      channel.sessionChanged();
    }),
  ];
  expect(subscriptions).toHaveLength(2);
  void domain.manager.prompt(sessionId, 'go').catch(() => undefined);
  await settle();
  const link = domain.agents.last;
  return {
    domain,
    truth,
    sessionId,
    channel,
    posted,
    panel,
    say: (update) => {
      link.events.onUpdate('fake-1', update);
    },
    endTurn: () => {
      link.answer('session/prompt', { stopReason: 'end_turn' });
    },
  };
}

/** The panel is ready, and its first page has been read. */
async function ready(domain: FakeDomain, channel: PanelChannel): Promise<void> {
  const done = channel.ready();
  await domain.clock.advance(20);
  await done;
}

function text(words: string): AgentUpdate {
  return { type: 'text', role: 'agent', text: words };
}

describe('a panel', () => {
  it('is told nothing before it is ready and nothing once it is hidden', async () => {
    const { domain, channel, posted, say } = await opened();
    say(text('early'));
    await domain.clock.advance(1000);
    expect(posted).toEqual([]);
    await ready(domain, channel);
    expect(posted.map(({ type }) => type)).toEqual(['snapshot']);
    channel.close();
    say(text('late'));
    channel.showError({ code: 'internal', message: 'no' });
    channel.focus();
    await domain.clock.advance(1000);
    expect(posted).toHaveLength(1);
  });

  it('gets what was missed while hidden, an error too, when it is back', async () => {
    const { domain, channel, panel, say } = await opened();
    await ready(domain, channel);
    channel.close();
    say(text('while hidden'));
    channel.showError({ code: 'internal', message: 'no' });
    channel.focus();
    await ready(domain, channel);
    expect(panel.model.entries.at(-1)).toMatchObject({ type: 'agent', text: 'while hidden' });
    expect(panel.model).toMatchObject({ error: { message: 'no' }, focusCount: 1 });
  });

  it('is sent to a place as soon as it shows the session, and only there where it was sent last', async () => {
    const { domain, channel, posted, panel } = await opened();
    channel.reveal({ entryId: 'e1', query: 'one' });
    channel.reveal({ entryId: 'e2', query: 'two' });
    await ready(domain, channel);
    expect(posted.map(({ type }) => type)).toEqual(['snapshot', 'reveal']);
    expect(panel.model.revealed).toEqual({ entryId: 'e2', query: 'two' });
    const again = panel.model.revealed;
    channel.reveal({ entryId: 'e2', query: 'two' });
    expect(panel.model.revealed).not.toBe(again);
  });

  it('is not shown what files were: that is for the list of changes', async () => {
    const { domain, channel, panel, say } = await opened();
    await ready(domain, channel);
    say({ type: 'fileBefore', path: '/work/a.ts', before: 'a' });
    say(text('Done.'));
    await domain.clock.advance(20);
    await ready(domain, channel);
    expect(panel.model.entries.map(({ type }) => type)).toEqual(['user', 'agent']);
    const entries = await domain.manager.transcript(panel.model.session?.sessionId ?? '');
    expect(entries.map(({ type }) => type)).toEqual(['user', 'notice', 'agent']);
  });

  it('reads anew what another window has said, once that lets go of the session', async () => {
    const before = fakeDomain();
    const { sessionId } = await before.manager.create();
    await before.manager.prompt(sessionId, 'here');
    const { manager, clock, logger, store } = before.nextLife();
    store.readOnly.add(sessionId);
    await manager.restoreAll();
    let model = emptyModel;
    const channel = new PanelChannel({
      ...{ sessionId, sessions: manager, clock, logger, words: {}, draft: () => undefined },
      post: (message) => {
        model = reduce(model, toPanelSchema.parse(structuredClone(message)));
      },
    });
    const subscription = manager.onDidChange(() => {
      channel.sessionChanged();
    });
    await channel.ready();
    expect(model.session?.readOnly).toBe('ownedElsewhere');
    const at = '2026-01-01T00:00:00.000Z';
    store.changes.get(sessionId)?.push({ id: 'there', at, type: 'user', text: 'there' });
    store.readOnly.delete(sessionId);
    await clock.advance(30_000);
    expect(model.session?.readOnly).toBeUndefined();
    expect(model.entries.map((entry) => ('text' in entry ? entry.text : ''))).toEqual([
      'here',
      'there',
    ]);
    channel.dispose();
    subscription.dispose();
  });

  it('gets many chunks of one frame as one delta', async () => {
    const { domain, channel, posted, say } = await opened();
    await ready(domain, channel);
    for (let index = 0; index < 100; index += 1) say(text(`${index} `));
    await domain.clock.advance(16);
    expect(posted).toHaveLength(2);
    expect(posted[1]).toMatchObject({
      type: 'delta',
      seq: 1,
      changes: [{ id: expect.any(String) as string }, {}],
    });
  });

  it('that shows nothing is not sent more and more', async () => {
    const { domain, channel, posted, panel, say } = await opened();
    await ready(domain, channel);
    for (let index = 0; index < 50; index += 1) {
      say(text('x'));
      await domain.clock.advance(16);
    }
    expect(posted.length).toBeLessThanOrEqual(4);
    channel.applied(panel.model.seq);
    await domain.clock.advance(16);
    expect(panel.model.entries.at(-1)).toMatchObject({ text: 'x'.repeat(50) });
  });

  it('that falls far behind gets a snapshot instead of what has piled up', async () => {
    const { domain, channel, posted, panel, say } = await opened();
    await ready(domain, channel);
    for (let index = 0; index < 40; index += 1) {
      say(text('y'.repeat(100_000)));
      await domain.clock.advance(16);
    }
    channel.applied(panel.model.seq);
    await domain.clock.advance(40);
    expect(posted.at(-1)).toMatchObject({ type: 'snapshot' });
  });

  it('gets what happens to an older entry while its page is read, once', async () => {
    const { domain, sessionId, channel, panel, say } = await opened();
    say({ type: 'terminal', terminalId: 't1', command: 'x' });
    const content = [{ type: 'terminal', terminalId: 't1' }] as const;
    say({
      type: 'toolCall',
      patch: { toolCallId: 'c1', title: 'c', status: 'in_progress', content },
    });
    for (const role of ['agent', 'thought', 'agent', 'thought'] as const) {
      say({ type: 'text', role, text: 'x' });
    }
    say({ type: 'terminalOutput', terminalId: 't1', data: 'before;' });
    await ready(domain, channel);
    const { before } = panel.model;
    say({ type: 'terminalOutput', terminalId: 't1', data: 'waiting;' });
    const older = channel.older(before ?? '');
    say({ type: 'terminalOutput', terminalId: 't1', data: 'meanwhile;' });
    // Anybody's question for a page makes the session tell what it holds back, here in the midst of the reading.
    void domain.manager.transcriptSlice(sessionId, { limit: 1 });
    await domain.clock.advance(17);
    expect(panel.model.entries.some(({ type }) => type === 'toolCall')).toBe(false);
    await domain.clock.advance(300);
    await older;
    const call = panel.model.entries.find(({ type }) => type === 'toolCall');
    expect(call).toMatchObject({ terminals: [{ output: 'before;waiting;meanwhile;' }] });
  });

  it('of a session that is not known is told so, and gets the session when it appears', async () => {
    const domain = fakeDomain();
    const posted: ToPanel[] = [];
    const channel = new PanelChannel({
      sessionId: 'session-1',
      sessions: domain.manager,
      clock: domain.clock,
      logger: domain.logger,
      words: {},
      draft: () => undefined,
      post: (message) => posted.push(message),
    });
    await ready(domain, channel);
    expect(posted).toMatchObject([{ type: 'snapshot', session: undefined, entries: [] }]);
    await domain.manager.create();
    channel.sessionChanged();
    await domain.clock.advance(16);
    await settle();
    expect(posted.at(-1)).toMatchObject({ type: 'snapshot', session: { sessionId: 'session-1' } });
  });

  it('is told when the transcript cannot be read, and still sees the session', async () => {
    const { domain, channel, panel } = await opened();
    domain.store.readSlice = () => new Promise(() => undefined);
    const done = channel.ready();
    await domain.clock.advance(31_000);
    await done;
    expect(panel.model).toMatchObject({ phase: 'open', error: { code: 'storageFailed' } });
  });
});

/** Pages of three entries that take a while to be read, each as the transcript was when it was asked for. */
function slowPages(domain: FakeDomain): TranscriptBuilder {
  const truth = new TranscriptBuilder();
  const subscription = domain.manager.onDidChangeTranscript(({ change }) => {
    truth.apply(change);
  });
  domain.store.readSlice = (_, { before }: { limit: number; before?: string }) => {
    const entries = truth.entries();
    const end = before === undefined ? entries.length : Number(before);
    const start = Math.max(0, end - 3);
    return new Promise((resolve) => {
      const timer = domain.clock.after(20, () => {
        resolve({
          entries: entries.slice(start, end),
          before: start === 0 ? undefined : String(start),
        });
      });
      expect([timer, subscription]).toHaveLength(2);
    });
  };
  return truth;
}

/** What may happen between host, panel and agent, in any order. */
type Step =
  | 'chunk'
  | 'other'
  | 'call'
  | 'terminal'
  | 'frame'
  | 'applied'
  | 'hide'
  | 'show'
  | 'older'
  | 'flush';

const steps: readonly Step[] = [
  ...(['chunk', 'other', 'call', 'terminal', 'frame', 'applied', 'hide', 'show'] as const),
  ...(['older', 'flush'] as const),
];

it('shows what is true after any course of events', async () => {
  const course = fc.array(fc.constantFrom(...steps), { minLength: 5, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(course, async (events) => {
      const { domain, channel, panel, say, endTurn, truth } = await opened();
      let count = 0;
      const waiting: Promise<void>[] = [];
      for (const event of events) {
        count += 1;
        switch (event) {
          case 'chunk':
            say(text(`${count} `));
            break;
          case 'other':
            say({ type: 'text', role: 'thought', text: `t${count}` });
            break;
          case 'call':
            say({ type: 'terminal', terminalId: 't1', command: 'x' });
            say({
              type: 'toolCall',
              patch: {
                toolCallId: 'c1',
                title: `call ${count}`,
                status: 'in_progress',
                content: [{ type: 'terminal', terminalId: 't1' }],
              },
            });
            break;
          case 'terminal':
            say({ type: 'terminalOutput', terminalId: 't1', data: `${count};` });
            break;
          case 'frame':
            await domain.clock.advance(16);
            break;
          case 'flush':
            await domain.clock.advance(300);
            break;
          case 'applied':
            channel.applied(panel.model.seq);
            break;
          case 'hide':
            channel.close();
            break;
          case 'show':
            waiting.push(channel.ready());
            break;
          case 'older':
            if (panel.model.before !== undefined) waiting.push(channel.older(panel.model.before));
            break;
        }
        if (panel.model.lost) waiting.push(channel.resync());
      }
      endTurn();
      say(text('the end'));
      waiting.push(channel.ready());
      for (
        let round = 0;
        round < 60 && (round < 10 || panel.model.before !== undefined);
        round += 1
      ) {
        await domain.clock.advance(100);
        channel.applied(panel.model.seq);
        if (panel.model.before !== undefined) waiting.push(channel.older(panel.model.before));
      }
      await Promise.all(waiting);
      expect(panel.model).toMatchObject({ lost: false, before: undefined });
      const expected = toPanelSchema.parse({
        type: 'older',
        seq: 0,
        asked: '',
        entries: truth.entries().map(entryView),
      });
      expect({ ...expected, entries: panel.model.entries }).toEqual(expected);
    }),
    { numRuns: 150 },
  );
}, 60_000);
