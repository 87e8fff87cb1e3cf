// A conversation in which nothing has been said yet.
import type { SessionView } from '../../chatProtocol/session.ts';
import { icon, make } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';

/** What an empty conversation shows. */
export function emptyNode(session: SessionView): HTMLElement {
  const folder = session.cwd.split(/[/\\]/).at(-1) ?? session.cwd;
  return make(
    'div',
    { class: 'empty' },
    icon('comment-discussion'),
    make('p', { class: 'empty-title', text: word('emptyTitle', exactLine(session.agentName)) }),
    make('p', { class: 'muted', text: word('emptyHint', exactLine(folder)), title: session.cwd }),
  );
}
