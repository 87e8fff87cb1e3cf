// Glob patterns as regular expressions over paths with forward slashes.

/**
 * The pattern as an anchored regular expression. Knows `**`, `*`, `?`, `[a-z]`, `[!a]`, `{a,b}` and
 * `\` for the next character itself; names that start with a dot are matched like any other.
 */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const rest = glob.slice(at);
    const startsSegment = at === 0 || glob[at - 1] === '/';
    const character = glob.charAt(at);
    const group = /^\[(!?)((?:\\.|[^\]\\/])+)\]/.exec(rest);
    if (startsSegment && rest.startsWith('**/')) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (rest.startsWith('**')) {
      source += '.*';
      at += 1;
    } else if (character === '*') {
      source += '[^/]*';
    } else if (character === '?') {
      source += '[^/]';
    } else if (group !== null) {
      const [whole, negated = '', members = ''] = group;
      source += `[${negated === '' ? '' : '^/'}${members.replaceAll(/\\-|\\?([^-])/gu, member)}]`;
      at += whole.length - 1;
    } else if (character === '{' && rest.includes('}')) {
      source += '(?:';
      braces += 1;
    } else if (character === '}' && braces > 0) {
      source += ')';
      braces -= 1;
    } else if (character === ',' && braces > 0) {
      source += '|';
    } else if (character === '\\' && at + 1 < glob.length) {
      at += 1;
      source += literal(glob.charAt(at));
    } else {
      source += literal(character);
    }
  }
  // Braces that were opened more often than closed are closed here, so that no input is an error.
  return compiled(`${source}${')'.repeat(braces)}`, glob);
}

/** A class with its bounds the wrong way round (`[z-a]`) is no valid expression: then the text is meant. */
function compiled(source: string, glob: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    return new RegExp(`^${literal(glob)}$`, 'u');
  }
}

/** One character of a class: a hyphen makes a range unless it is escaped, nothing else is special. */
function member(whole: string, character: string | undefined): string {
  if (character === undefined) return whole;
  return /[\\\]^[]/u.test(character) ? `\\${character}` : character;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
