// The Workspace agent as a real process: handshake, ordinary text, modes of ending.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { methods } from '@agentclientprotocol/sdk';
import { describe, expect, it } from 'vitest';
import { everything } from '../../agents/sdkPeer.ts';
import { codeOf, useWorkspaceAgent } from './fixture.ts';

const agent = useWorkspaceAgent();

describe('handshake', () => {
  it('says who it is and what it can', async () => {
    const answer = await agent.start().initialize();
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(answer).toMatchObject({
      protocolVersion: 1,
      agentInfo: { name: 'roost-workspace', title: 'Workspace', version },
      agentCapabilities: {
        loadSession: true,
        sessionCapabilities: { list: {}, resume: {}, close: {}, delete: {} },
      },
    });
  });

  it('offers its commands with hints after the session is known', async () => {
    const { peer, sessionId } = await agent.open();
    await peer.until(() => peer.updates.length > 0);
    const [update] = peer.of(sessionId);
    if (update?.sessionUpdate !== 'available_commands_update') throw new Error('no commands');
    const hints = update.availableCommands.map(({ name, input }) => [name, input?.hint ?? '']);
    expect(Object.fromEntries(hints)).toMatchObject({
      find: 'text to look for',
      run: 'command line',
      help: '',
    });
    expect(hints.map(([name]) => name)).toEqual([
      ...['find', 'files', 'read', 'write', 'replace', 'run', 'plan', 'ask', 'help'],
    ]);
  });

  it('refuses a relative folder and unknown sessions', async () => {
    const { peer } = await agent.open();
    expect(await codeOf(peer.newSession('here'))).toBe(-32602);
    expect(await codeOf(peer.prompt('nobody', '/help'))).toBe(-32002);
    const load = { sessionId: '../../x', cwd: agent.folder, mcpServers: [] };
    expect(await codeOf(peer.connection.agent.request(methods.agent.session.load, load))).toBe(
      -32002,
    );
  });
});

describe('text', () => {
  it('answers ordinary text with what it can do', async () => {
    const { peer, sessionId } = await agent.open();
    const { stopReason, text } = await peer.prompt(sessionId, 'please fix the bug');
    expect(stopReason).toBe('end_turn');
    expect(text).toContain('no language model');
    expect(text).toContain('`/find text to look for`');
  });

  it('names the session after its first prompt only', async () => {
    const { peer, sessionId } = await agent.open();
    await peer.prompt(sessionId, `hello\nthere ${'x'.repeat(200)}`);
    await peer.prompt(sessionId, 'again');
    const titles = peer
      .of(sessionId)
      .flatMap((update) => (update.sessionUpdate === 'session_info_update' ? [update.title] : []));
    expect(titles).toHaveLength(1);
    expect(titles[0]).toMatch(/^hello there x+…$/u);
  });

  it('tells an unknown command and goes on', async () => {
    const { peer, sessionId } = await agent.open();
    expect((await peer.prompt(sessionId, '/nonsense 1')).text).toContain('no command `/nonsense`');
    expect((await peer.prompt(sessionId, '/help')).text).toContain('`/files');
  });

  it('refuses a second prompt while one runs', async () => {
    let answer: (optionId: string) => void = () => undefined;
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => new Promise((resolve) => (answer = resolve)),
    });
    const first = peer.prompt(sessionId, '/write a.txt\nhello');
    await peer.until(() => peer.permissions.length > 0);
    expect(await codeOf(peer.prompt(sessionId, '/help'))).toBe(-32600);
    answer('allow');
    expect((await first).stopReason).toBe('end_turn');
    expect(await agent.on('a.txt')).toBe('hello\n');
  });
});

describe('the process', () => {
  it('ends when its input ends, after answering what it was asked', async () => {
    const request = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: 1 } };
    const child = spawn(process.execPath, [agent.bundle], {
      env: { ...process.env, ROOST_WORKSPACE_AGENT_HOME: agent.home },
    });
    child.stdin.end(`${JSON.stringify(request)}\n`);
    const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    expect(JSON.parse(stdout)).toMatchObject({ id: 0, result: { protocolVersion: 1 } });
    expect(stderr).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends at once on %s', async (signal) => {
    const { peer } = await agent.open();
    peer.child.kill(signal);
    expect(await peer.exited).toEqual({ code: 0, signal: null });
  });

  it('ends when the client has died in the midst of a stream', async () => {
    await agent.put({ 'a.txt': 'needle\n'.repeat(400) });
    const { peer, sessionId } = await agent.open();
    void peer.prompt(sessionId, '/find needle').catch(() => undefined);
    peer.child.stdout?.destroy();
    peer.child.stdin?.destroy();
    const [code] = (await once(peer.child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  it('lets one session work while another waits', async () => {
    await agent.put({ 'a.txt': 'needle' });
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => new Promise(() => undefined),
    });
    void peer.prompt(sessionId, '/write b.txt\nx').catch(() => undefined);
    await peer.until(() => peer.permissions.length > 0);
    const other = await peer.newSession(agent.folder);
    expect((await peer.prompt(other.sessionId, '/find needle')).text).toContain('1 match');
  });
});
