// Windows: the system's own tool that ends processes, called by number, without a shell and without reading what it prints.
import { execFile } from 'node:child_process';
import { windowsTool } from './windowsTable.ts';

/**
 * Ends processes at once, with everything below them where `withTree` says so. Resolves when the tool
 * has ended, at the latest after some seconds; what came of it is told by a look at the processes: the
 * tool's own word is the same for one that was gone before and one that it may not end. Never rejects.
 */
export type EndByNumber = (pids: readonly number[], withTree: boolean) => Promise<void>;

/** A tool that hangs is given up after this. */
const deadlineMs = 10_000;

/** A command line may have 32,767 characters; this many numbers are far from it. */
const pidsAtOnce = 200;

/** The tool as a function. `command`, its program and first arguments, is a seam for tests. */
export function taskkill(command: readonly string[] = [windowsTool('taskkill.exe')]): EndByNumber {
  const [file = '', ...first] = command;
  const call = (args: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      execFile(file, [...first, ...args], { timeout: deadlineMs, windowsHide: true }, () => {
        resolve();
      });
    });
  return async (pids, withTree) => {
    for (let at = 0; at < pids.length; at += pidsAtOnce) {
      const some = pids.slice(at, at + pidsAtOnce);
      const named = some.flatMap((pid) => ['/PID', String(pid)]);
      await call(['/F', ...(withTree ? ['/T'] : []), ...named]);
    }
  };
}
