// Text from agents and users made harmless for the one-line places of the editor that read meaning into characters.

/** Line breaks and control characters; also those that change the direction of writing, hide, or take room and show nothing. */
const unruly = /[\p{Cc}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]+/gu;

/** `text` on one line, without control and direction characters, at most `max` characters long. */
export function plainLine(text: string, max = 120): string {
  // A long text is cut before it is searched: an agent may send megabytes as a title.
  const line = text
    .slice(0, max * 4)
    .replace(unruly, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= max) return line;
  const cut = line.slice(0, max - 1);
  // Never half of a surrogate pair.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** For notifications, where `[text](command:…)` would become a link that runs a command. */
export function notificationText(text: string, max = 300): string {
  return plainLine(text, max).replaceAll('](', '] (');
}

/** For pick lists and the status bar, where `$(name)` would become an icon. */
export function withoutIcons(text: string, max = 120): string {
  return plainLine(text, max).replaceAll('$(', '\\$(');
}

/** For Markdown: every character that could mean something, or be part of an address, means itself. */
export function escapedMarkdown(text: string, max = 2000): string {
  return plainLine(text, max).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** A failure in one line: whose it is, what happened, what to do. */
export function failureLine(
  title: string | undefined,
  message: string,
  hint: string | undefined,
): string {
  const owner = title === undefined || message.startsWith(`${title}:`) ? '' : `${title}: `;
  const ended = hint === undefined || /[.!?…]$/.test(message) ? message : `${message}.`;
  return notificationText([`${owner}${ended}`, hint].filter(Boolean).join(' '), 500);
}
