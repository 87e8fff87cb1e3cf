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
  const holder = make('code');
  const shown = new CappedText(holder, limit);
  shown.update(text);
  if (language !== '' && text.length <= limit) colour(holder, text, language);
  return make(
    'div',
    { class: 'code' },
    make(
      'div',
      { class: 'code-bar' },
      make('span', { class: 'code-language', text: language.slice(0, 40) }),
      button({
        class: 'icon-button insert',
        icon: 'insert',
        label: word('insert'),
        click: () => {
          context.post({ type: 'insert', text });
        },
      }),
      copyButton(() => text, context),
    ),
    make('pre', { attributes: { tabindex: '0' } }, shown.element),
  );
}

type Highlight = (code: string, language: string) => DocumentFragment | undefined;
/** The colours, once they are loaded: from then on code is never seen without them. */
let highlight: Highlight | undefined;

/** Puts colours on a code, at once or as soon as they are loaded. */
function colour(holder: HTMLElement, code: string, language: string): void {
  const apply = (paint: Highlight): void => {
    const nodes = paint(code, language.toLowerCase());
    if (nodes !== undefined) holder.replaceChildren(nodes);
  };
  if (highlight !== undefined) {
    apply(highlight);
    return;
  }
  void import('../highlight.ts').then(
    (loaded) => {
      highlight = loaded.highlighted;
      apply(highlight);
    },
    () => {
      // Without colours the code is all there.
    },
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
