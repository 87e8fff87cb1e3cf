// The guard: a small process beside the extension host that ends everything the host has started when the host dies.
import type { GuardRequest, ToGuard, FromGuard } from './guardProtocol.ts';
import { LineReader, parseToGuard, toLine } from './guardProtocol.ts';
import { processReader } from './processReader.ts';
import type { ProcessRef } from './processTable.ts';
import { emptyTarget } from './processTree.ts';
import { LocalKeeper } from './reap.ts';
import { sharedReader } from './sharedReader.ts';
import { systemClock } from './systemClock.ts';

/** Attempts to empty the system of a dead host's processes, each of some seconds, before giving up. */
const lastAttempts = 6;

const groups = new Map<string, ProcessRef>();
let host: Extract<ToGuard, { type: 'host' }> | undefined;
let ending = false;

const keeper = new LocalKeeper({ clock: systemClock(), reader: sharedReader(processReader()) });

// Whoever ends the host, also by signalling its whole group or closing its terminal, leaves the guard its work.
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const) {
  process.on(signal, () => undefined);
}
// Answers to a host that died have no reader.
process.stdout.on('error', () => undefined);

const lines = new LineReader();
process.stdin.setEncoding('utf8');
process.stdin.on('data', (piece: string) => {
  for (const raw of lines.push(piece)) {
    const message = parseToGuard(raw);
    if (message !== undefined) receive(message);
  }
});
// The other end of the pipe is held by the host alone, so its end is the host's, whatever the cause.
process.stdin.on('end', finish);
process.stdin.on('error', finish);
say({ type: 'ready' });

function say(message: FromGuard): void {
  process.stdout.write(toLine(message));
}

function receive(message: ToGuard): void {
  switch (message.type) {
    case 'host':
      host = message;
      break;
    case 'begin':
      groups.set(message.runId, message.group);
      break;
    case 'gone':
      groups.delete(message.runId);
      break;
    case 'ask':
      void answer(message);
      break;
    case 'bye':
      finish();
      break;
  }
}

async function answer(request: GuardRequest): Promise<void> {
  const { id, target } = request;
  try {
    switch (request.what) {
      case 'look':
        say({ type: 'answer', id, refs: await keeper.look(target) });
        break;
      case 'reap':
        say({ type: 'answer', id, reap: await keeper.reap(target, request.politeMs) });
        break;
      case 'use':
        say({ type: 'answer', id, use: await keeper.use(target) });
        break;
    }
  } catch (thrown) {
    say({ type: 'answer', id, failed: String(thrown) });
  }
}

function finish(): void {
  if (ending) return;
  ending = true;
  void endEverything().finally(() => process.exit(0));
}

async function endEverything(): Promise<void> {
  if (host === undefined) return;
  const target = {
    ...emptyTarget,
    markers: [host.entry],
    groups: [...groups.values()],
    since: host.since,
  };
  for (let attempt = 0; attempt < lastAttempts; attempt += 1) {
    try {
      const { left } = await keeper.reap(target, 0);
      if (left.length === 0) return;
    } catch {
      // The table could not be read this time; nobody is left to be told.
    }
  }
}
