// What a row says: shapes for the process, colours for the work, and text that no agent can bend.
import { describe, expect, it } from 'vitest';
import { groupRow, olderRow } from '../../../src/host/list/groupRows.ts';
import { sessionFacts } from '../../../src/host/list/sessionFacts.ts';
import {
  requestRow,
  rowMark,
  sessionRow,
  type RowContext,
} from '../../../src/host/list/sessionRows.ts';
import { contextValue, OlderNode } from '../../../src/host/list/sessionTreeModel.ts';
import { sessionStatuses } from '../../../src/session/status.ts';
import { details, dormant, english, info, permission } from './sessionFixtures.ts';

const context: RowContext = {
  now: Date.parse('2026-01-01T00:05:30.000Z'),
  noticeMinutes: 2,
  t: english,
};

describe('the row of a session', () => {
  it('is its title, agent and age, with an id that only depends on the session', () => {
    const row = sessionRow(details(info('a')), context);
    expect(row).toMatchObject({
      id: 'session:a',
      label: 'Title of a',
      description: 'Workspace · 5 min',
      icon: { id: 'circle-filled', color: 'charts.green' },
      children: 'none',
    });
    // Named as its agent is, it says so once.
    const fresh = sessionRow(details(info('a', { title: 'Workspace' })), context);
    expect(fresh.description).not.toContain('Workspace');
    expect(fresh.spoken.split('Workspace')).toHaveLength(2);
    const moved = sessionRow(details(dormant('a', { title: 'New' })), context);
    expect(moved.id).toBe(row.id);
  });

  it('says what a session waits for that is still being started', () => {
    const waiting = info('a', { status: 'starting', pendingRequests: [permission('1')] });
    const row = sessionRow(details(waiting), context);
    expect(row.icon).toEqual({ id: 'bell-dot', color: 'charts.yellow' });
    expect(row.description).toMatch(/^Run npm test · starting/);
    expect(row.spoken).toMatch(/^Title of a, needs you, .*Run npm test/);
  });

  it('never has the same shape with and without a process', () => {
    const shapes = (processAlive: boolean): Set<string | undefined> =>
      new Set(
        sessionStatuses.map(
          (status) => sessionRow(details(info('a', { status, processAlive })), context).icon?.id,
        ),
      );
    const both = [...shapes(true)].filter((shape) => shapes(false).has(shape));
    expect(both).toEqual([]);
  });

  it('names what it waits for, and can be answered', () => {
    const waiting = info('a', {
      status: 'needsInput',
      pendingRequests: [permission('1'), permission('2')],
    });
    const row = sessionRow(details(waiting), context);
    expect(row.description).toBe('Run npm test (+1 more) · Workspace · 5 min');
    expect(row.children).toBe('closed');
    expect(row.contextValue).toMatch(/;canAnswer;.*;canReject;canAllow;$/);
    expect(row.contextValue).not.toContain(';busy;');
    expect(row.icon).toEqual({ id: 'bell-dot', color: 'charts.yellow' });
  });

  it('counts down only near the end', () => {
    const at = (idleDeadlineAt: string): string =>
      sessionRow(details(info('a', { idleDeadlineAt })), context).description;
    expect(at('2026-01-01T00:20:00.000Z')).toBe('Workspace · 5 min');
    expect(at('2026-01-01T00:07:00.000Z')).toBe('stops in 1 min · Workspace · 5 min');
    expect(at('2026-01-01T00:00:00.000Z')).toBe('stops in 1 min · Workspace · 5 min');
  });

  it('says what is remarkable', () => {
    const row = sessionRow(
      details(info('a', { status: 'working', keepAwake: true }), {
        stalledSince: '2026-01-01T00:00:00.000Z',
        storageFailing: true,
        queue: [{ promptId: 'p', text: 'more' }],
      }),
      context,
    );
    expect(row.description).toBe(
      'silent for 5 min · not saved · 1 queued · kept awake · Workspace · 5 min',
    );
    expect(row.icon?.color).toBe('charts.yellow');
  });

  it('is one clean line whatever the title is', () => {
    const title = `a\nb\u202e\u0007 c ${'x'.repeat(1_000_000)}`;
    const row = sessionRow(details(info('a', { title })), context);
    expect(row.label).toMatch(/^a b c x+…$/);
    expect(row.label.length).toBe(120);
    expect(sessionRow(details(info('a', { title: '\n' })), context).label).toBe('a');
  });

  it('tells a screen reader about the process too', () => {
    expect(sessionRow(details(dormant('a')), context).spoken).toBe(
      'Title of a, dormant, no process, Workspace, 5 min',
    );
  });

  it('carries exactly the flags of what can be done', () => {
    const flags = (...args: Parameters<typeof details>): string =>
      sessionRow(details(...args), context).contextValue;
    expect(flags(info('a'))).toBe(
      ';session;alive;canStop;canRestart;canPrompt;canRename;canSave;autoStop;canPin;canArchive;',
    );
    expect(flags(info('a', { status: 'working' }))).toContain(';canCancel;busy;');
    expect(flags(info('a', { status: 'stopping' }))).toBe(
      ';session;alive;canRename;canSave;autoStop;canPin;canArchive;',
    );
    expect(flags(dormant('a', { keepAwake: true }))).toBe(
      ';session;canResume;canPrompt;canRename;canSave;canDelete;keptAwake;canPin;canArchive;atRest;',
    );
    expect(flags(dormant('a', { status: 'crashed' }))).toContain(';canResume;canRestart;');
    expect(flags(dormant('a', { archived: true }))).not.toContain('canPin');
    const putAway = dormant('a', { archived: true, pinned: 1, unread: 'failed' });
    expect(flags(putAway)).toContain(';autoStop;isPinned;isArchived;isUnread;');
    expect(flags(dormant('a'), { readOnly: 'ownedElsewhere' })).toBe(contextValue('session'));
  });
});

