// Output of a command as plain text: colours and cursor movements left out, overwritten lines as they ended.
import { readable } from './visibleText.ts';

const sequences = new RegExp(
  [
    // CSI: colours, cursor movements
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]',
    // OSC, DCS and their like, up to their terminator: titles, links
    '\\x1b[\\]PX^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\|$)',
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** The text a terminal would show, roughly: without escape sequences, and with `\r` starting a line over. */
export function terminalText(output: string): string {
  const plain = output.replace(sequences, '').replaceAll('\r\n', '\n');
  if (!plain.includes('\r') && !plain.includes('\b')) return readable(plain);
  return readable(plain.split('\n').map(overwrite).join('\n'));
}

function overwrite(line: string): string {
  let shown = '';
  for (const part of line.split('\r')) {
    if (part !== '') shown = part + shown.slice(part.length);
  }
  return shown.includes('\b') ? erase(shown) : shown;
}

function erase(line: string): string {
  const kept: string[] = [];
  for (const character of line) {
    if (character === '\b') kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
