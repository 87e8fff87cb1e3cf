// The line from host to panel: what is sent, when, and how much of it.
import { describe, expect, it } from 'vitest';
import { type ToPanel, toPanelSchema } from '../../../src/chatProtocol/messages.ts';
import { PanelChannel } from '../../../src/host/panel/panelChannel.ts';
import { emptyModel, reduce } from '../../../src/webview/store.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';
import { opened, ready, text } from './openChannel.ts';

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
