// The domain's sentences in the user's language: found by their English, blanks and all.
import { failureTexts } from './failureTexts.ts';
import type { Translate } from './translate.ts';

/** Longer texts are no sentence of ours, and not worth comparing with all of them. */
const longest = 2000;

/** How deep phrases of ours stand in blanks of others; an agent may send any number of them inside each other. */
const deepest = 2;

interface Known {
  readonly text: string;
  /** What stands before, between and behind its blanks. */
  readonly parts: readonly string[];
}

let known: readonly Known[] | undefined;

/** A sentence of the domain in the user's language; what is an agent's own stays as the agent said it. */
export function inUserLanguage(text: string, translate: Translate, depth = 0): string {
  if (text.length > longest || depth > deepest) return text;
  known ??= failureTexts
    // Those that say more come first: the others would take a part of them for a name.
    .toSorted((a, b) => bare(b).length - bare(a).length)
    .map((one) => ({ text: one, parts: one.split(/\{\d\}/) }));
  for (const { text: sentence, parts } of known) {
    const blanks = blanksIn(text, parts);
    if (blanks === undefined) continue;
    // What stands in the blanks may be a phrase of ours, too, as "exit code 3" is.
    const said = blanks.map((blank) => inUserLanguage(blank, translate, depth + 1));
    return translate(sentence, ...said);
  }
  return text;
}

function bare(sentence: string): string {
  return sentence.replace(/\{\d\}/g, '');
}

/**
 * What stands in the blanks of a sentence, if a text is that sentence. In one pass, where a regular expression
 * would try again and again: an agent can have written the text.
 */
function blanksIn(
  text: string,
  [first = '', ...between]: readonly string[],
): readonly string[] | undefined {
  const last = between.pop();
  if (last === undefined) return text === first ? [] : undefined;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return undefined;
  const blanks: string[] = [];
  let at = first.length;
  for (const part of between) {
    const next = text.indexOf(part, at);
    if (next === -1 || next + part.length > end) return undefined;
    blanks.push(text.slice(at, next));
    at = next + part.length;
  }
  return [...blanks, text.slice(at, end)];
}
