// The questions about the arrangement of the list: what it is grouped and sorted by, and what is left in it.
import * as vscode from 'vscode';
import type { Sessions } from '../../session/sessions.ts';
import { withoutIcons } from '../plainText.ts';
import {
  groupings,
  needs,
  sortings,
  type Grouping,
  type SessionFilter,
  type Sorting,
} from './sessionGrouping.ts';
import { groupLabel } from './groupRows.ts';

/** What to group by; the one there is stands first in the eye. */
export async function pickGrouping(now: Grouping): Promise<Grouping | undefined> {
  const items = groupings.map((value) => ({ label: groupingWord(value), ...current(value, now) }));
  return pickOne(items, vscode.l10n.t('Group sessions by what?'));
}

/** What to sort by. */
export async function pickSorting(now: Sorting): Promise<Sorting | undefined> {
  const items = sortings.map((value) => ({ label: sortingWord(value), ...current(value, now) }));
  return pickOne(items, vscode.l10n.t('Sort sessions by what?'));
}

/** What is left in the list; nothing chosen leaves everything. */
export async function pickFilter(
  sessions: Pick<Sessions, 'list' | 'details'>,
  now: SessionFilter,
): Promise<SessionFilter | undefined> {
  interface Choice extends vscode.QuickPickItem {
    readonly set?: (filter: SessionFilter) => SessionFilter;
  }
  const separator = (label: string): Choice => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  const agents = new Map(
    sessions
      .list()
      .map(({ sessionId, agentId }) => [agentId, sessions.details(sessionId).agentName]),
  );
  const items: Choice[] = [
    {
      label: vscode.l10n.t('Unread'),
      picked: now.unreadOnly,
      set: (filter) => ({ ...filter, unreadOnly: true }),
    },
    separator(vscode.l10n.t('State')),
    ...needs.map((need) => ({
      label: groupLabel(need, undefined, vscode.l10n.t),
      picked: now.states.includes(need),
      set: (filter: SessionFilter) => ({ ...filter, states: [...filter.states, need] }),
    })),
    separator(vscode.l10n.t('Agent')),
    ...[...agents].map(([id, name]) => ({
      label: withoutIcons(name),
      description: name === id ? '' : withoutIcons(id),
      picked: now.agents.includes(id),
      set: (filter: SessionFilter) => ({ ...filter, agents: [...filter.agents, id] }),
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t('Show only sessions that are… (nothing chosen shows all)'),
  });
  return chosen?.reduce<SessionFilter>((filter, { set }) => set?.(filter) ?? filter, {
    states: [],
    agents: [],
    unreadOnly: false,
  });
}

async function pickOne<T>(
  items: readonly (vscode.QuickPickItem & { readonly value: T })[],
  placeHolder: string,
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.value;
}

function current<T>(value: T, now: T): { readonly value: T; readonly description: string } {
  return { value, description: value === now ? vscode.l10n.t('current') : '' };
}

function groupingWord(grouping: Grouping): string {
  switch (grouping) {
    case 'need':
      return vscode.l10n.t('Need');
    case 'agent':
      return vscode.l10n.t('Agent');
    case 'folder':
      return vscode.l10n.t('Folder');
    case 'day':
      return vscode.l10n.t('Day');
  }
}

function sortingWord(sorting: Sorting): string {
  switch (sorting) {
    case 'activity':
      return vscode.l10n.t('Last activity');
    case 'created':
      return vscode.l10n.t('Newest first');
    case 'title':
      return vscode.l10n.t('Title');
  }
}
