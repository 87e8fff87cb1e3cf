// Text of agents made honest: nothing in it can reverse, hide or erase what stands beside it.

/** Characters that change the direction of what follows; legitimate text has other means. */
const direction = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Characters that take no room and join nothing: in a command or a path they can only mislead. */
const hidden = /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text to be read: direction overrides and control characters are shown as what they are. */
export function readable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(control, picture).replace(direction, named);
}

/** Text to be decided on (a command, a path, an address): everything invisible is shown as well. */
export function exact(text: string): string {
  return readable(text).replace(hidden, named);
}

/** {@link exact}, on one line. */
export function exactLine(text: string): string {
  return exact(text).replace(/\s*\n\s*/g, ' ⏎ ');
}

/** Control characters have pictures of their own in Unicode, for the first 32 and for delete. */
function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : named(character);
}

function named(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟨U+${code}⟩`;
}
