// Linux: a launch prefix that puts an agent into a pid namespace of its own, where the system allows it.
import { execFile } from 'node:child_process';

/** How long the probe may take. */
const probeMs = 3000;

/**
 * The kernel ends everything in the namespace when its first process ends, and ends that one with the
 * host: nothing can escape. The price: the agent sees no other processes of the user, and cannot use sudo.
 */
function prefixes(): readonly (readonly string[])[] {
  const death = ['setpriv', '--pdeathsig', 'KILL', 'unshare'];
  const space = ['--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--'];
  const own = [...death, ...space];
  const mapped = [...death, '--user', '--map-current-user', ...space];
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
  for (const prefix of prefixes()) {
    if (await works([...prefix, 'true'])) return prefix;
  }
  return undefined;
}

function works([file = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: probeMs, killSignal: 'SIGKILL' }, (error) => {
      resolve(error === null);
    });
  });
}
