// The output of a command, live, at its end unless the reader has scrolled up.
import type { TerminalView as TerminalData } from '../../chatProtocol.ts';
import { make, setText } from '../dom.ts';
import { terminalText } from '../terminalText.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { CappedText } from './cappedText.ts';
import { copyButton } from './codeBlock.ts';
import type { PanelContext } from './context.ts';

/** How much output is shown at once. */
const limit = 20_000;

/** One command's output. */
export class TerminalOutputView {
  readonly element: HTMLElement;
  readonly #command = make('code', { class: 'terminal-command' });
  readonly #missing = make('p', { class: 'muted', text: word('startMissing'), hidden: true });
  readonly #scroller: HTMLElement;
  readonly #output: CappedText;
  readonly #exit = make('span', { class: 'terminal-exit' });
  #data: TerminalData | undefined;

  constructor(context: PanelContext) {
    this.#output = new CappedText(make('code'), limit, 'end');
    this.#scroller = make(
      'pre',
      { class: 'terminal-output', label: word('output'), attributes: { tabindex: '0' } },
      this.#output.element,
    );
    this.element = make(
      'div',
      { class: 'terminal', role: 'group', label: word('terminal') },
      make(
        'div',
        { class: 'terminal-bar' },
        this.#command,
        this.#exit,
        copyButton(() => terminalText(this.#data?.output ?? ''), context),
      ),
      this.#missing,
      this.#scroller,
    );
  }

  /** Shows what there is now; `running` tells how to read that no exit was reported. */
  update(data: TerminalData, running: boolean): void {
    setText(this.#exit, data.exit === undefined && !running ? '' : exitText(data.exit));
    if (data === this.#data) return;
    this.#data = data;
    const { command, output, truncated, exit } = data;
    setText(this.#command, command === undefined ? '' : exactLine(command));
    this.#missing.hidden = !truncated;
    const pre = this.#scroller;
    const following = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
    this.#output.update(terminalText(output));
    pre.hidden = output === '';
    if (following) pre.scrollTop = pre.scrollHeight;
    this.#exit.classList.toggle('failed', exit !== undefined && exit.exitCode !== 0);
  }
}

function exitText(exit: TerminalData['exit']): string {
  if (exit === undefined) return word('terminalRunning');
  if (exit.signal !== null) return word('terminalSignal', exit.signal);
  return exit.exitCode === null ? '' : word('terminalExit', exit.exitCode);
}
