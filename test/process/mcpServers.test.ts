// MCP servers as a real agent gets them: started below it and ended with it, and their secrets in no log.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { McpServer } from '../../src/session/mcpServer.ts';
import { failure, isAlive, Lab, scripted } from './acpAgents.ts';

let lab: Lab;

beforeEach(() => {
  lab = new Lab();
});

afterEach(async () => {
  await lab[Symbol.asyncDispose]();
});

const fixture = join(import.meta.dirname, '../fixtures/agents/mcpServer.mjs');

const stdio = (name: string, env: Record<string, string> = {}): McpServer => ({
  transport: 'stdio',
  name,
  command: process.execPath,
  args: [fixture, name, ...Object.keys(env)],
  env,
});

interface Offer {
  readonly name: string;
  readonly pid: number;
  readonly tools: string;
}

it('end with the session that they were started for, and no other', async () => {
  const offersOf = async (
    server: McpServer,
  ): Promise<{ stop: () => Promise<unknown>; offer: Offer }> => {
    const { link, events } = lab.launch(scripted('--mcp'));
    await link.initialize();
    const { agentSessionId } = await link.newSession({ cwd: lab.folder, mcpServers: [server] });
    await link.prompt(agentSessionId, [{ type: 'text', text: 'mcp' }]);
    // The fixture's own words.
    const said = JSON.parse(events.text().replace('mcp: ', '')) as { offers: [Offer] };
    return { stop: () => link.stop({ force: false, graceMs: 2000 }), offer: said.offers[0] };
  };
  const first = await offersOf(stdio('first'));
  const second = await offersOf(stdio('second', { TOKEN_OF_IT: 'told-it' }));
  expect(first.offer).toMatchObject({ name: 'first', tools: 'first' });
  expect(second.offer.tools).toBe('second,TOKEN_OF_IT=told-it');
  expect([first, second].map(({ offer }) => isAlive(offer.pid))).toEqual([true, true]);
  await first.stop();
  expect([first, second].map(({ offer }) => isAlive(offer.pid))).toEqual([false, true]);
  await second.stop();
  expect(isAlive(second.offer.pid)).toBe(false);
});

it('reach the agent in the form of the protocol, and the log without their secrets', async () => {
  const lines: string[] = [];
  lab.with({ wireLog: () => (_direction, line) => void lines.push(line) });
  const { link, events } = lab.launch(scripted('--mcp-caps', 'http'));
  expect((await link.initialize()).mcp).toEqual({ http: true, sse: false });
  const remote: McpServer = {
    transport: 'http',
    name: 'remote',
    url: 'http://127.0.0.1:9/mcp',
    headers: { Authorization: 'Bearer "hush-hush"' },
  };
  const opened = await link.newSession({
    cwd: lab.folder,
    mcpServers: [stdio('one', { A_TOKEN: 'very-secret' }), remote],
  });
  await link.prompt(opened.agentSessionId, [{ type: 'text', text: 'mcp' }]);
  expect(JSON.parse(events.text().replace('mcp: ', ''))).toMatchObject({
    servers: [
      { name: 'one', command: process.execPath, env: [{ name: 'A_TOKEN', value: 'very-secret' }] },
      {
        type: 'http',
        name: 'remote',
        url: 'http://127.0.0.1:9/mcp',
        headers: [{ name: 'Authorization', value: 'Bearer "hush-hush"' }],
      },
    ],
  });
  const log = lines.join('');
  expect(log).toContain('session/new');
  expect(log).not.toContain('very-secret');
  expect(log).not.toContain('hush-hush');
});

it('keys are in the environment of their agent alone, and in no log', async () => {
  const lines: string[] = [];
  lab.with({ wireLog: () => (_direction, line) => void lines.push(line) });
  const events = [{ LAB_KEY: 'key-of-one' }, {}].map(async (keys) => {
    const { link, events: heard } = lab.launch(scripted(), { keys });
    await link.initialize();
    const { agentSessionId } = await link.newSession({ cwd: lab.folder });
    await link.prompt(agentSessionId, [{ type: 'text', text: 'env LAB_KEY' }]);
    return heard.text();
  });
  expect(await Promise.all(events)).toEqual(['LAB_KEY=key-of-one', 'LAB_KEY=']);
  expect(lines.join('')).toContain('LAB_KEY=***');
  expect(lines.join('')).not.toContain('key-of-one');
  expect(lab.logger.lines.join('')).not.toContain('key-of-one');
});

it('keys that an agent quotes are in no error and in nothing that is kept of its last words', async () => {
  const { link } = lab.launch(scripted(), { keys: { LAB_KEY: 'key-of-one' } });
  await link.initialize();
  const { agentSessionId } = await link.newSession({ cwd: lab.folder });
  const ask = (text: string): Promise<unknown> =>
    link.prompt(agentSessionId, [{ type: 'text', text }]);
  await ask('stderr refused: key-of-one');
  const error = await failure(ask('fail -32603 the key key-of-one is not valid'));
  expect(error.message).toContain('the key *** is not valid');
  await failure(ask('crash'));
  expect((await link.ended).stderrTail).toContain('refused: ***');
  expect(link.stderrTail()).not.toContain('key-of-one');
});
