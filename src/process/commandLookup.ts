// From a command as a user writes it to a file that can be executed, or the reason why there is none.
import { accessSync, constants, statSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Program, SpawnError } from './childSpec.ts';
import type { Environment } from './environment.ts';
import { batchLaunch } from './windowsCommand.ts';

/** Where a command is looked up. */
export interface LookupContext {
  readonly env: Environment;
  /** Folder that relative paths start from, absolute. */
  readonly cwd: string;
  readonly platform?: NodeJS.Platform;
}

/**
 * The program a command means: a path (absolute, from `cwd`, or `~/`) or a name in PATH. The reasons
 * are told apart because a system call would say ENOENT for most of them: `ENOENT`, `EACCES`, `EISDIR`.
 */
export async function resolveCommand(
  command: string,
  args: readonly string[],
  where: LookupContext,
): Promise<Program | SpawnError> {
  const { platform = process.platform } = where;
  let best: SpawnError = { code: 'ENOENT', message: `${command}: command not found` };
  const paths = candidates(command, where);
  for (const path of paths) {
    const there = paths.length === 1 ? lookNow(path) : await look(path);
    const verdict = judge(there, platform);
    if (verdict === undefined) {
      return platform === 'win32' && /\.(?:cmd|bat)$/i.test(path)
        ? batchLaunch(path, args, where.env)
        : { file: path, args, verbatimArguments: false };
    }
    // A later folder of the PATH may hold a better one; else this says more than "not found".
    if (verdict !== 'ENOENT' && best.code === 'ENOENT') {
      best = { code: verdict, message: `${path}: ${reasons[verdict]}` };
    }
  }
  return best;
}

/** Whether a process can be started in a folder. */
export function checkFolder(cwd: string): SpawnError | undefined {
  const there = lookNow(cwd);
  switch (there) {
    case 'ENOENT':
      return { code: 'ENOCWD', message: `${cwd} does not exist` };
    case 'EACCES':
      return { code: 'ENOCWD', message: `${cwd} may not be entered` };
    default:
      if (!there.isFolder) return { code: 'ENOTDIR', message: `${cwd} is not a folder` };
      if (there.executable) return undefined;
      return { code: 'ENOCWD', message: `${cwd} may not be entered` };
  }
}

/** What a path leads to; why it cannot be said. */
type There = { readonly isFolder: boolean; readonly executable: boolean } | 'EACCES' | 'ENOENT';

/** For one of many paths, of which some may be on a slow disk; both questions are asked at once. */
async function look(path: string): Promise<There> {
  const executable = access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  try {
    const facts = await stat(path);
    return { isFolder: facts.isDirectory(), executable: await executable };
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

/**
 * For the one path that is about to be executed or entered: `spawn` goes there, too, before it returns, so a
 * disk that keeps this waiting keeps that waiting; and a few microseconds are less than a trip to the thread pool.
 */
function lookNow(path: string): There {
  try {
    const isFolder = statSync(path).isDirectory();
    return { isFolder, executable: isExecutable(path) };
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const reasons = { EACCES: 'not executable', EISDIR: 'is a folder' } as const;

function judge(
  there: There,
  platform: NodeJS.Platform,
): 'ENOENT' | 'EACCES' | 'EISDIR' | undefined {
  if (typeof there === 'string') return there;
  if (there.isFolder) return 'EISDIR';
  return there.executable || platform === 'win32' ? undefined : 'EACCES';
}

function reasonOf(thrown: unknown): 'EACCES' | 'ENOENT' {
  return codeOf(thrown) === 'EACCES' ? 'EACCES' : 'ENOENT';
}

function candidates(command: string, where: LookupContext): readonly string[] {
  const { env, cwd, platform = process.platform } = where;
  const windows = platform === 'win32';
  const extensions = windows ? windowsExtensions(command, env) : [''];
  const spread = (path: string): readonly string[] => extensions.map((ext) => path + ext);
  if (/^~[/\\]/.test(command)) return spread(join(env['HOME'] ?? homedir(), command.slice(2)));
  if (isAbsolute(command)) return spread(command);
  if (command.includes('/') || (windows && command.includes('\\'))) {
    return spread(resolve(cwd, command));
  }
  if (command === '') return [];
  const path = Object.entries(env).find(([name]) =>
    windows ? name.toUpperCase() === 'PATH' : name === 'PATH',
  );
  // An empty entry means the current folder, which nobody wants to run things from by accident.
  const folders = (path?.[1] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => spread(resolve(cwd, folder, command)));
}

/** What Windows tries after a name without an extension. */
function windowsExtensions(command: string, env: Environment): readonly string[] {
  const known = (env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((ext) => ext !== '');
  const has = known.some((ext) => command.toUpperCase().endsWith(ext.toUpperCase()));
  return has ? [''] : known;
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
