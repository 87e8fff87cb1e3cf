// Agents in a real extension host: one's own command, keys, signing in in every way, and MCP servers of the workspace.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SessionInfo } from '../../src/api.ts';
import {
  extension,
  processesOf,
  run,
  scripted,
  setSetting,
  when,
  whenSession,
  withSettings,
} from './roost.ts';

const signedOut = { name: 'SessionError', code: 'authRequired' };

describe('agents', () => {
  let api: RoostApi;

  const scratch = mkdtempSync(join(tmpdir(), 'roost-agents-'));

  withSettings(
    () => ({
      agents: {
        login: scripted('--needs-auth'),
        forever: scripted('--needs-auth', '--auth-forever'),
        later: scripted('--needs-auth', '--auth-at-prompt'),
        shell: scripted('--needs-auth', '--auth-file', join(scratch, 'signed-in')),
        keyed: scripted('--auth-key', 'ROOST_TEST_KEY'),
        tools: scripted('--mcp'),
      },
    }),
    (activated) => {
      api = activated;
    },
  );

  after(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  /** A session whose agent asked for a sign-in. */
  async function refused(agent: string): Promise<string> {
    await assert.rejects(run('newSession', { agent }), signedOut);
    const session = api.listSessions().find(({ agentId }) => agentId === agent);
    assert.equal(session?.status, 'failed');
    assert.equal(session.error?.code, 'authRequired');
    return session.sessionId;
  }

  async function said(sessionId: string, prompt: string): Promise<string> {
    await api.sendPrompt(sessionId, prompt);
    return JSON.stringify(await api.getTranscript(sessionId));
  }

  it('of one’s own are tried, saved for the user, and started', async () => {
    const own = scripted('--name', 'My Own Agent') as {
      command: string;
      args: string[];
      env: object;
    };
    const { command, args, env } = own;
    const { agent } = await run<{ agent: string }>('addAgent', { command, args, env });
    assert.equal(agent, 'my-own-agent');
    const info = await run<SessionInfo>('newSession', { agent });
    assert.equal(info.status, 'ready');
    await assert.rejects(run('addAgent', { command: 'roost-no-such-command', args: [] }), {
      code: 'commandNotFound',
    });
    await assert.rejects(
      run('addAgent', { command, args: [args[0] ?? '', '--protocol', '2'], env }),
      { code: 'protocolVersion' },
    );
    const saved = vscode.workspace.getConfiguration('roost').get<object>('agents') ?? {};
    assert.ok('my-own-agent' in saved);
    assert.equal(Object.keys(saved).length, 7);
  });

  it('are signed in to by their own method, and the session goes on', async () => {
    const sessionId = await refused('login');
    const info = await run<SessionInfo>('signIn', { sessionId, methodId: 'login' });
    assert.equal(info.sessionId, sessionId);
    assert.equal(info.status, 'ready');
    assert.match(await said(sessionId, 'say at last'), /at last/);
  });

  it('that ask for ever are not asked for ever', async () => {
    const sessionId = await refused('forever');
    await assert.rejects(run('signIn', { sessionId, methodId: 'login' }), signedOut);
    assert.equal(api.getSession(sessionId)?.status, 'failed');
    assert.deepEqual(processesOf(sessionId), []);
    await assert.rejects(run('signIn', { sessionId, methodId: 'no-such-way' }), {
      code: 'invalidArgument',
    });
  });

  it('that ask within a turn are signed in to while they run', async () => {
    const { sessionId, pid } = await run<SessionInfo>('newSession', { agent: 'later' });
    await assert.rejects(api.sendPrompt(sessionId, 'say no'), signedOut);
    await run('signIn', { sessionId, methodId: 'login' });
    assert.equal(api.getSession(sessionId)?.pid, pid);
    assert.match(await said(sessionId, 'say yes'), /yes/);
  });

  it('are signed in to in a terminal, and start again when it closes', async () => {
    const sessionId = await refused('shell');
    const opened = Promise.withResolvers<vscode.Terminal>();
    const watch = vscode.window.onDidOpenTerminal((terminal) => {
      opened.resolve(terminal);
    });
    try {
      const signingIn = run<SessionInfo>('signIn', { sessionId, methodId: 'shell' });
      const terminal = await opened.promise;
      assert.ok('shellArgs' in terminal.creationOptions);
      const { shellPath, shellArgs } = terminal.creationOptions;
      assert.equal(shellPath, process.execPath);
      assert.ok(Array.isArray(shellArgs));
      assert.equal(shellArgs.at(-1), '--login');
      // Not every host of these tests can start a terminal's program: what it does. In a window it is seen to, in test/e2e.
      writeFileSync(join(scratch, 'signed-in'), 'by hand');
      terminal.dispose();
      assert.equal((await signingIn).status, 'ready');
    } finally {
      watch.dispose();
    }
  });

  it('get the key that is kept for them, and no other agent does', async () => {
    const sessionId = await refused('keyed');
    await run('setAgentKey', { agent: 'keyed', name: 'ROOST_TEST_KEY', value: 'key-for-one' });
    await run('resumeSession', { sessionId });
    assert.match(await said(sessionId, 'env ROOST_TEST_KEY'), /ROOST_TEST_KEY=key-for-one/);
    const other = await run<SessionInfo>('newSession', { agent: 'tools' });
    assert.doesNotMatch(await said(other.sessionId, 'env ROOST_TEST_KEY'), /key-for-one/);
    assert.deepEqual(await run('forgetAgentKey', { agent: 'keyed' }), ['ROOST_TEST_KEY']);
    await assert.rejects(run('restartSession', { sessionId }), signedOut);
  });

  it('are told of the MCP servers of the workspace, which end with the session', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const server = join(extension().extensionPath, 'test/fixtures/agents/mcpServer.mjs');
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    const file = join(folder, '.vscode', 'mcp.json');
    writeFileSync(
      file,
      `{
        // As people write it
        "servers": {
          "fixture": {
            "command": ${JSON.stringify(process.execPath)},
            "args": [${JSON.stringify(server)}, "look", "WHERE"],
            "env": { "ELECTRON_RUN_AS_NODE": "1", "WHERE": "\${workspaceFolder}" },
          },
          "needsMore": { "command": "never-started", "env": { "X": "\${input:nobody}" } },
        },
      }`,
    );
    try {
      const creating = run<SessionInfo>('newSession', { agent: 'tools' });
      // The missing value is a question of the session, which starts without that server when it is declined.
      const question = await when(
        (look) => api.onDidChangeSessions(look),
        () =>
          api
            .listSessions()
            .filter(({ status }) => status === 'starting')
            .flatMap(({ sessionId, pendingRequests: [first] }) =>
              first === undefined ? [] : [{ sessionId, ...first }],
            )[0],
        'the question for the missing value',
      );
      assert.equal(question.title, 'nobody (for the MCP server needsMore)');
      await api.respondToPermission(question.sessionId, question.requestId, undefined);
      const { sessionId } = await creating;
      const words = await said(sessionId, 'mcp');
      assert.ok(words.includes(`look,WHERE=${folder}`), words);
      assert.ok(!words.includes('needsMore'), words);
      assert.ok(processesOf(sessionId).length >= (process.platform === 'linux' ? 2 : 0));
      await api.terminateSession(sessionId);
      assert.deepEqual(processesOf(sessionId), []);

      await setSetting('mcp.enabled', false);
      await api.restoreSession(sessionId);
      await run('resumeSession', { sessionId });
      await whenSession(api, sessionId, (info) => info?.status === 'ready');
      await api.sendPrompt(sessionId, 'mcp');
      assert.ok(JSON.stringify((await api.getTranscript(sessionId)).at(-1)).includes('[]'));
    } finally {
      await setSetting('mcp.enabled', undefined);
      // The editor reads the file, too, in its own time, and gives what it says as its setting "mcp": a session
      // of the next test would be asked for the missing value if it were begun before the editor sees it gone.
      await whenEditorHas(true);
      rmSync(file);
      await whenEditorHas(false);
    }
  });
});

/** Resolves once the editor's own settings hold servers, or none. */
async function whenEditorHas(servers: boolean): Promise<void> {
  await when(
    (look) => vscode.workspace.onDidChangeConfiguration(look),
    () => {
      const known = vscode.workspace.getConfiguration('mcp').get<object>('servers') ?? {};
      return Object.keys(known).length > 0 === servers ? true : undefined;
    },
    `the editor to have ${servers ? 'the' : 'no'} MCP servers`,
  );
}
