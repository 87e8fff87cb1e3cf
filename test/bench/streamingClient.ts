// One measurement of one client in a process of its own: `node streamingClient.ts KIND LINES_PER_WRITE COUNT`; prints a line of JSON.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { AcpAgentLauncher } from '../../src/acp/agentLauncher.ts';
import { ProcessHost } from '../../src/process/processHost.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import type { Logger } from '../../src/session/ports.ts';
import { agent, blocks, cwd, sdk, type Open } from './sdkClient.ts';

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: console.error,
};

/** Everything the extension does between an agent's process and the session. */
function roost(): { open: Open; warmUp(): Promise<void>; shutdown(): Promise<void> } {
  const clock = systemClock();
  const guardPath = join(import.meta.dirname, '../../src/process/guardMain.ts');
  const processHost = new ProcessHost({ clock, logger: silent, guardPath });
  const launcher = new AcpAgentLauncher({
    processHost,
    clock,
    logger: silent,
    files: {
      readTextFile: () => Promise.resolve(''),
      writeTextFile: () => Promise.resolve(),
    },
    roots: { folders: () => [cwd] },
    clientVersion: 'bench',
  });
  const definition = { id: 'b', name: 'B', command: process.execPath, args: [agent], env: {} };
  const open: Open = async (onChunk) => {
    const link = launcher.launch(
      { sessionId: 'bench', agent: definition, cwd },
      {
        onUpdate: (_, update) => {
          if (update.type === 'text') onChunk();
        },
        requestPermission: () => Promise.resolve(undefined),
        elicit: () => Promise.resolve({ action: 'cancel' }),
        onElicitationComplete: () => undefined,
        onTerminalsChanged: () => undefined,
        onErrorFlood: () => undefined,
        onMessage: () => undefined,
      },
    );
    await link.initialize();
    const { agentSessionId } = await link.newSession({ cwd });
    return {
      prompt: (text) => link.prompt(agentSessionId, blocks(text)),
      end: async () => {
        await link.stop({ force: true, graceMs: 0 });
      },
    };
  };
  return { open, warmUp: () => processHost.warmUp(), shutdown: () => processHost.shutdown() };
}

/** The least that a client can do: split lines, parse them, look at the kind. */
const plain: Open = async (onChunk) => {
  const child = spawn(process.execPath, [agent], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const waiting = new Map<number, (result: unknown) => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // A peer of our own: it sends what it is known to send.
      const message = JSON.parse(line) as { id?: number; method?: string; result?: unknown };
      if (message.method !== undefined) onChunk();
      else waiting.get(message.id ?? -1)?.(message.result);
    }
  });
  let id = 0;
  const request = (method: string, params: unknown): Promise<unknown> => {
    id += 1;
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await request('initialize', { protocolVersion: 1 });
  const opened = await request('session/new', { cwd, mcpServers: [] });
  const { sessionId } = opened as { sessionId: string };
  return {
    prompt: (text) => request('session/prompt', { sessionId, prompt: blocks(text) }),
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

/** Processor time of this thread so far: what another program takes from it does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Updates a second, and what they cost, over one turn of `count` chunks of 200 bytes. */
async function streaming(open: Open, linesPerWrite: string, count: number): Promise<object> {
  let chunks = 0;
  const ready = await open(() => {
    chunks += 1;
  });
  // Compiled before it counts.
  await ready.prompt(`flood 2000 200 ${linesPerWrite}`);
  chunks = 0;
  const rssBefore = process.memoryUsage.rss();
  let rss = rssBefore;
  let last = performance.now();
  let lastCpu = threadMs();
  let stallMs = 0;
  let busyMs = 0;
  let over = false;
  const turn = (): void => {
    const now = performance.now();
    const cpuNow = threadMs();
    stallMs = Math.max(stallMs, now - last);
    busyMs = Math.max(busyMs, cpuNow - lastCpu);
    last = now;
    lastCpu = cpuNow;
    if (!over) setImmediate(turn);
  };
  // Now and then: asking the system costs more than an update does.
  const sampling = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss());
  }, 25);
  setImmediate(turn);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await ready.prompt(`flood ${count} 200 ${linesPerWrite}`);
  const ms = performance.now() - start;
  const late = count - chunks;
  const { user, system } = process.cpuUsage(cpu);
  over = true;
  clearInterval(sampling);
  rss = Math.max(rss, process.memoryUsage.rss());
  await ready.prompt('');
  const lost = count - chunks;
  await ready.end();
  const perSecond = (count / ms) * 1000;
  const growthMb = (rss - rssBefore) / 1e6;
  return { perSecond, stallMs, busyMs, late, lost, growthMb, cpuUs: (user + system) / count };
}

const [kind = '', linesPerWrite = '', count = ''] = process.argv.slice(2);
const own = kind === 'roost' ? roost() : undefined;
// The extension does so when it is activated, long before the first session.
await own?.warmUp();
const open = own?.open ?? (kind === 'sdk' ? sdk : plain);
console.log(JSON.stringify(await streaming(open, linesPerWrite, Number(count))));
await own?.shutdown();
