// Runs one program to its end for what it does or prints, with a deadline and a cancel, and leaves nothing of it behind.
import type { Readable } from 'node:stream';
import type { Clock } from '../session/clock.ts';
import type { ProgramEnd, ProgramRequest } from '../session/programs.ts';
import { OutputTail } from './outputTail.ts';
import type { ProcessHost } from './processHost.ts';

/** Bytes of output kept for an error message. */
const tailLimit = 4096;

/** Characters of one line that are passed on. */
const lineLimit = 4096;

/** Runs a program. Never rejects; when it resolves, nothing of the program is alive. */
export async function runProgram(
  processHost: ProcessHost,
  clock: Clock,
  request: ProgramRequest,
): Promise<ProgramEnd> {
  const { label, command, args, cwd, env, onLine, signal, deadlineMs } = request;
  const run = processHost.spawn({
    sessionId: label,
    command,
    args,
    cwd,
    ...(env === undefined ? {} : { env }),
    stdin: 'closed',
    stderr: 'pipe',
  });
  const tail = new OutputTail(tailLimit);
  let why: 'cancelled' | 'late' | undefined;
  const end = (because: 'cancelled' | 'late'): void => {
    why ??= because;
    // What cannot even be ended by force is the log's matter; the run's own end is waited for below.
    processHost.stop(run, { force: true, graceMs: 0 }).catch(() => undefined);
  };
  const timer = clock.after(deadlineMs, () => {
    end('late');
  });
  const onAbort = (): void => {
    end('cancelled');
  };
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted === true) onAbort();
  try {
    void run.started.then((child) => {
      for (const stream of [child?.stdout, child?.stderr]) {
        if (stream !== undefined) readLines(stream, tail, onLine);
      }
    });
    const { exitCode, signal: endedBy, spawnError } = await run.gone;
    if (why !== undefined) return { kind: why };
    return spawnError === undefined
      ? { kind: 'ended', exitCode, signal: endedBy, tail: tail.text() }
      : { kind: 'notStarted', ...spawnError };
  } finally {
    timer.dispose();
    signal?.removeEventListener('abort', onAbort);
  }
}

function readLines(
  stream: Readable,
  tail: OutputTail,
  onLine: ((line: string) => void) | undefined,
): void {
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    if (onLine === undefined) return;
    const lines = (rest + chunk.toString('utf8')).split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(0, lineLimit);
    for (const line of lines) onLine(line.slice(0, lineLimit));
  });
  stream.on('end', () => {
    if (rest !== '') onLine?.(rest);
  });
}
