// Every command in a real extension host, as a program calls it: what it does, what it returns, how it refuses.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SavedSessionInfo, SessionInfo, TerminationReport } from '../../src/api.ts';
import { adviceCommands } from '../../src/host/errorAdvice.ts';
import {
  extension,
  processesOf,
  run,
  scriptedAgents,
  setSetting,
  when,
  whenSession,
  withSettings,
} from './roost.ts';

/** The open conversation panels. */
function panels(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('roost.conversation'),
    );
}

describe('commands', () => {
  let api: RoostApi;

  withSettings(scriptedAgents, (activated) => {
    api = activated;
  });

  it('are what failures offer', async () => {
    const known = new Set(await vscode.commands.getCommands());
    const offered = Object.values(adviceCommands).map(({ command }) => command);
    assert.deepEqual(
      offered.filter((command) => !known.has(command)),
      [],
    );
  });

  it('are all registered', async () => {
    // The manifest's own shape, checked against the code in another tier.
    const manifest = extension().packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const known = new Set(await vscode.commands.getCommands(true));
    const declared = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(declared.length > 20);
    assert.deepEqual(
      declared.filter((command) => !known.has(command)),
      [],
    );
  });

  it('start a session, with the default agent or another', async () => {
    const first = await run<SessionInfo>('newSession', { title: 'First' });
    assert.equal(first.status, 'ready');
    assert.equal(first.agentId, 'scripted');
    assert.equal(first.title, 'First');
    const second = await run<SessionInfo>('newSessionWith', { agent: 'workspace' });
    assert.equal(second.agentId, 'workspace');
  });

  it('show a new session at once when a user starts it', async () => {
    const info = await run<SessionInfo>('newSession');
    assert.equal(info.status, 'ready');
    // The window tells its tabs a moment after the panel was made.
    await when(
      (look) => vscode.window.tabGroups.onDidChangeTabs(look),
      () => (panels().length === 1 ? true : undefined),
      'the panel',
    );
  });

  it('open one panel per session, and start nothing by it', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    await run('terminateSession', { sessionId });
    await run('openSession', { sessionId });
    await run('openSession', { sessionId });
    await when(
      (look) => vscode.window.tabGroups.onDidChangeTabs(look),
      () => (panels().length === 1 ? true : undefined),
      'the panel',
    );
    assert.equal(api.getSession(sessionId)?.processAlive, false);
    assert.deepEqual(processesOf(sessionId), []);
  });

  it('send, cancel, and queue prompts', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    assert.deepEqual(await run('sendPrompt', { sessionId, prompt: 'say hello' }), {
      stopReason: 'end_turn',
    });
    const blocks = [{ type: 'text', text: 'say blocks' }];
    await run('sendPrompt', { sessionId, prompt: blocks });
    const turn = run('sendPrompt', { sessionId, prompt: 'silent' });
    await whenSession(api, sessionId, (info) => info?.status === 'working');
    await run('cancelPrompt', { sessionId });
    assert.deepEqual(await turn, { stopReason: 'cancelled' });
    const said = JSON.stringify(await api.getTranscript(sessionId));
    assert.match(said, /hello/);
    assert.match(said, /blocks/);
  });

  it('answer requests, each once', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    const answers: [string, (requestId: string) => object, RegExp][] = [
      ['allowRequest', (requestId) => ({ sessionId, requestId }), /permission: yes/],
      ['rejectRequest', () => ({ sessionId }), /permission: no/],
      ['respondToRequest', (requestId) => ({ sessionId, requestId }), /permission: cancelled/],
      // The last, as it is remembered: the same request is not asked again.
      [
        'respondToRequest',
        (requestId) => ({ sessionId, requestId, optionId: 'always' }),
        /permission: always/,
      ],
    ];
    for (const [command, argument, said] of answers) {
      const turn = api.sendPrompt(sessionId, 'permit Delete everything');
      const asking = await whenSession(api, sessionId, (info) => info?.status === 'needsInput');
      const [request] = asking?.pendingRequests ?? [];
      assert.ok(request);
      assert.equal(request.title, 'Delete everything');
      await run(command, argument(request.requestId));
      await turn;
      assert.match(JSON.stringify((await api.getTranscript(sessionId)).slice(-2)), said);
      await assert.rejects(run('allowRequest', { sessionId, requestId: request.requestId }), {
        name: 'SessionError',
        code: 'requestUnknown',
        sessionId,
      });
    }
  });

  it('stop, start, restart and kill', async () => {
    const { sessionId, pid } = await run<SessionInfo>('newSession', {});
    const stopped = await run<TerminationReport>('terminateSession', { sessionId });
    assert.equal(stopped.sessionId, sessionId);
    assert.equal(stopped.forced, false);
    // A session in which nothing was said is still there: it was ready.
    assert.equal(api.getSession(sessionId)?.status, 'dormant');
    const started = await run<SessionInfo>('resumeSession', { sessionId });
    assert.equal(started.status, 'ready');
    const restarted = await run<SessionInfo>('restartSession', { sessionId });
    assert.equal(restarted.status, 'ready');
    assert.notEqual(restarted.pid, started.pid);
    assert.notEqual(restarted.pid, pid);
    const killed = await run<TerminationReport>('killSession', { sessionId });
    assert.equal(killed.forced, true);
    assert.deepEqual(processesOf(sessionId), []);
  });

  it('rename and keep awake', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    await run('renameSession', { sessionId, title: '  Another name ' });
    assert.equal(api.getSession(sessionId)?.title, 'Another name');
    await run('keepAwake', { sessionId });
    assert.equal(api.getSession(sessionId)?.keepAwake, true);
    await run('allowAutoStop', { sessionId });
    assert.equal(api.getSession(sessionId)?.keepAwake, false);
  });

  it('change the folder of a session whose own is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roost-folder-'));
    try {
      const { sessionId } = await run<SessionInfo>('newSession', { cwd: folder });
      const elsewhere = { sessionId, cwd: tmpdir() };
      await assert.rejects(run('changeFolder', elsewhere), { code: 'invalidArgument' });
      await run('terminateSession', { sessionId });
      await api.sendPrompt(sessionId, 'say hello');
      await run('terminateSession', { sessionId });
      rmSync(folder, { recursive: true });
      await assert.rejects(run('resumeSession', { sessionId }), { code: 'cwdNotFound' });
      assert.equal((await run<SessionInfo>('changeFolder', elsewhere)).cwd, tmpdir());
      assert.equal((await run<SessionInfo>('resumeSession', { sessionId })).status, 'ready');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('save, delete, take back and restore', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', { title: 'Kept' });
    await api.sendPrompt(sessionId, 'say remember me');
    const saved = await run<SavedSessionInfo>('saveSession', { sessionId });
    assert.equal(saved.sessionId, sessionId);
    const all = await run<readonly SavedSessionInfo[]>('saveAllSessions');
    assert.deepEqual(
      all.map((one) => one.sessionId),
      [sessionId],
    );
    await run('terminateSession', { sessionId });
    const before = await api.getTranscript(sessionId);
    await run('deleteSavedSession', { sessionId });
    assert.equal(api.getSession(sessionId), undefined);
    assert.equal((await api.listSavedSessions()).length, 0);
    const back = await run<SessionInfo>('undoDelete', { sessionId });
    assert.equal(back.title, 'Kept');
    assert.equal(back.processAlive, false);
    assert.deepEqual(await api.getTranscript(sessionId), before);
    const restored = await run<SessionInfo>('restoreSession', { sessionId });
    assert.equal(restored.sessionId, sessionId);
    assert.deepEqual(await run('restoreAllSessions'), []);
  });

  it('stop what is idle, and only that', async () => {
    await setSetting('idle.timeoutMinutes', 0);
    const { sessionId } = await run<SessionInfo>('newSession', {});
    assert.deepEqual(await run('terminateIdleSessions', {}), []);
    assert.equal(api.getSession(sessionId)?.processAlive, true);
    await setSetting('idle.timeoutMinutes', undefined);
  });

  it('export the conversation as Markdown and as JSON', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', { title: 'Export me' });
    await api.sendPrompt(sessionId, 'say an answer');
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    for (const name of ['export.md', 'export.json']) {
      const file = join(folder, name);
      const { uri } = await run<{ uri: string }>('exportSession', { sessionId, file });
      assert.equal(vscode.Uri.parse(uri).fsPath, file);
      const text = readFileSync(file, 'utf8');
      assert.match(text, /Export me/);
      assert.match(text, /an answer/);
      await vscode.workspace.fs.delete(vscode.Uri.file(file));
    }
    const shown = await run<{ uri: string }>('exportSession', { sessionId });
    assert.match(shown.uri, /^untitled:/);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /an answer/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('import what was exported, beside what is there or in its place', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', { title: 'Travels' });
    await api.sendPrompt(sessionId, 'say something to take along');
    await run('terminateSession', { sessionId });
    const before = await api.getTranscript(sessionId);
    const folder = mkdtempSync(join(tmpdir(), 'roost-export-'));
    const file = join(folder, 'travels.json');
    await run('exportSession', { sessionId, file });
    const copy = await run<SessionInfo>('importSession', { file });
    assert.notEqual(copy.sessionId, sessionId);
    assert.equal(copy.title, 'Travels');
    assert.equal(copy.processAlive, false);
    assert.deepEqual(await api.getTranscript(copy.sessionId), before);
    assert.deepEqual(await api.getTranscript(sessionId), before);
    for (const id of [sessionId, copy.sessionId])
      await run('deleteSavedSession', { sessionId: id });
    assert.ok((await run<number>('emptyTrash', {})) >= 2);
    assert.equal(await run<number>('emptyTrash', {}), 0);
    await assert.rejects(run('undoDelete', { sessionId }), { code: 'savedSessionUnknown' });
    const back = await run<SessionInfo>('importSession', { file });
    assert.equal(back.sessionId, sessionId);
    assert.equal(back.status, 'dormant');
    assert.deepEqual(await api.getTranscript(sessionId), before);
    // It goes on where it was.
    assert.deepEqual(await run('sendPrompt', { sessionId, prompt: 'say more' }), {
      stopReason: 'end_turn',
    });
    await assert.rejects(run('importSession', { file: join(folder, 'none.json') }), {
      name: 'SessionError',
      code: 'storageFailed',
    });
    rmSync(folder, { recursive: true });
  });

  it('bring over the sessions of another folder, which work here when their own is gone', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', { title: 'Elsewhere' });
    await api.sendPrompt(sessionId, 'say from far away');
    await run('terminateSession', { sessionId });
    const before = await api.getTranscript(sessionId);
    const folder = mkdtempSync(join(tmpdir(), 'roost-other-'));
    const file = join(folder, 'export.json');
    await run('exportSession', { sessionId, file });
    await run('deleteSavedSession', { sessionId });
    await run('emptyTrash', {});
    // The store of a folder that has been renamed since.
    const { transcript, state, ...head } = JSON.parse(readFileSync(file, 'utf8')) as {
      transcript: object[];
      state: object;
    };
    mkdirSync(join(folder, 'sessions'));
    const base = join(folder, 'sessions', sessionId);
    const moved = { ...head, state: { ...state, cwd: join(folder, 'renamed') } };
    writeFileSync(`${base}.json`, JSON.stringify(moved));
    writeFileSync(
      `${base}.jsonl`,
      transcript.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    );
    const { folders } = await run<{ folders: unknown[] }>('findOtherSessions', {});
    assert.ok(Array.isArray(folders));
    const { brought } = await run<{ brought: SessionInfo[] }>('findOtherSessions', {
      directory: folder,
    });
    assert.deepEqual(
      brought.map((info) => [info.sessionId, info.cwd]),
      [[sessionId, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath]],
    );
    assert.deepEqual(await api.getTranscript(sessionId), before);
    assert.equal((await api.sendPrompt(sessionId, 'say here')).stopReason, 'end_turn');
    // Copied, then moved to the trash there.
    assert.deepEqual(readdirSync(join(folder, 'sessions')), []);
    assert.equal(readdirSync(join(folder, 'trash')).length, 1);
    rmSync(folder, { recursive: true });
  });

  it('show the log', async () => {
    assert.equal(await run('showLog', {}), undefined);
  });

  it('reject with what went wrong, and say nothing twice', async () => {
    const unknown = { name: 'SessionError', code: 'sessionUnknown', sessionId: 'nobody' };
    for (const name of [
      'openSession',
      'cancelPrompt',
      'resumeSession',
      'terminateSession',
      'killSession',
      'restartSession',
      'keepAwake',
      'allowAutoStop',
      'saveSession',
      'exportSession',
    ]) {
      await assert.rejects(run(name, { sessionId: 'nobody' }), unknown, name);
    }
    await assert.rejects(run('sendPrompt', { sessionId: 'nobody', prompt: 'x' }), unknown);
    await assert.rejects(run('renameSession', { sessionId: 'nobody', title: 'x' }), unknown);
    await assert.rejects(run('restoreSession', { sessionId: 'nobody' }), {
      name: 'SessionError',
      code: 'savedSessionUnknown',
    });
    await assert.rejects(run('newSession', { agent: 'missing' }), {
      name: 'SessionError',
      code: 'commandNotFound',
    });
    await assert.rejects(run('newSession', { agent: 'never-heard-of' }), {
      name: 'SessionError',
      code: 'agentUnknown',
    });
  });

  it('refuse arguments that they do not know', async () => {
    const invalid = { name: 'SessionError', code: 'invalidArgument' };
    await assert.rejects(run('terminateSession', {}), invalid);
    await assert.rejects(run('terminateSession', 'an id'), invalid);
    await assert.rejects(run('terminateSession', { sessionId: '../etc' }), invalid);
    await assert.rejects(run('newSession', { agnet: 'x' }), invalid);
    await assert.rejects(run('saveAllSessions', { all: true }), invalid);
  });
});
