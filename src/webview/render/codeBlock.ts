// A block of code with its language and a copy button.
import { button, make } from '../dom.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import type { PanelContext } from './context.ts';

/** How much of a code block is shown at once. */
const limit = 20_000;

/** A block of code; its text is never parsed. */
export function codeBlock(code: string, language: string, context: PanelContext): HTMLElement {
  const text = code.replace(/\n$/, '');
  const shown = new CappedText(make('code'), limit);
  shown.update(text);
  return make(
    'div',
    { class: 'code' },
    make(
      'div',
      { class: 'code-bar' },
      make('span', { class: 'code-language', text: language.slice(0, 40) }),
      copyButton(() => text, context),
    ),
    make('pre', { attributes: { tabindex: '0' } }, shown.element),
  );
}

/** A button that copies a text through the host. */
export function copyButton(text: () => string, context: PanelContext): HTMLButtonElement {
  const copy = button({
    class: 'icon-button copy',
    icon: 'copy',
    label: word('copy'),
    click: () => {
      context.post({ type: 'copy', text: text() });
      copy.firstElementChild?.classList.replace('codicon-copy', 'codicon-check');
      copy.title = word('copied');
      setTimeout(() => {
        copy.firstElementChild?.classList.replace('codicon-check', 'codicon-copy');
        copy.title = word('copy');
      }, 1500);
    },
  });
  return copy;
}
