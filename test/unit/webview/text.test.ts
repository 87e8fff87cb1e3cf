// Text of agents as the panel shows it: honest, plain, and never a surprise.
import { describe, expect, it } from 'vitest';
import { terminalText } from '../../../src/webview/terminalText.ts';
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

describe('terminalText', () => {
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
