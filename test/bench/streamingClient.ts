// One measurement of one client in a process of its own: `node streamingClient.ts KIND LINES_PER_WRITE COUNT` or `KIND ready ROUNDS`; prints a line of JSON.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { client, methods, ndJsonStream } from '@agentclientprotocol/sdk/unstable';
import { AcpAgentLauncher } from '../../src/acp/agentLauncher.ts';
import { ProcessHost } from '../../src/process/processHost.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import type { Logger } from '../../src/session/ports.ts';

/** A client of one kind, connected to an agent that is ready for a prompt. */
interface Ready {
  prompt(text: string): Promise<unknown>;
  end(): Promise<void>;
}

/** Starts an agent and opens a conversation; tells of each text chunk. */
type Open = (onChunk: () => void) => Promise<Ready>;

const agent = join(import.meta.dirname, '../fixtures/agents/scripted.mjs');
const cwd = tmpdir();
const blocks = (text: string): { type: 'text'; text: string }[] => [{ type: 'text', text }];

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

/** The client of the SDK with a handler for everything that an agent can ask. */
const sdk: Open = async (onChunk) => {
  const child = spawn(process.execPath, [agent], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  const { fs, terminal, session, elicitation } = methods.client;
  const app = client({ name: 'bench' })
    .onNotification(session.update, ({ params }) => {
      if (params.update.sessionUpdate === 'agent_message_chunk') onChunk();
    })
    .onNotification(elicitation.complete, () => undefined)
    .onRequest(session.requestPermission, () => ({ outcome: { outcome: 'cancelled' as const } }))
    .onRequest(elicitation.create, () => ({ action: 'cancel' as const }))
    .onRequest(fs.readTextFile, () => ({ content: '' }))
    .onRequest(fs.writeTextFile, () => ({}))
    .onRequest(terminal.create, () => ({ terminalId: 't' }))
    .onRequest(terminal.output, () => ({ output: '', truncated: false }))
    .onRequest(terminal.waitForExit, () => ({}))
    .onRequest(terminal.kill, () => ({}))
    .onRequest(terminal.release, () => ({}));
  const stream = ndJsonStream(
    Writable.toWeb(child.stdin),
    // Node's own type of a web stream; the same class as the global one.
    Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
  );
  const { agent: peer } = app.connect(stream);
  await peer.request(methods.agent.initialize, { protocolVersion: 1, clientCapabilities: {} });
  const { sessionId } = await peer.request(methods.agent.session.new, { cwd, mcpServers: [] });
  return {
    prompt: (text) =>
      peer.request(methods.agent.session.prompt, { sessionId, prompt: blocks(text) }),
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
};

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
  let stallMs = 0;
  let over = false;
  const turn = (): void => {
    const now = performance.now();
    stallMs = Math.max(stallMs, now - last);
    last = now;
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
  return { perSecond, stallMs, late, lost, growthMb, cpuUs: (user + system) / count };
}

/** Milliseconds from nothing to ready for a prompt, once a round. */
async function createToReady(open: Open, rounds: number): Promise<object> {
  const readyMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const ready = await open(() => undefined);
    readyMs.push(performance.now() - start);
    await ready.end();
  }
  return { readyMs };
}

const [kind = '', mode = '', amount = ''] = process.argv.slice(2);
const own = kind === 'roost' ? roost() : undefined;
// The extension does so when it is activated, long before the first session.
await own?.warmUp();
const open = own?.open ?? (kind === 'sdk' ? sdk : plain);
const work =
  mode === 'ready' ? createToReady(open, Number(amount)) : streaming(open, mode, Number(amount));
console.log(JSON.stringify(await work));
await own?.shutdown();
