// The rows that hold others: what the tree shows of a group, and of the rest of a long one. No editor.
import { plainLine } from '../plainText.ts';
import type { Translate } from '../translate.ts';
import type { GroupId } from './sessionGrouping.ts';
import type { Row } from './sessionRows.ts';
import { contextValue, type OlderNode } from './sessionTreeModel.ts';

/** A group's name. `name` is what its agent or folder is called, where the group is one. */
export function groupLabel(group: GroupId, name: string | undefined, t: Translate): string {
  switch (group) {
    case 'needsYou':
      return t('Needs you');
    case 'pinned':
      return t('Pinned');
    case 'working':
      return t('Working');
    case 'ready':
      return t('Ready');
    case 'dormant':
      return t('Dormant');
    case 'failed':
      return t('Failed');
    case 'archived':
      return t('Archived');
    case 'day:0':
      return t('Today');
    case 'day:1':
      return t('Yesterday');
    case 'day:2':
      return t('Last 7 days');
    case 'day:3':
      return t('Last 30 days');
    case 'day:4':
      return t('Older');
    default:
      return plainLine(name ?? group.slice(group.indexOf(':') + 1));
  }
}

/** The row of a group. */
export function groupRow(group: GroupId, size: number, t: Translate, name?: string): Row {
  const label = groupLabel(group, name, t);
  return {
    id: `group:${group}`,
    label,
    description: String(size),
    contextValue: contextValue('group'),
    // What was put away stays so until somebody looks for it.
    children: group === 'archived' ? 'closed' : 'open',
    spoken: size === 1 ? t('{0}: 1 session', label) : t('{0}: {1} sessions', label, size),
  };
}

/** The row that hides the rest of a long group. */
export function olderRow(node: OlderNode, size: number, t: Translate): Row {
  const label = t('{0} older', size - node.offset);
  return {
    id: `older:${node.group}:${node.offset}`,
    label,
    description: '',
    contextValue: contextValue('older'),
    children: 'closed',
    spoken: label,
  };
}
