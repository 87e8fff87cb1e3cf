// Titles of sessions, cut from what was said first.

const longest = 60;

/** The first line of a prompt as a title, at most 60 characters, cut at a word. `undefined` when there is no text. */
export function titleFromPrompt(text: string): string | undefined {
  const line = text
    .split('\n')
    .map((one) => one.replace(/\p{Cc}+/gu, ' ').trim())
    .find((one) => one !== '');
  if (line === undefined) return undefined;
  if (line.length <= longest) return line;
  const cut = line.slice(0, longest - 1);
  const atWord = cut.lastIndexOf(' ') > longest / 2 ? cut.slice(0, cut.lastIndexOf(' ')) : cut;
  // A cut through a surrogate pair would leave half a character behind.
  return `${atWord.trimEnd().replace(/[\uD800-\uDBFF]$/, '')}…`;
}
