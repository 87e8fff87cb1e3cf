// How a command that an agent asks for is run: as a program with arguments, or as a line for a shell.

/** A program and its arguments, for a start without a shell in between. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Shells that understand what agents write; any other login shell is passed over for `sh`. */
const posixShells = /[\\/](ba|z|da|k|a)?sh$/;

/**
 * With arguments, the command is a program and is run as it is. Without, it is a command line as
 * several agents send it (`"npm test && ls"`), for the user's shell.
 */
export function programFor(
  command: string,
  args: readonly string[],
  where: { readonly platform: NodeJS.Platform; readonly shell: string | undefined },
): Program {
  if (args.length > 0) return { command, args };
  if (where.platform === 'win32') {
    return {
      command: 'powershell.exe',
      args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', command],
    };
  }
  const shell =
    where.shell !== undefined && posixShells.test(where.shell) ? where.shell : '/bin/sh';
  return { command: shell, args: ['-c', command] };
}
