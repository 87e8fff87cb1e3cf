// What the Workspace agent remembers: load, resume, list, close, delete, and damage to its files.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { methods, type ListSessionsResponse, type SessionUpdate } from '@agentclientprotocol/sdk';
import { describe, expect, it } from 'vitest';
import { everything } from '../../agents/sdkPeer.ts';
import { calls, codeOf, useWorkspaceAgent } from './fixture.ts';

const agent = useWorkspaceAgent();

describe('history', () => {
  /** What a conversation looks like to somebody who was not there. */
  function seen(updates: readonly SessionUpdate[]): string[] {
    return updates.flatMap((update) => {
      if (update.sessionUpdate === 'available_commands_update') return [];
      const text = 'content' in update && 'text' in (update.content as object);
      return [
        text
          ? `${update.sessionUpdate}: ${(update.content as { text: string }).text}`
          : update.sessionUpdate,
      ];
    });
  }

  it('replays a conversation in another process before it answers the load', async () => {
    await agent.put({ 'a.txt': 'needle' });
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => 'allow',
    });
    const found = await peer.prompt(sessionId, '/find needle');
    await peer.prompt(sessionId, '/run echo kept');
    await peer[Symbol.asyncDispose]();

    const second = agent.start();
    await second.initialize();
    const { modes } = await second.connection.agent.request(methods.agent.session.load, {
      sessionId,
      cwd: agent.folder,
      mcpServers: [],
    });
    expect(modes?.currentModeId).toBe('ask');
    const replayed = second.of(sessionId);
    expect(seen(replayed)).toEqual([
      'user_message_chunk: /find needle',
      'session_info_update',
      'tool_call',
      `agent_message_chunk: ${found.text}`,
      'user_message_chunk: /run echo kept',
      'tool_call',
      'agent_message_chunk: Exited with code 0.',
    ]);
    expect(calls(replayed)[1]).toMatchObject({
      status: 'completed',
      content: [{ type: 'content', content: { type: 'text', text: 'kept\n' } }],
    });
    // And it goes on from there, without naming it anew.
    const next = await second.prompt(sessionId, 'hello');
    expect(next.updates.some((one) => one.sessionUpdate === 'session_info_update')).toBe(false);
  });

  it('resumes without a replay', async () => {
    const { peer, sessionId } = await agent.open();
    await peer.prompt(sessionId, 'hello');
    await peer[Symbol.asyncDispose]();
    const second = agent.start();
    await second.initialize();
    await second.connection.agent.request(methods.agent.session.resume, {
      sessionId,
      cwd: agent.folder,
    });
    await second.until(() => second.updates.length > 0);
    expect(seen(second.of(sessionId))).toEqual([]);
    expect((await second.prompt(sessionId, '/files')).stopReason).toBe('end_turn');
  });

  it('keeps what a turn had said when the process is told to end in its midst', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => new Promise(() => undefined),
    });
    void peer.prompt(sessionId, '/write a.txt\nx').catch(() => undefined);
    await peer.until(() => peer.permissions.length > 0);
    peer.child.stdin?.end();
    expect(await peer.exited).toEqual({ code: 0, signal: null });
    const second = agent.start();
    await second.initialize();
    const load = { sessionId, cwd: agent.folder, mcpServers: [] };
    await second.connection.agent.request(methods.agent.session.load, load);
    expect(seen(second.of(sessionId)).filter((one) => one === 'tool_call')).toHaveLength(1);
  });

  it('reads past a torn line and writes after it', async () => {
    const { peer, sessionId } = await agent.open();
    await peer.prompt(sessionId, 'first');
    await peer[Symbol.asyncDispose]();
    const file = join(agent.home, 'sessions', `${sessionId}.jsonl`);
    await writeFile(file, `${await readFile(file, 'utf8')}{"at":"20`);
    const load = { sessionId, cwd: agent.folder, mcpServers: [] };
    for (const text of ['second', 'third']) {
      const next = agent.start();
      await next.initialize();
      await next.connection.agent.request(methods.agent.session.load, load);
      await next.prompt(sessionId, text);
      await next[Symbol.asyncDispose]();
    }
    const last = agent.start();
    await last.initialize();
    await last.connection.agent.request(methods.agent.session.load, load);
    expect(seen(last.of(sessionId)).filter((one) => one.startsWith('user'))).toEqual([
      'user_message_chunk: first',
      'user_message_chunk: second',
      'user_message_chunk: third',
    ]);
  });

  it('lists by folder and in pages, the last used first', async () => {
    const { peer, sessionId } = await agent.open();
    const other = await agent.another();
    const ids = [sessionId];
    for (let index = 0; index < 54; index += 1)
      ids.push((await peer.newSession(agent.folder)).sessionId);
    const elsewhere = (await peer.newSession(other)).sessionId;
    await peer.prompt(elsewhere, 'find me');

    const list = (params: { cwd?: string; cursor?: string }): Promise<ListSessionsResponse> =>
      peer.connection.agent.request(methods.agent.session.list, params);
    expect((await list({})).sessions[0]).toMatchObject({
      sessionId: elsewhere,
      cwd: other,
      title: 'find me',
    });
    const first = await list({ cwd: agent.folder });
    expect(first.sessions).toHaveLength(50);
    const second = await list({ cwd: agent.folder, cursor: first.nextCursor ?? '' });
    expect(second.nextCursor).toBeUndefined();
    const listed = [...first.sessions, ...second.sessions].map((one) => one.sessionId);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    expect(await codeOf(list({ cursor: 'nonsense' }))).toBe(-32602);
  });

  it('closes and deletes sessions', async () => {
    const { peer, sessionId } = await agent.open({
      capabilities: everything,
      permission: () => new Promise(() => undefined),
    });
    const turn = peer.prompt(sessionId, '/write a.txt\nx');
    await peer.until(() => peer.permissions.length > 0);
    await peer.connection.agent.request(methods.agent.session.close, { sessionId });
    expect((await turn).stopReason).toBe('cancelled');
    expect(await codeOf(peer.prompt(sessionId, '/help'))).toBe(-32002);
    const list = async () =>
      (await peer.connection.agent.request(methods.agent.session.list, {})).sessions.length;
    expect(await list()).toBe(1);
    await peer.connection.agent.request(methods.agent.session.delete, { sessionId });
    expect(await list()).toBe(0);
  });

  it('works without a history when its folder cannot be written', async () => {
    await writeFile(join(agent.home, 'sessions'), 'in the way');
    const { peer, sessionId } = await agent.open();
    expect((await peer.prompt(sessionId, '/help')).stopReason).toBe('end_turn');
    expect((await peer.prompt(sessionId, '/help')).stopReason).toBe('end_turn');
    peer.child.stdin?.end();
    await peer.exited;
    expect(peer.stderr.match(/history is not written/gu)).toHaveLength(1);
  });
});
