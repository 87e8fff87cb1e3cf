// What stands at the corner of an entry while the pointer or the focus is in it: when it was said, and a button that copies it.
import type { EntryView } from '../../chatProtocol/entries.ts';
import { make } from '../dom.ts';
import { copyButton } from './codeBlock.ts';
import type { PanelContext } from './context.ts';

/** The corner of an entry; `entry` is asked for the newest version when something is copied. */
export function entryActions(entry: () => EntryView, context: PanelContext): HTMLElement {
  const { at, type } = entry();
  const time = new Date(at);
  const known = !Number.isNaN(time.getTime());
  const clock = make('time', {
    text: known ? time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : at,
    title: known ? time.toLocaleString() : at,
    attributes: { datetime: at },
  });
  const copy =
    type === 'user' || type === 'agent'
      ? copyButton(() => {
          const current = entry();
          return 'text' in current ? current.text : '';
        }, context)
      : undefined;
  return make('div', { class: 'entry-actions' }, clock, copy);
}
