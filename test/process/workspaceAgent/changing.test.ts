// The Workspace agent's commands that change things, each after asking: /write, /replace and /run.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { methods } from '@agentclientprotocol/sdk';
import { describe, expect, it } from 'vitest';
import { everything } from '../../agents/sdkPeer.ts';
import { calls, codeOf, useWorkspaceAgent } from './fixture.ts';

const agent = useWorkspaceAgent();

describe('/write', () => {
  it('shows the change, asks, and writes what was allowed', async () => {
    await agent.put({ 'a.txt': 'old\n' });
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    const { text, updates } = await peer.prompt(sessionId, '/write a.txt\nnew\ntext');
    expect(text).toContain('Wrote `a.txt`.');
    expect(await agent.on('a.txt')).toBe('new\ntext\n');
    expect(peer.permissions[0]?.options.map(({ kind }) => kind)).toEqual([
      'allow_once',
      'allow_always',
      'reject_once',
    ]);
    expect(peer.permissions[0]?.toolCall.content).toEqual([
      { type: 'diff', path: join(agent.folder, 'a.txt'), oldText: 'old\n', newText: 'new\ntext\n' },
    ]);
    expect(calls(updates)[0]).toMatchObject({ kind: 'edit', status: 'completed' });
    expect(peer.requests).toContain('fs/write_text_file');
  });

  it('creates a file in a folder that is not there, also without client files', async () => {
    const { peer, sessionId } = await agent.open({ permission: () => 'allow' });
    expect((await peer.prompt(sessionId, '/write deep/er/a.txt\nx')).text).toContain('Created');
    expect(await agent.on('deep/er/a.txt')).toBe('x\n');
    expect(calls(peer.of(sessionId))[0]?.content).toEqual([
      { type: 'diff', path: join(agent.folder, 'deep/er/a.txt'), oldText: null, newText: 'x\n' },
    ]);
  });

  it('leaves a file alone when refused, says so, and goes on', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'reject',
    });
    const { stopReason, text, updates } = await peer.prompt(sessionId, '/write a.txt\nx');
    expect(stopReason).toBe('end_turn');
    expect(text).toContain('you refused');
    expect(calls(updates)[0]?.status).toBe('failed');
    expect(await readdir(agent.folder)).toEqual([]);
    expect((await peer.prompt(sessionId, '/files')).text).toContain('0 files');
  });

  it('asks each time while edits are allowed once', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    await peer.prompt(sessionId, '/write a.txt\n1');
    await peer.prompt(sessionId, '/write a.txt\n2');
    expect(peer.permissions).toHaveLength(2);
  });

  it('asks no more once edits are allowed always, for this session alone', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'always',
    });
    await peer.prompt(sessionId, '/write a.txt\n1');
    await peer.prompt(sessionId, '/write a.txt\n2');
    expect(peer.permissions).toHaveLength(1);
    const other = await peer.newSession(agent.folder);
    await peer.prompt(other.sessionId, '/write a.txt\n3');
    expect(peer.permissions).toHaveLength(2);
  });

  it('ends as cancelled when the client closes the question', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => undefined,
    });
    expect((await peer.prompt(sessionId, '/write a.txt\nx')).stopReason).toBe('cancelled');
    expect(await readdir(agent.folder)).toEqual([]);
  });

  it('takes its question back when the turn is cancelled, and waits no longer', async () => {
    let withdrawn = false;
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (withdrawn = true));
        }),
    });
    const turn = peer.prompt(sessionId, '/write a.txt\nx');
    await peer.until(() => peer.permissions.length > 0);
    await peer.cancel(sessionId);
    const { stopReason, updates } = await turn;
    expect(stopReason).toBe('cancelled');
    expect(withdrawn).toBe(true);
    expect(calls(updates)[0]?.status).toBe('failed');
    expect(await readdir(agent.folder)).toEqual([]);
  });

  it('only looks in the mode for that', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    await peer.connection.agent.request(methods.agent.session.setMode, {
      sessionId,
      modeId: 'look',
    });
    expect(peer.of(sessionId).at(-1)).toEqual({
      sessionUpdate: 'current_mode_update',
      currentModeId: 'look',
    });
    expect((await peer.prompt(sessionId, '/write a.txt\nx')).text).toContain('may only look');
    expect((await peer.prompt(sessionId, '/run echo x')).text).toContain('may only look');
    expect(await readdir(agent.folder)).toEqual([]);
    const unknown = { sessionId, modeId: 'yolo' };
    expect(
      await codeOf(peer.connection.agent.request(methods.agent.session.setMode, unknown)),
    ).toBe(-32602);
  });
});

