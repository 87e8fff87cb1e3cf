// The panel's words in the language that the host sent, English until then.
import { type PanelWord, panelWords } from '../chatProtocol/words.ts';

let translated: Readonly<Record<string, string>> = {};

/** Takes the words that the host sent. */
export function setWords(strings: Readonly<Record<string, string>>): void {
  translated = strings;
}

/** A word or sentence, with `{0}`, `{1}` … filled in. */
export function word(key: PanelWord, ...values: readonly (string | number)[]): string {
  const text = translated[key] ?? panelWords[key];
  return text.replace(/\{(\d)\}/g, (whole, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? whole : String(value);
  });
}
