// Windows: npm's `.cmd` shims can only be run by cmd.exe, whose quoting has two layers. Pure.
import type { Program } from './childSpec.ts';
import type { Environment } from './environment.ts';

/** How to start a batch file without a shell interpreting its arguments. */
export function batchLaunch(file: string, args: readonly string[], env: Environment): Program {
  const line = [escapeForCmd(`"${file}"`), ...args.map(escapeArgument)].join(' ');
  return {
    file: env['ComSpec'] ?? env['COMSPEC'] ?? 'cmd.exe',
    // /d no AutoRun, /s strip exactly the outer quotes, /c run and end.
    args: ['/d', '/s', '/c', `"${line}"`],
    verbatimArguments: true,
  };
}

/**
 * First as the C runtime reads it (quotes, and backslashes before quotes, are escaped), then every
 * character cmd.exe gives a meaning to; twice, because the shim passes `%*` through cmd once more.
 */
function escapeArgument(argument: string): string {
  const quoted = `"${argument.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\*)$/, '$1$1')}"`;
  return escapeForCmd(escapeForCmd(quoted));
}

function escapeForCmd(text: string): string {
  return text.replace(/[()%!^"<>&|;, *?`[\]]/g, '^$&');
}
