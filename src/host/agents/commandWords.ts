// A command line as a person types it, taken apart into a program and its arguments. Pure.

/**
 * The words of a line: spaces part them, quotes keep them together, and outside Windows a backslash
 * keeps the character after it. `undefined` when a quote is not closed.
 */
export function commandWords(
  line: string,
  platform: NodeJS.Platform = process.platform,
): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i += 1) {
    const sign = line[i] ?? '';
    const next = line[i + 1];
    if (sign === '\\' && platform !== 'win32' && quote !== "'" && next !== undefined) {
      word = (word ?? '') + next;
      i += 1;
    } else if (quote !== undefined) {
      if (sign === quote) quote = undefined;
      else word = (word ?? '') + sign;
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + sign;
    }
  }
  if (quote !== undefined) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
