// How the list is arranged: by need, agent, folder or day; what a filter hides, and what it never hides.
import { describe, expect, it } from 'vitest';
import {
  endOfDay,
  groupOf,
  inOrder,
  listViewSchema,
  moved,
  shifted,
  pinnedPlaces,
  plainView,
  sortKey,
  startOfDay,
  type ListView,
} from '../../../src/host/list/sessionGrouping.ts';
import { SessionListModel } from '../../../src/host/list/sessionListModel.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';
import { dormant, FakeList, info, permission } from './sessionFixtures.ts';

const asking = info('n', { status: 'needsInput', pendingRequests: [permission('q')] });

function view(patch: Partial<ListView>): ListView {
  return { ...plainView, ...patch };
}

function modelOf(rows: ReturnType<typeof info>[], given: ListView = plainView): SessionListModel {
  return new SessionListModel({
    sessions: new FakeList(rows),
    clock: new FakeClock(),
    view: given,
    onListenerError: (error) => {
      throw error;
    },
  });
}

describe('groups', () => {
  it('put who needs the user first whatever else is arranged, pinned next, archived last', () => {
    for (const groupBy of ['need', 'agent', 'folder', 'day'] as const) {
      const model = modelOf(
        [
          { ...asking, pinned: 1, archived: true },
          info('r'),
          info('p', { pinned: 2 }),
          dormant('a', { archived: true, pinned: 3 }),
        ],
        view({ groupBy, filter: { ...plainView.filter, states: [] } }),
      );
      const groups = model.groups();
      expect(groups).toHaveLength(4);
      expect([groups[0], groups[1], groups[3]]).toEqual(['needsYou', 'pinned', 'archived']);
    }
  });

  it('are agents or folders by name', () => {
    const rows = [
      info('a', { agentId: 'zed', cwd: '/b' }),
      info('b', { agentId: 'codex', cwd: '/a' }),
      dormant('c', { agentId: 'Codex2', cwd: '/b' }),
    ];
    expect(modelOf(rows, view({ groupBy: 'agent' })).groups()).toEqual([
      'agent:codex',
      'agent:Codex2',
      'agent:zed',
    ]);
    const byFolder = modelOf(rows, view({ groupBy: 'folder' }));
    expect(byFolder.groups()).toEqual(['folder:/a', 'folder:/b']);
    expect(byFolder.members('folder:/b')).toEqual(['a', 'c']);
  });

  it('are days, the further back the longer', () => {
    const now = new Date(2026, 4, 20, 9).getTime();
    const ago = (days: number): string =>
      new Date(new Date(2026, 4, 20 - days, 23, 59).getTime()).toISOString();
    const group = (days: number): string | undefined =>
      groupOf(dormant('a', { lastActivityAt: ago(days) }), view({ groupBy: 'day' }), now);
    expect([0, 1, 2, 6, 7, 29, 30, 400].map(group)).toEqual([
      'day:0',
      'day:1',
      'day:2',
      'day:2',
      'day:3',
      'day:3',
      'day:4',
      'day:4',
    ]);
    expect(inOrder(['day:4', 'archived', 'day:0', 'needsYou', 'day:2'])).toEqual([
      'needsYou',
      'day:0',
      'day:2',
      'day:4',
      'archived',
    ]);
  });

  it('of days move on at midnight, once, and not when the list is grouped by something else', async () => {
    const clock = new FakeClock();
    const row = dormant('a', { lastActivityAt: new Date(clock.now()).toISOString() });
    const model = new SessionListModel({
      sessions: new FakeList([row]),
      clock,
      view: view({ groupBy: 'day' }),
      onListenerError: (error) => {
        throw error;
      },
    });
    expect(model.groups()).toEqual(['day:0']);
    await clock.advance(endOfDay(clock.now()) - clock.now() - 1);
    expect(model.groups()).toEqual(['day:0']);
    await clock.advance(1);
    expect(model.groups()).toEqual(['day:1']);
    expect(clock.timers).toBe(1);
    model.arrange(plainView);
    expect(clock.timers).toBe(0);
    expect(startOfDay(clock.now())).toBeLessThanOrEqual(clock.now());
  });
});

