// The check after every run: nothing that it started may still be alive.
import type { RunMark } from './paths.ts';
import { describeProcess, markedProcesses, signal, waitForEnd } from './processes.ts';

/** Time for what is already ending to end. */
const graceMs = 5000;

/** Names every process of the run that outlived it, and ends those, so that one failure does not become the next one's. */
export async function endLeftovers(mark: RunMark): Promise<string[]> {
  const alive = await waitForEnd(markedProcesses(mark.id), graceMs);
  for (const one of alive) {
    signal(one.pid, 'SIGKILL');
  }
  await waitForEnd(alive, graceMs);
  return alive.map((one) => `A process outlived the run: ${describeProcess(one)}`);
}
