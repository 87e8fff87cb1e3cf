// The agent's plan as a checklist.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { icon, make } from '../dom.ts';
import { readable } from '../visibleText.ts';
import { word } from '../words.ts';
import type { EntryNode } from './context.ts';

const stepIcons: Readonly<Record<string, string>> = {
  pending: 'circle-large-outline',
  in_progress: 'loading codicon-modifier-spin',
  completed: 'pass-filled',
};

/** A checklist; steps are few, so it is built anew with each version. */
export class PlanNode implements EntryNode {
  readonly element = make('article', { class: 'entry plan', label: word('plan') });

  update(entry: EntryView): void {
    if (entry.type !== 'plan') return;
    const done = entry.steps.filter((step) => step.status === 'completed').length;
    const list = make('ol', { class: 'plan-steps' });
    for (const { content, status } of entry.steps) {
      list.append(
        make(
          'li',
          { class: `plan-step ${status === 'completed' ? 'done' : ''}` },
          icon(stepIcons[status] ?? 'circle-large-outline', stepLabel(status)),
          make('span', { text: readable(content) }),
        ),
      );
    }
    this.element.replaceChildren(
      make(
        'div',
        { class: 'plan-head' },
        icon('checklist'),
        make('span', { text: word('plan') }),
        make('span', { class: 'muted', text: word('planDone', done, entry.steps.length) }),
      ),
      list,
    );
  }
}

function stepLabel(status: string): string {
  if (status === 'completed') return word('toolDone');
  return status === 'in_progress' ? word('toolRunning') : word('toolPending');
}
