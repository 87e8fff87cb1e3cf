// A proposed or made edit as a unified diff by lines.
import type { ToolPart } from '../../chatProtocol/entries.ts';
import { button, make } from '../dom.ts';
import { countChanges, lineDiff } from '../lineDiff.ts';
import type { DiffLine } from '../lineDiff.ts';
import { exact } from '../visibleText.ts';
import { word } from '../words.ts';
import type { PanelContext } from './context.ts';
import { fileLink } from './fileLink.ts';

/** How many lines of a diff are shown at once, and how much of a line. */
const lineLimit = 300;
const lengthLimit = 2000;

/** A unified view of an edit, and a button that has the editor show it in its own way. */
export function diffView(
  diff: Extract<ToolPart, { type: 'diff' }>,
  context: PanelContext,
  open: () => void,
): HTMLElement {
  const all = lineDiff(diff.oldText ?? '', diff.newText);
  const { added, removed } = countChanges(all);
  const table = make('div', { class: 'diff-lines', attributes: { tabindex: '0' } });
  const more = button({
    class: 'link-button more',
    click: () => {
      show(table.childElementCount * 2);
    },
  });
  const show = (count: number): void => {
    table.append(...all.slice(table.childElementCount, count).map(lineNode));
    more.hidden = table.childElementCount >= all.length;
    more.textContent = word('showMore');
  };
  show(lineLimit);
  return make(
    'div',
    { class: 'diff' },
    make(
      'div',
      { class: 'diff-bar' },
      fileLink(diff, context),
      diff.oldText === undefined
        ? make('span', { class: 'muted', text: word('newFile') })
        : undefined,
      make('span', {
        class: 'diff-added-count',
        text: `+${added}`,
        label: `${word('diffNew')}: ${added}`,
      }),
      make('span', {
        class: 'diff-removed-count',
        text: `−${removed}`,
        label: `${word('diffOld')}: ${removed}`,
      }),
      button({
        class: 'icon-button open-diff',
        icon: 'diff',
        label: word('openDiff'),
        click: open,
      }),
    ),
    table,
    more,
    diff.truncated ? make('p', { class: 'muted', text: word('cut') }) : undefined,
  );
}

function lineNode(line: DiffLine): HTMLElement {
  if (line.type === 'skip') {
    return make('div', { class: 'diff-skip', text: word('diffUnchanged', line.count) });
  }
  const sign = { same: ' ', added: '+', removed: '−' }[line.type];
  const text = line.text.length > lengthLimit ? `${line.text.slice(0, lengthLimit)}…` : line.text;
  return make(
    'div',
    { class: `diff-line diff-${line.type}` },
    make('span', { class: 'diff-sign', text: sign }),
    make('span', { class: 'diff-text', text: exact(text) }),
  );
}