describe('/replace', () => {
  it('shows every change, asks once, and changes unsaved text where there is some', async () => {
    await agent.put({ 'a.ts': 'colour $& colour\n', 'src/b.ts': 'Colour\n', 'c.md': 'colour\n' });
    const unsaved = new Map([[join(agent.folder, 'a.ts'), 'unsaved colour\n']]);
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      unsaved,
      permission: () => 'allow',
    });
    const { text, updates } = await peer.prompt(sessionId, '/replace s/colour/co$&lor/i **/*.ts');
    expect(peer.permissions).toHaveLength(1);
    expect(calls(updates)[0]?.content?.map((one) => one.type === 'diff' && one.path)).toEqual([
      join(agent.folder, 'a.ts'),
      join(agent.folder, 'src/b.ts'),
    ]);
    expect(unsaved.get(join(agent.folder, 'a.ts'))).toBe('unsaved co$&lor\n');
    expect(await agent.on('src/b.ts')).toBe('co$&lor\n');
    expect(await agent.on('c.md')).toBe('colour\n');
    expect(text).toContain('Replaced 2 places in 2 files.');
  });

  it('changes nothing when refused or when the text is nowhere', async () => {
    await agent.put({ 'a.txt': 'x' });
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'reject',
    });
    expect((await peer.prompt(sessionId, '/replace s/x/y/')).text).toContain('you refused');
    expect(await agent.on('a.txt')).toBe('x');
    expect((await peer.prompt(sessionId, '/replace s/q/y/')).text).toContain('nowhere');
    expect(peer.permissions).toHaveLength(1);
    expect((await peer.prompt(sessionId, '/replace x y')).text).toContain('Write `/replace s/old');
  });

  it('leaves a file alone that changed after it was shown', async () => {
    await agent.put({ 'a.txt': 'x', 'b.txt': 'x' });
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: async () => {
        await agent.put({ 'a.txt': 'x and more' });
        return 'allow';
      },
    });
    const { text } = await peer.prompt(sessionId, '/replace s/x/y/');
    expect(text).toContain('Left alone, since they changed after they were shown: `a.txt`.');
    expect(await agent.on('a.txt')).toBe('x and more');
    expect(await agent.on('b.txt')).toBe('y');
  });
});

describe('/run', () => {
  it('asks, runs in a terminal of the client, shows it, and tells the exit code', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    const { text, updates } = await peer.prompt(sessionId, '/run echo "a  b" && pwd && exit 3');
    expect(peer.permissions[0]?.toolCall).toMatchObject({
      kind: 'execute',
      title: 'echo "a  b" && pwd && exit 3',
    });
    expect(text).toContain('Exited with code 3.');
    const [call] = calls(updates);
    expect(call).toMatchObject({
      status: 'failed',
      content: [{ type: 'terminal', terminalId: 'terminal-0' }],
      rawOutput: { exitCode: 3, output: `a  b\n${agent.folder}\n` },
    });
    expect(peer.requests.filter((method) => method.startsWith('terminal/'))).toEqual([
      'terminal/create',
      'terminal/wait_for_exit',
      'terminal/output',
      'terminal/release',
    ]);
  });

  it('runs nothing when refused, and goes on', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'reject',
    });
    const { stopReason, text } = await peer.prompt(sessionId, '/run touch made');
    expect(stopReason).toBe('end_turn');
    expect(text).toContain('`touch made` was not run: you refused.');
    expect(peer.terminals.size).toBe(0);
    expect(await readdir(agent.folder)).toEqual([]);
  });

  it('remembers the very command that was allowed always, and no other', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'always',
    });
    await peer.prompt(sessionId, '/run echo one');
    expect((await peer.prompt(sessionId, '/run echo one')).text).toContain('code 0');
    expect(peer.permissions).toHaveLength(1);
    await peer.prompt(sessionId, '/run echo two');
    expect(peer.permissions).toHaveLength(2);
  });

  it('kills and releases what still runs when cancelled', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    const turn = peer.prompt(sessionId, '/run echo started; sleep 600');
    await peer.until(() => peer.terminals.get('terminal-0')?.output.includes('started') ?? false);
    await peer.cancel(sessionId);
    const { stopReason, updates } = await turn;
    expect(stopReason).toBe('cancelled');
    expect(calls(updates)[0]?.status).toBe('failed');
    expect(await peer.terminals.get('terminal-0')?.ended).toEqual({
      exitCode: null,
      signal: 'SIGKILL',
    });
    expect(peer.requests.slice(-2)).toEqual(['terminal/kill', 'terminal/release']);
  });

  it('says so where there are no terminals', async () => {
    const { peer, sessionId } = await agent.open({});
    expect((await peer.prompt(sessionId, '/run ls')).text).toContain('offers no terminals');
  });
});
