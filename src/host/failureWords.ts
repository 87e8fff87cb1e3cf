// The domain's sentences in the user's language: found by their English, blanks and all.
import { failureTexts } from './failureTexts.ts';
import type { Translate } from './translate.ts';

/** Longer texts are no sentence of ours, and not worth comparing with all of them. */
const longest = 2000;

/** How deep phrases of ours stand in blanks of others; an agent may send any number of them inside each other. */
const deepest = 2;

interface Known {
  readonly text: string;
  readonly pattern: RegExp;
}

let known: readonly Known[] | undefined;

/** A sentence of the domain in the user's language; what is an agent's own stays as the agent said it. */
export function inUserLanguage(text: string, translate: Translate, depth = 0): string {
  if (text.length > longest || depth > deepest) return text;
  known ??= failureTexts
    // Those that say more come first: the others would take a part of them for a name.
    .toSorted((a, b) => bare(b).length - bare(a).length)
    .map((one) => ({ text: one, pattern: patternOf(one) }));
  for (const { text: sentence, pattern } of known) {
    const found = pattern.exec(text);
    if (found === null) continue;
    // What stands in the blanks may be a phrase of ours, too, as "exit code 3" is.
    const blanks = found.slice(1).map((blank) => inUserLanguage(blank, translate, depth + 1));
    return translate(sentence, ...blanks);
  }
  return text;
}

function bare(sentence: string): string {
  return sentence.replace(/\{\d\}/g, '');
}

function patternOf(sentence: string): RegExp {
  const parts = sentence.split(/\{\d\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('([^]*?)')}$`, 'u');
}
