// The lines of a command's output on screen: those that stay in view are the same elements, though the window over the output moves on.
import { make } from '../dom.ts';
import type { RunStyle, TerminalRun } from '../terminalRuns.ts';

/** How many lines must be where they are expected before it is believed that the window has moved so far. */
const sureOf = 8;

/** Shows lines in an element of its own. */
export class TerminalLines {
  readonly element = make('code');
  /** What each line on screen is made of. */
  #shown: readonly string[] = [];

  /** Shows these runs. */
  update(runs: readonly TerminalRun[]): void {
    const lines = linesOf(runs);
    const wanted = lines.map((line) => JSON.stringify(line));
    const before = this.#shown.slice(this.#dropAbove(wanted));
    this.#shown = wanted;
    // The first one is often cut at another place than before.
    const [first] = lines;
    const cut = first !== undefined && before.length > 0 && before[0] !== wanted[0];
    if (cut) this.element.firstChild?.replaceWith(lineNode(first));
    const at = before.findIndex((line, index) => line !== wanted[index] && !(cut && index === 0));
    const same = at === -1 ? before.length : at;
    while (this.element.childNodes.length > same) this.element.lastChild?.remove();
    this.element.append(...lines.slice(same).map(lineNode));
  }

  /** Takes away the lines that the window has left behind; how many. */
  #dropAbove(wanted: readonly string[]): number {
    const before = this.#shown;
    const sure = wanted.slice(1, 1 + sureOf);
    const moved = before.findIndex((_, index) =>
      sure.every((line, offset) => line === before[index + 1 + offset]),
    );
    const count = Math.max(0, moved);
    for (let dropped = 0; dropped < count; dropped += 1) this.element.firstChild?.remove();
    return count;
  }
}

/** Runs line by line: a line's end ends its last run. */
function linesOf(runs: readonly TerminalRun[]): TerminalRun[][] {
  const lines: TerminalRun[][] = [];
  let open: TerminalRun[] = [];
  for (const run of runs) {
    if (open.length === 0) lines.push(open);
    open.push(run);
    if (run.text.endsWith('\n')) open = [];
  }
  return lines;
}

/** A block of its own, so that the others need not be laid out again. */
function lineNode(line: readonly TerminalRun[]): HTMLElement {
  return make('span', { class: 'text-line' }, ...line.map(runNode));
}

/** A run of text in the colours of the editor's terminal. */
function runNode({ text, style }: TerminalRun): Node {
  if (style === undefined) return document.createTextNode(text);
  const { inverse = false, color, background } = style;
  const names = (['bold', 'dim', 'italic', 'underline', 'struck'] as const).filter(
    (name) => style[name] === true,
  );
  const element = make('span', { class: names.map((name) => `ansi-${name}`).join(' '), text });
  const ground = inverse ? (color ?? 'front') : background;
  if (ground !== undefined) {
    // As a tint behind the theme's own text colour, which is readable on it whatever the program chose.
    const tint = `color-mix(in srgb, ${cssColor(ground)} 35%, transparent)`;
    element.style.backgroundColor = tint;
  } else if (color !== undefined) {
    element.style.color = cssColor(color);
    element.classList.remove('ansi-dim');
  }
  return element;
}

const palette = ['Black', 'Red', 'Green', 'Yellow', 'Blue', 'Magenta', 'Cyan', 'White'];

function cssColor(color: NonNullable<RunStyle['color']>): string {
  if (color === 'front') return 'var(--vscode-terminal-foreground, var(--vscode-foreground))';
  if (typeof color === 'string') return color;
  const name = palette[color % 8] ?? 'White';
  const own = `var(--vscode-terminal-ansi${color >= 8 ? 'Bright' : ''}${name})`;
  return `color-mix(in srgb, ${own} var(--ansi-strength), var(--vscode-foreground))`;
}
