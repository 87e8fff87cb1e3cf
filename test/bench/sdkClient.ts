// The bare client that Roost is compared with: the SDK's own, with a handler for everything that an agent can ask.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { client, methods, ndJsonStream } from '@agentclientprotocol/sdk/unstable';

/** A client of one kind, connected to an agent that is ready for a prompt. */
export interface Ready {
  prompt(text: string): Promise<unknown>;
  end(): Promise<void>;
}

/** Starts an agent and opens a conversation; tells of each text chunk. */
export type Open = (onChunk: () => void) => Promise<Ready>;

/** The agent that all clients start. */
export const agent = join(import.meta.dirname, '../fixtures/agents/scripted.mjs');

/** The folder that all conversations are in. */
export const cwd = tmpdir();

/** A prompt of one text. */
export const blocks = (text: string): { type: 'text'; text: string }[] => [{ type: 'text', text }];

/** The SDK's client. */
export const sdk: Open = async (onChunk) => {
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
