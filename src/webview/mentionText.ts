// Mentions in what is written: the `@` that is being typed, and what the text becomes when something is chosen.

/** What stands behind the `@` that the cursor is in; `undefined` when it is in none. */
export function mentionQuery(text: string, caret: number): string | undefined {
  const match = /(?:^|[\s(])@([^\s@]*)$/.exec(text.slice(0, caret));
  if (match === null || /^[^\s),.;:!?]/.test(text.slice(caret))) return undefined;
  return match[1];
}

/** The text with the mention completed to a name, and where the cursor goes. */
export function completeMention(
  text: string,
  caret: number,
  name: string,
): { readonly text: string; readonly caret: number } {
  const start = text.slice(0, caret).replace(/@[^\s@]*$/, `@${name} `);
  return { text: start + text.slice(caret).trimStart(), caret: start.length };
}