describe('what makes a row stand out', () => {
  it('is what nobody has looked at, and who may do everything', () => {
    const all = { config: { ...details(info('a')).config, permissionMode: 'allowAll' as const } };
    expect(rowMark(details(info('a')), english)).toBeUndefined();
    expect(rowMark(details(info('a', { unread: 'finished' })), english)).toEqual({
      badge: '●',
      said: 'Finished since you last looked',
    });
    expect(rowMark(details(info('a', { unread: 'failed' }), all), english)).toMatchObject({
      badge: '●',
      color: 'list.errorForeground',
    });
    expect(rowMark(details(info('a'), all), english)).toMatchObject({
      badge: '!',
      color: 'list.warningForeground',
    });
    expect(sessionRow(details(info('a', { unread: 'finished' }), all), context)).toMatchObject({
      description: 'finished · allows everything · Workspace · 5 min',
    });
  });
});

describe('other rows', () => {
  it('a request shows its options and can be answered', () => {
    const row = requestRow('a', permission('7'), english);
    expect(row).toMatchObject({
      id: 'request:a:7',
      label: 'Run npm test',
      description: 'Always allow, Allow, Reject',
      contextValue: ';request;canReject;canAllow;',
    });
  });

  it('a question can only be declined from its row', () => {
    const question = { requestId: '8', kind: 'elicitation', title: 'Name?', options: [] } as const;
    expect(requestRow('a', question, english)).toMatchObject({
      description: 'question',
      contextValue: ';request;canReject;',
    });
  });

  it('a group and the rest of a long one count their sessions', () => {
    expect(groupRow('needsYou', 3, english)).toMatchObject({
      id: 'group:needsYou',
      label: 'Needs you',
      description: '3',
      children: 'open',
    });
    expect(groupRow('needsYou', 3, english).spoken).toBe('Needs you: 3 sessions');
    expect(groupRow('needsYou', 1, english).spoken).toBe('Needs you: 1 session');
    expect(olderRow(new OlderNode('dormant', 200), 1234, english)).toMatchObject({
      id: 'older:dormant:200',
      label: '1034 older',
      children: 'closed',
    });
  });
});

describe('the tooltip of a session', () => {
  it('says what went wrong and what to do', () => {
    const failed = dormant('a', {
      status: 'failed',
      error: { code: 'commandNotFound', message: 'not found: x', hint: 'Install it.' },
    });
    const facts = sessionFacts(details(failed), english);
    expect(Object.fromEntries(facts.map(({ name, value }) => [name, value]))).toEqual({
      State: 'failed',
      Process: 'none',
      Agent: 'Workspace',
      Folder: '/work',
      Messages: '2',
      'Stopped when idle': 'after 30 min',
      Error: 'not found: x',
      'What to do': 'Install it.',
    });
  });
});
