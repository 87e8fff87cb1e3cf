// A stand-in for the extension host: owns agents through a ProcessHost, and dies in the way it is told to.
import { ProcessHost } from '../../../src/process/processHost.ts';
import { systemClock } from '../../../src/process/systemClock.ts';
import type { HostCommand, HostReply } from './hostProcess.ts';
import { recordingLogger, shapesSpec, untilSpeaks } from './shapes.ts';

const logger = recordingLogger();
const guardPath = process.argv[2] ?? '';
const host = new ProcessHost({
  logger,
  clock: systemClock(),
  guardPath,
  // What the test says, or as if started from a terminal: no login shell is asked.
  environment:
    process.argv[4] === undefined
      ? { ...process.env, VSCODE_CLI: '1' }
      : (JSON.parse(process.argv[4]) as NodeJS.ProcessEnv),
  pidNamespace: () => (process.argv[3] === 'auto' ? 'auto' : 'off'),
});

function reply(message: HostReply): void {
  process.send?.(message);
}

async function obey(command: HostCommand): Promise<void> {
  if (command.do === 'abort') process.abort();
  if (command.do === 'exit') process.exit(0);
  switch (command.do) {
    case 'spawn': {
      const runs = command.tags.map((tag) => host.spawn(shapesSpec(tag, command.shapes)));
      if (command.wait) await Promise.all(runs.map(untilSpeaks));
      reply({ did: 'spawn', pids: runs.map((run) => run.pid ?? 0) });
      break;
    }
    case 'describe':
      reply({ did: 'describe', facts: await host.describe() });
      break;
    case 'sweep':
      reply({ did: 'sweep', report: await host.sweep() });
      break;
    case 'shutdown':
      await host.shutdown({ graceMs: 100 });
      reply({ did: 'shutdown' });
      process.disconnect();
      break;
    case 'exhaust':
      exhaust();
      break;
    case 'throw':
      setImmediate(() => {
        throw new Error('as told');
      });
      break;
  }
}

/** Uses up the heap: the engine then ends the process on the spot. */
function exhaust(): void {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 1000 }, () => ({})));
}

process.on('message', (command: HostCommand) => {
  void obey(command);
});
// The test is gone: nothing may stay.
process.on('disconnect', () => {
  void host.shutdown({ graceMs: 0 });
});
