// The output of a command, live, at its end unless the reader has scrolled up.
import type { TerminalView as TerminalData } from '../../chatProtocol/entries.ts';
import { button, make, setText } from '../dom.ts';
import { terminalRuns } from '../terminalRuns.ts';
import { exactLine } from '../visibleText.ts';
import { word } from '../words.ts';
import { copyButton } from './codeBlock.ts';
import type { PanelContext } from './context.ts';
import { TerminalLines } from './terminalLines.ts';

/** How much output is shown at once. */
const limit = 20_000;

/** One command's output. */
export class TerminalOutputView {
  readonly element: HTMLElement;
  readonly #command = make('code', { class: 'terminal-command' });
  readonly #missing = make('p', { class: 'muted', text: word('startMissing'), hidden: true });
  readonly #scroller: HTMLElement;
  readonly #output = new TerminalLines();
  readonly #more: HTMLButtonElement;
  #limit = limit;
  readonly #exit = make('span', { class: 'terminal-exit' });
  #data: TerminalData | undefined;

  constructor(context: PanelContext) {
    this.#more = button({
      class: 'link-button more',
      hidden: true,
      click: () => {
        this.#limit *= 2;
        this.#show(this.#data?.output ?? '');
      },
    });
    this.#scroller = make(
      'pre',
      { class: 'terminal-output', label: word('output'), attributes: { tabindex: '0' } },
      this.#more,
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
        copyButton(() => {
          const runs = terminalRuns(this.#data?.output ?? '');
          return runs.map(({ text }) => text).join('');
        }, context),
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
    this.#show(output);
    pre.hidden = output === '';
    if (following) pre.scrollTop = pre.scrollHeight;
    this.#exit.classList.toggle('failed', exit !== undefined && exit.exitCode !== 0);
  }

  /** The end of the output; where it is long, what is before stays out of the page until it is asked for. */
  #show(output: string): void {
    const rest = output.length - this.#limit;
    this.#more.hidden = rest <= 0;
    if (rest > 0) setText(this.#more, word('showMoreOf', rest));
    this.#output.update(terminalRuns(output.slice(-this.#limit)));
  }
}

function exitText(exit: TerminalData['exit']): string {
  if (exit === undefined) return word('terminalRunning');
  if (exit.signal !== null) return word('terminalSignal', exit.signal);
  return exit.exitCode === null ? '' : word('terminalExit', exit.exitCode);
}