describe('a filter', () => {
  const filter = (patch: Partial<ListView['filter']>): ListView =>
    view({ filter: { ...plainView.filter, ...patch } });

  it('hides what it does not name, but never who needs the user', () => {
    const rows = [asking, info('r'), dormant('d', { agentId: 'codex', unread: 'finished' })];
    const shown = (given: ListView): string[] => {
      const model = modelOf(rows, given);
      return model.groups().flatMap((group) => [...model.members(group)]);
    };
    expect(shown(filter({ states: ['dormant'] }))).toEqual(['n', 'd']);
    expect(shown(filter({ agents: ['codex'] }))).toEqual(['n', 'd']);
    expect(shown(filter({ unreadOnly: true }))).toEqual(['n', 'd']);
    expect(shown(filter({ agents: ['codex'], states: ['ready'] }))).toEqual(['n']);
    expect(shown(filter({}))).toEqual(['n', 'r', 'd']);
  });

  it('counts what is hidden, and counts it all the same', () => {
    const model = modelOf([asking, info('r'), dormant('d')], filter({ states: ['failed'] }));
    expect(model.counts()).toMatchObject({ total: 3, alive: 2, needsYou: 1, hidden: 2 });
    model.arrange(plainView);
    expect(model.counts()).toMatchObject({ total: 3, hidden: 0 });
  });
});

describe('the order', () => {
  it('is by title or birth when it is wanted so, and of pinned rows by their places', () => {
    const rows = [
      info('1', { title: 'beta', createdAt: '2026-01-03' }),
      info('2', { title: 'Alpha', createdAt: '2026-01-01' }),
      info('3', { title: 'gamma', createdAt: '2026-01-02' }),
    ];
    expect(modelOf(rows, view({ sortBy: 'title' })).members('ready')).toEqual(['2', '1', '3']);
    expect(modelOf(rows, view({ sortBy: 'created' })).members('ready')).toEqual(['1', '3', '2']);
    const pinned = rows.map((row, index) => ({ ...row, pinned: [12, 3, 1][index] ?? 0 }));
    expect(modelOf(pinned, view({ sortBy: 'title' })).members('pinned')).toEqual(['3', '2', '1']);
    expect(sortKey(asking).up).toBe(false);
  });

  it('of pinned rows changes by as little as it must', () => {
    const rows = ['a', 'b', 'c'].map((sessionId, index) => ({ sessionId, pinned: index + 1 }));
    const [a, b, c] = rows;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three rows');
    expect(moved(rows, [c], b)).toEqual([a, c, b]);
    expect(moved(rows, [a], undefined)).toEqual([b, c, a]);
    expect(moved(rows, [a], b)).toEqual([b, a, c]);
    expect(moved(rows, [a], c)).toEqual([b, c, a]);
    expect(moved([a, b], [c], b)).toEqual([a, c, b]);
    expect(moved(rows, [a, b], b)).toEqual(rows);
    expect(shifted(rows, [b, c], 'up')).toEqual([b, c, a]);
    expect(shifted(rows, [b, a], 'down')).toEqual([c, a, b]);
    expect(shifted(rows, [a, b], 'up')).toEqual(rows);
    expect(shifted(rows, [a, c], 'up')).toEqual([a, c, b]);
    expect(shifted(rows, [c], 'down')).toEqual(rows);
    expect(pinnedPlaces(moved(rows, [c], b))).toEqual(
      new Map([
        ['c', 2],
        ['b', 3],
      ]),
    );
    expect(pinnedPlaces(rows)).toEqual(new Map());
    expect(pinnedPlaces([{ sessionId: 'new' }])).toEqual(new Map([['new', 1]]));
  });
});

describe('an arrangement that was kept', () => {
  it('is read without trust', () => {
    expect(listViewSchema().parse({})).toEqual(plainView);
    expect(
      listViewSchema().parse({ groupBy: 'agent', sortBy: 7, filter: { states: ['nonsense'] } }),
    ).toEqual({ ...plainView, groupBy: 'agent' });
  });
});
