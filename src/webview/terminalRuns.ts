// Output of a command as a terminal shows it: colours and styles kept, overwritten and erased text gone.
import { readable } from './visibleText.ts';

/** How a run of text looks. Colours are 0 to 15 of the theme's palette, or written as CSS has them. */
export interface RunStyle {
  readonly color?: number | string;
  readonly background?: number | string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly struck?: boolean;
  readonly inverse?: boolean;
}

/** Text of one look. */
export interface TerminalRun {
  readonly text: string;
  readonly style: RunStyle | undefined;
}

const sequence = new RegExp(
  [
    // CSI: parameters and the letter that says what it does
    '(?:\\x1b\\[|\\x9b)([0-?]*)[ -/]*([@-~])',
    // OSC, DCS and their like, up to their terminator: titles, links
    '\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\|$)',
    '\\x1b[ -/]*[0-~]?',
    '\\r\\n|[\\n\\r\\b]',
  ].join('|'),
  'g',
);

/** One line while it is written: characters that later ones can replace, each with its look. */
class Line {
  readonly #characters: string[] = [];
  readonly #styles: (RunStyle | undefined)[] = [];
  #at = 0;

  write(text: string, style: RunStyle | undefined): void {
    for (const character of text) {
      this.#characters[this.#at] = character;
      this.#styles[this.#at] = style;
      this.#at += 1;
    }
  }

  moveTo(column: number): void {
    this.#at = Math.max(0, Math.min(column, this.#characters.length));
  }

  back(): void {
    this.moveTo(this.#at - 1);
  }

  /** `0`: from the cursor on; `1`: up to it; `2`: all. */
  erase(what: string): void {
    if (what === '1') {
      this.#characters.fill(' ', 0, this.#at);
    } else {
      const from = what === '2' ? 0 : this.#at;
      this.#characters.length = Math.min(this.#characters.length, from);
      this.#styles.length = this.#characters.length;
      this.moveTo(this.#at);
    }
  }

  /** Adds the line to the runs; neighbours of one look become one. */
  addTo(runs: TerminalRun[], end: string): void {
    let text = '';
    let style: RunStyle | undefined;
    const push = (): void => {
      if (text !== '') runs.push({ text: readable(text), style });
      text = '';
    };
    this.#characters.forEach((character, index) => {
      if (this.#styles[index] !== style) push();
      style = this.#styles[index];
      text += character;
    });
    if (end !== '' && style !== undefined) push();
    if (end !== '' && text === '') style = undefined;
    text += end;
    push();
  }
}

/** What a terminal would show of this output. */
export function terminalRuns(output: string): TerminalRun[] {
  const runs: TerminalRun[] = [];
  let line = new Line();
  let style: RunStyle | undefined;
  let at = 0;
  for (const match of output.matchAll(sequence)) {
    line.write(output.slice(at, match.index), style);
    at = match.index + match[0].length;
    const [whole, parameters = '', letter] = match;
    if (whole === '\n' || whole === '\r\n') {
      line.addTo(runs, '\n');
      line = new Line();
    } else if (whole === '\r') line.moveTo(0);
    else if (whole === '\b') line.back();
    else if (letter === 'm') style = restyled(style, parameters);
    else if (letter === 'K') line.erase(parameters);
    else if (letter === 'G') line.moveTo(Number(parameters === '' ? 1 : parameters) - 1);
  }
  line.write(output.slice(at), style);
  line.addTo(runs, '');
  return runs;
}

const flags: Readonly<Record<number, Partial<RunStyle>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { struck: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { struck: false },
};

/** The look after a sequence of graphic parameters; the same object when nothing has changed. */
function restyled(before: RunStyle | undefined, parameters: string): RunStyle | undefined {
  const codes = parameters.split(/[;:]/).map(Number);
  let style: { -readonly [Key in keyof RunStyle]: RunStyle[Key] } = { ...before };
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 0) style = {};
    else if (flags[code] !== undefined) Object.assign(style, flags[code]);
    else if (code === 39) delete style.color;
    else if (code === 49) delete style.background;
    else if (code === 38 || code === 48) {
      const [color, used] = extended(codes.slice(index + 1));
      index += used;
      if (color !== undefined) style[code === 38 ? 'color' : 'background'] = color;
    } else if (code >= 30 && code <= 37) style.color = code - 30;
    else if (code >= 90 && code <= 97) style.color = code - 90 + 8;
    else if (code >= 40 && code <= 47) style.background = code - 40;
    else if (code >= 100 && code <= 107) style.background = code - 100 + 8;
  }
  const looks = Object.values(style).some((value) => value !== false);
  return looks ? style : undefined;
}

/** A colour of 256 or of 16 million, and how many parameters it takes. */
function extended(rest: readonly number[]): readonly [number | string | undefined, number] {
  const [kind, first = 0, second = 0, third = 0] = rest;
  if (kind === 5) return [paletteColor(first), 2];
  if (kind === 2) return [`rgb(${first}, ${second}, ${third})`, 4];
  return [undefined, rest.length];
}

/** The colour with this number: the theme's own, a cube of six steps a side, or a grey. */
function paletteColor(index: number): number | string {
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  const red = step(Math.floor(cube / 36));
  return `rgb(${red}, ${step(Math.floor(cube / 6) % 6)}, ${step(cube % 6)})`;
}
