// Text of agents as the panel shows it: honest, plain, and never a surprise.
import { describe, expect, it } from 'vitest';
import { EntryHeights, entriesWithin } from '../../../src/webview/entryHeights.ts';
import { terminalRuns } from '../../../src/webview/terminalRuns.ts';
import { exact, exactLine, readable } from '../../../src/webview/visibleText.ts';
import { setWords, word } from '../../../src/webview/words.ts';

describe('readable', () => {
  it('shows what would reverse the text beside it', () => {
    expect(readable('a\u202Egpj.exe')).toBe('a⟨U+202E⟩gpj.exe');
    expect(readable('\u2067x\u2069')).toBe('⟨U+2067⟩x⟨U+2069⟩');
  });

  it('shows control characters as their pictures, and keeps tabs and line ends', () => {
    expect(readable('a\u0000\u0007b\tc\r\nd\re')).toBe('a␀␇b\tc\nd\ne');
    expect(readable('\u007f\u0085')).toBe('␡⟨U+0085⟩');
  });

  it('leaves other scripts and emoji alone', () => {
    const text = 'שלום العربية 한국어 👩‍👩‍👧 ⚠️ नमस्ते';
    expect(readable(text)).toBe(text);
    expect(exact(text)).toBe(text);
  });
});

describe('exact', () => {
  it('shows what takes no room', () => {
    expect(exact('rm\u200b -rf\u2060 /\u00ad')).toBe('rm⟨U+200B⟩ -rf⟨U+2060⟩ /⟨U+00AD⟩');
    expect(exact('a\u{E0041}b')).toBe('a⟨U+E0041⟩b');
  });

  it('stays on one line where it must', () => {
    expect(exactLine('ls\n  rm -rf ~\n')).toBe('ls ⏎ rm -rf ~ ⏎ ');
  });
});

/** What is read, whatever it looks like. */
function terminalText(output: string): string {
  return terminalRuns(output)
    .map(({ text }) => text)
    .join('');
}

describe('the output of a terminal', () => {
  it('leaves out colours, titles and links', () => {
    expect(terminalText('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007x')).toBe('red x');
    expect(terminalText('\u001b]8;;http://a\u001b\\text\u001b]8;;\u001b\\')).toBe('text');
  });

  it('ends overwritten lines as a terminal would', () => {
    expect(terminalText('10 %\r50 %\r100 %\nnext')).toBe('100 %\nnext');
    expect(terminalText('long line\rab')).toBe('abng line');
    expect(terminalText('ab\bc\r\n')).toBe('ac\n');
  });

  it('takes a megabyte of unfinished sequences in its stride', () => {
    expect(terminalText('\u001b]'.repeat(500_000)).length).toBeLessThan(1_000_000);
  });
});

describe('word', () => {
  it('is English until the host says otherwise, and filled in', () => {
    expect(word('showMoreOf', 5)).toBe('Show 5 more characters');
    setWords({ showMoreOf: 'Noch {0} Zeichen' });
    expect(word('showMoreOf', 5)).toBe('Noch 5 Zeichen');
    setWords({});
  });
});

describe('the looks of a terminal', () => {
  it('are colours of the palette, of the cube, and styles, until they are reset', () => {
    const output =
      '\u001b[1;31mred\u001b[22m thin\u001b[0m plain \u001b[38;5;208mcube\u001b[39m\u001b[48;2;1;2;3mback\u001b[m';
    expect(terminalRuns(output)).toEqual([
      { text: 'red', style: { bold: true, color: 1 } },
      { text: ' thin', style: { bold: false, dim: false, color: 1 } },
      { text: ' plain ', style: undefined },
      { text: 'cube', style: { color: 'rgb(255, 135, 0)' } },
      { text: 'back', style: { background: 'rgb(1, 2, 3)' } },
    ]);
  });

  it('go with the characters that later ones replace', () => {
    expect(terminalRuns('\u001b[31mabc\rX\u001b[0m')).toEqual([
      { text: 'Xbc', style: expect.objectContaining({ color: 1 }) as unknown },
    ]);
    expect(terminalRuns('10 %\u001b[2K\u001b[1Gdone\u001b[K')).toEqual([
      { text: 'done', style: undefined },
    ]);
  });
});

describe('heights of entries', () => {
  const entries = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

  it('are measured or guessed from what was measured', () => {
    const heights = new EntryHeights();
    expect(heights.measure('a', 100)).toBe(true);
    expect(heights.measure('a', 100.2)).toBe(false);
    expect(heights.measure('b', 50)).toBe(true);
    expect([...heights.tops(entries)]).toEqual([0, 100, 150, 225, 300]);
  });

  it('say which entries reach into a stretch', () => {
    const tops = new Float64Array([0, 100, 150, 225, 300]);
    expect(entriesWithin(tops, 110, 160)).toEqual({ start: 1, end: 3 });
    expect(entriesWithin(tops, -500, -400)).toEqual({ start: 0, end: 1 });
    expect(entriesWithin(tops, 900, 1000)).toEqual({ start: 3, end: 4 });
    expect(entriesWithin(new Float64Array([0]), 0, 10)).toEqual({ start: 0, end: 0 });
  });
});
