// The guard: a small process beside the extension host that ends everything the host has started when the host dies.
import type { GuardRequest, ToGuard, FromGuard } from './guardProtocol.ts';
import { LineReader, parseToGuard, toLine } from './guardProtocol.ts';
import { processSystem } from './processSystem.ts';
import type { ProcessRef } from './processTable.ts';
import { emptyTarget, type TreeTarget } from './processTree.ts';
import { sharedReader } from './sharedReader.ts';
import { systemClock } from './systemClock.ts';

/** Attempts to empty the system of a dead host's processes, each of some seconds, before giving up. */
const lastAttempts = 6;

/**
 * A child that the host was starting as it died is not told from the host until it has become its own
 * program, some milliseconds later: looked for again after these pauses.
 */
const afterlookPausesMs = [50, 300];

/** How long what asks for a polite end has for it. */
const politeMs = 1500;

type Begin = Extract<ToGuard, { type: 'begin' }>;

const groups = new Map<string, Begin>();
let host: Extract<ToGuard, { type: 'host' }> | undefined;
let ending = false;

const system = processSystem();
const keeper = system.keeper({ clock: systemClock(), reader: sharedReader(system.reader) });

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
process.stdin.on('end', () => {
  finish(afterlookPausesMs);
});
process.stdin.on('error', () => {
  finish(afterlookPausesMs);
});
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
      groups.set(message.runId, message);
      break;
    case 'gone':
      groups.delete(message.runId);
      break;
    case 'ask':
      void answer(message);
      break;
    case 'bye':
      finish([]);
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

function finish(pausesMs: readonly number[]): void {
  if (ending) return;
  ending = true;
  void endEverything(pausesMs).finally(() => process.exit(0));
}

async function endEverything(pausesMs: readonly number[]): Promise<void> {
  if (host === undefined) return;
  const begun = [...groups.values()];
  const groupsOf = (polite: boolean): readonly ProcessRef[] =>
    begun.filter((one) => one.polite === polite).map(({ group }) => group);
  const { since } = host;
  // Agents first, and at once: whatever is polite may take its time.
  const agents = { ...emptyTarget, markers: [host.entry], groups: groupsOf(false), since };
  await empty(agents, 0);
  for (const ms of pausesMs) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await empty(agents, 0);
  }
  const polite = groupsOf(true);
  if (polite.length > 0) await empty({ ...emptyTarget, groups: polite, since }, politeMs);
}

async function empty(target: TreeTarget, firstPoliteMs: number): Promise<void> {
  for (let attempt = 0; attempt < lastAttempts; attempt += 1) {
    try {
      const { left } = await keeper.reap(target, attempt === 0 ? firstPoliteMs : 0);
      if (left.length === 0) return;
    } catch {
      // The table could not be read this time; nobody is left to be told.
    }
  }
}
