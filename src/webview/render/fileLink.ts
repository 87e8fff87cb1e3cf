// Names of files as buttons that open them.
import { button } from '../dom.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';

/** A file's name, its whole path as title; opens the file at its line (counted from 0). */
export function fileLink(
  location: { readonly path: string; readonly line?: number | undefined },
  context: PanelContext,
): HTMLButtonElement {
  const { path, line } = location;
  // A folder may end in what divides folders.
  const name = exactLine(path.split(/[/\\]/).findLast((part) => part !== '') ?? path);
  const text = line === undefined ? name : `${name}:${line + 1}`;
  return button({
    class: 'link-button file',
    text,
    title: exactLine(path),
    // The whole path, and in it the text that is seen.
    label: word('openFile', `${exactLine(path)}${line === undefined ? '' : `:${line + 1}`}`),
    click: () => {
      context.post({ type: 'openFile', path, line });
    },
  });
}
