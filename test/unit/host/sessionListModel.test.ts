// The grouped list: what moves where, and that a flood of changes is told at a pace.
import { describe, expect, it } from 'vitest';
import {
  publishEveryMs,
  SessionListModel,
  type Publication,
} from '../../../src/host/list/sessionListModel.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { dormant, FakeList, info, permission } from './sessionFixtures.ts';

function build(rows: Parameters<typeof info>[0][] | FakeList = []): {
  sessions: FakeList;
  clock: FakeClock;
  model: SessionListModel;
  published: Publication[];
} {
  const sessions = rows instanceof FakeList ? rows : new FakeList(rows.map((id) => info(id)));
  const clock = new FakeClock();
  const published: Publication[] = [];
  const model = new SessionListModel({
    sessions,
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  // Lives as long as the model of this one test.
  const subscription = model.onDidPublish((publication) => published.push(publication));
  expect(subscription).toBeDefined();
  return { sessions, clock, model, published };
}

describe('SessionListModel', () => {
  it('shows the groups that have members, by need', () => {
    const { model } = build(
      new FakeList([
        dormant('d'),
        info('r'),
        info('w', { status: 'working' }),
        info('n', { status: 'needsInput', pendingRequests: [permission('q')] }),
        dormant('f', { status: 'failed' }),
        dormant('c', { status: 'crashed' }),
      ]),
    );
    expect(model.groups()).toEqual(['needsYou', 'working', 'ready', 'dormant', 'failed']);
    expect(model.members('failed')).toEqual(['c', 'f']);
    expect(model.counts()).toEqual({
      total: 6,
      alive: 3,
      working: 1,
      needsYou: 1,
      unread: 0,
      hidden: 0,
    });
  });

  it('knows the order of rows that are not published yet', () => {
    const { sessions, model } = build(['a', 'b']);
    const asking = ['1', '3', '2'].map((id) =>
      info(id, { createdAt: `2026-01-0${id}T00:00:00.000Z`, pendingRequests: [permission('q')] }),
    );
    for (const one of asking) sessions.set(one);
    expect(model.members('needsYou')).toEqual([]);
    expect(model.inRowOrder(asking)).toEqual(['3', '2', '1']);
    model.arrange({ ...model.view, sortBy: 'title' });
    expect(model.inRowOrder(asking)).toEqual(model.members('needsYou'));
  });

  it('tells of a move once, with both groups, after it can be read', async () => {
    const { sessions, clock, model, published } = build(['a', 'b']);
    sessions.set(info('a', { status: 'working' }));
    expect(model.groupOf('a'), 'nothing moves before it is published').toBe('ready');
    await clock.advance(0);
    expect(published).toEqual([
      {
        groups: new Set(['ready', 'working']),
        groupsShown: true,
        sessions: new Set(['a']),
      },
    ]);
    expect(model.groupOf('a')).toBe('working');
  });

  it('names no group when only the content of a row changed', async () => {
    const { sessions, clock, published } = build(['a', 'b']);
    sessions.set(info('a', { title: 'Another' }));
    await clock.advance(0);
    expect(published).toEqual([
      { groups: new Set(), groupsShown: false, sessions: new Set(['a']) },
    ]);
  });

  it('publishes a flood of changes at its pace and misses none', async () => {
    const { sessions, clock, published } = build(['a', 'b']);
    for (let step = 0; step < 100; step += 1) {
      sessions.set(info(step % 2 === 0 ? 'a' : 'b', { messageCount: step }));
      await clock.advance(10);
    }
    await clock.advance(publishEveryMs);
    expect(published.length).toBeGreaterThan(2);
    expect(published.length).toBeLessThanOrEqual(1000 / publishEveryMs + 2);
    const last = published.at(-1);
    expect(last?.sessions.has('b')).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it('takes a deleted session out, and what was never in stays out', async () => {
    const { sessions, clock, model, published } = build(['a', 'b']);
    sessions.remove('a');
    sessions.remove('never');
    await clock.advance(0);
    expect(model.members('ready')).toEqual(['b']);
    expect(published[0]?.groups).toEqual(new Set(['ready']));
    expect(published[0]?.groupsShown).toBe(false);
  });

  it('puts the newest first: rows at rest by their last use, others by their birth', async () => {
    const sessions = new FakeList([
      dormant('old', { lastActivityAt: '2026-01-01' }),
      dormant('new', { lastActivityAt: '2026-01-03' }),
      info('first', { createdAt: '2026-01-01', lastActivityAt: '2026-01-09' }),
      info('second', { createdAt: '2026-01-02', lastActivityAt: '2026-01-02' }),
    ]);
    const { model, clock, published } = build(sessions);
    expect(model.members('dormant')).toEqual(['new', 'old']);
    expect(model.members('ready')).toEqual(['second', 'first']);
    sessions.set(dormant('old', { lastActivityAt: '2026-01-05' }));
    await clock.advance(0);
    expect(model.members('dormant')).toEqual(['old', 'new']);
    expect(published[0]?.groups).toEqual(new Set(['dormant']));
  });

  it('hears and sets no timer any more once it is disposed', async () => {
    const { sessions, clock, model, published } = build(['a']);
    sessions.set(info('a', { status: 'working' }));
    model.dispose();
    sessions.set(info('b'));
    await clock.advance(publishEveryMs * 2);
    expect(published).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
