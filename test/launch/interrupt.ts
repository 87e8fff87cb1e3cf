// What Ctrl-C does to a run of several parts: the running part ends as it does, and no other begins.
import { descendantsOf, signal } from './processes.ts';

/** Whether somebody has asked this program to stop since {@link watchInterrupts} was called. */
export function interrupted(): boolean {
  return asked;
}

let asked = false;

/**
 * From now on a request to stop does not end this program at once. Ctrl-C reaches the programs that it runs by itself; a polite
 * kill and a closed terminal are passed on to them.
 */
export function watchInterrupts(): void {
  process.on('SIGINT', () => {
    asked = true;
  });
  for (const name of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      asked = true;
      for (const one of descendantsOf(process.pid)) {
        signal(one.pid, 'SIGTERM');
      }
    });
  }
}
