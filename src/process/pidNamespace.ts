// Linux: a launch prefix that puts an agent into a pid namespace of its own, where the system allows it.
import { execFile } from 'node:child_process';
import { resolveCommand } from './commandLookup.ts';

/** How long the probe may take. */
const probeMs = 3000;

/**
 * The kernel ends everything in the namespace when its first process ends, and ends that one with the
 * host: nothing can escape. The price: the agent sees no other processes of the user, and cannot use sudo.
 */
function isolations(): readonly (readonly string[])[] {
  const own = ['--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--'];
  const mapped = ['--user', '--map-current-user', ...own];
  return process.getuid?.() === 0 ? [own, mapped] : [mapped];
}

/** Finds out, once, which prefix works. */
export class PidNamespace {
  #probed: Promise<readonly string[] | undefined> | undefined;

  /** The prefix for an argument vector; `undefined` when this system allows none. */
  prefix(): Promise<readonly string[] | undefined> {
    this.#probed ??= probe();
    return this.#probed;
  }
}

async function probe(): Promise<readonly string[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  const [setpriv, unshare] = await Promise.all(['setpriv', 'unshare'].map(find));
  if (setpriv === undefined || unshare === undefined) return undefined;
  for (const options of isolations()) {
    const prefix = [setpriv, '--pdeathsig', 'KILL', unshare, ...options];
    if (await works([...prefix, '/bin/sh', '-c', ':'])) return prefix;
  }
  return undefined;
}

/** The file of a system tool: the agent's own PATH must not decide which one is used. */
async function find(tool: string): Promise<string | undefined> {
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin' };
  const found = await resolveCommand(tool, [], { env, cwd: '/' });
  return 'code' in found ? undefined : found.file;
}

function works([file = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: probeMs, killSignal: 'SIGKILL' }, (error) => {
      resolve(error === null);
    });
  });
}
