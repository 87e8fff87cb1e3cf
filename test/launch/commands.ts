// Runs other programs of the toolchain: npm as the surrounding npm would, and Node scripts of ours and of packages.
import { spawn, type SpawnOptions } from 'node:child_process';
import { root } from './paths.ts';

/** How a program ended: a number, or the name of the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** What may be set for a program besides its arguments. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets all output; without it the output goes where ours goes. */
  readonly hear?: (text: string) => void;
}

/** Runs npm and resolves with its ending. Within `npm run` it is the very npm that runs us, on the Node that runs us. */
export function runNpm(args: readonly string[], options: RunOptions = {}): Promise<Ending> {
  const npm = process.env['npm_execpath'];
  return npm !== undefined && /\.c?js$/.test(npm)
    ? run(process.execPath, [npm, ...args], options)
    : run('npm', args, options, process.platform === 'win32');
}

/** Runs a script with the Node that runs us and resolves with its ending. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ending> {
  return run(process.execPath, args, options);
}

function run(
  file: string,
  args: readonly string[],
  { cwd = root, env = {}, hear }: RunOptions,
  shell = false,
): Promise<Ending> {
  const settings: SpawnOptions = {
    cwd,
    env: { ...process.env, ...env },
    stdio: hear === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    shell,
  };
  const child = spawn(file, args, settings);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      hear?.(chunk.toString());
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'SIGKILL');
    });
  });
}
