// Sessions in a real extension host, with real agent processes: their life through the public API.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi } from '../../src/api.ts';
import {
  processesOf,
  scripted,
  setSetting,
  StatusRecord,
  whenSession,
  withSettings,
} from './roost.ts';

describe('a session', () => {
  let api: RoostApi;

  withSettings(
    () => ({
      agents: {
        scripted: scripted(),
        missing: { command: 'roost-no-such-command' },
        notExecutable: { command: join(workspaceFolder(), 'package.json') },
        exits: scripted('--crash-at', 'start', '--stderr', 'I am leaving'),
        silent: scripted('--silent-at', 'initialize'),
        future: scripted('--protocol', '99'),
        garbage: scripted('--garbage'),
        noisy: scripted('--flood-stderr', '2000000'),
        family: scripted('--children', '3', '--ignore-eof', '--ignore-sigterm'),
      },
    }),
    (activated) => {
      api = activated;
    },
  );

  it('of the shipped agent finds text, runs what is allowed, and stops without a trace', async () => {
    const { sessionId, status } = await api.createSession();
    assert.equal(status, 'ready');
    const found = await api.sendPrompt(sessionId, '/find Roost');
    assert.equal(found.stopReason, 'end_turn');
    for (const kind of ['allow_once', 'reject_once']) {
      const turn = api.sendPrompt(sessionId, '/run echo from-the-$((40+2))');
      const asking = await whenSession(api, sessionId, (info) => info?.status === 'needsInput');
      const [request] = asking?.pendingRequests ?? [];
      const option = request?.options.find((one) => one.kind === kind);
      assert.ok(request && option);
      await api.respondToPermission(sessionId, request.requestId, option.optionId);
      await turn;
    }
    const transcript = JSON.stringify(await api.getTranscript(sessionId));
    assert.match(transcript, /from-the-42/);
    const report = await api.terminateSession(sessionId);
    assert.equal(report.sessionId, sessionId);
    assert.equal(api.getSession(sessionId)?.status, 'dormant');
    assert.equal(api.getSession(sessionId)?.processAlive, false);
    assert.deepEqual(processesOf(sessionId), []);
  });

  it('streams beside others, and a signal 9 from outside changes only its own row', async () => {
    const all = await Promise.all(
      [1, 2, 3].map(async () => api.createSession({ agent: 'scripted' })),
    );
    const [first, second, third] = all.map(({ sessionId }) => sessionId);
    assert.ok(first && second && third);
    const changes = new StatusRecord(api, second);
    const turns = [first, second, third].map(async (id) => api.sendPrompt(id, 'stream 200 100 2'));
    turns.forEach((turn) => {
      turn.catch(() => undefined);
    });
    await whenSession(api, third, (info) => info?.status === 'working');
    process.kill(api.getSession(first)?.pid ?? Number.NaN, 'SIGKILL');
    await assert.rejects(turns[0] ?? Promise.resolve(), {
      name: 'SessionError',
      code: 'agentExited',
    });
    await Promise.all(turns.slice(1));
    changes.dispose();
    assert.deepEqual(changes.seen, ['working', 'ready']);
    for (const id of [second, third]) {
      const [, answer] = await api.getTranscript(id);
      assert.ok(answer?.type === 'agent');
      assert.match(answer.text, /199 x/);
    }
    const back = await whenSession(api, first, (info) => info?.status === 'ready');
    assert.ok(back?.processAlive);
    const notices = (await api.getTranscript(first)).flatMap((entry) =>
      entry.type === 'notice' ? [entry.code] : [],
    );
    assert.deepEqual(notices, ['interrupted', 'restarted', 'resumedWithContext']);
  });

  it('takes its descendants along, however stubborn', async () => {
    await setSetting('supervision.graceSeconds', 1);
    const { sessionId } = await api.createSession({ agent: 'family' });
    assert.ok(processesOf(sessionId).length >= 4 || process.platform !== 'linux');
    const report = await api.terminateSession(sessionId);
    assert.equal(report.forced, true);
    assert.deepEqual(processesOf(sessionId), []);
  });

  const bad = [
    ['missing', 'commandNotFound', /command not found: roost-no-such-command$/],
    ['notExecutable', 'commandNotExecutable', /not executable: .*package\.json$/],
    ['exits', 'exitedDuringStart', /ended during initialize with exit code 3.*I am leaving/],
    ['silent', 'startTimeout', /did not answer initialize within 0\.5 s/],
    ['future', 'protocolVersion', /speaks version 99 of the protocol, Roost speaks version 1/],
  ] as const;
  for (const [agent, code, message] of bad) {
    it(`that cannot start says why: ${code}`, async () => {
      await setSetting('supervision.handshakeTimeoutSeconds', agent === 'silent' ? 0.5 : 30);
      await assert.rejects(api.createSession({ agent }), { name: 'SessionError', code });
      const [row] = api.listSessions();
      assert.equal(row?.status, 'failed');
      assert.equal(row.processAlive, false);
      assert.equal(row.error?.code, code);
      assert.match(row.error.message, message);
      assert.ok(row.error.hint);
      assert.deepEqual(processesOf(row.sessionId), []);
    });
  }

  for (const agent of ['garbage', 'noisy']) {
    it(`works with an agent that is ${agent}`, async () => {
      const { sessionId } = await api.createSession({ agent });
      const { stopReason } = await api.sendPrompt(sessionId, 'say hello');
      assert.equal(stopReason, 'end_turn');
      const row = api.getSession(sessionId);
      assert.deepEqual([row?.status, row?.processAlive, row?.error], ['ready', true, undefined]);
      assert.ok(
        (await api.getTranscript(sessionId)).some(
          (entry) => entry.type === 'agent' && entry.text === 'hello',
        ),
      );
    });
  }

  it('queues a prompt behind a running turn and ends a turn that is cancelled', async () => {
    const { sessionId } = await api.createSession({ agent: 'scripted' });
    const first = api.sendPrompt(sessionId, 'silent');
    const second = api.sendPrompt(sessionId, 'say second');
    await whenSession(api, sessionId, (info) => info?.status === 'working');
    const changes = new StatusRecord(api, sessionId);
    await api.cancelPrompt(sessionId);
    assert.deepEqual(await first, { stopReason: 'cancelled' });
    assert.deepEqual(await second, { stopReason: 'end_turn' });
    changes.dispose();
    assert.equal(changes.seen.at(-1), 'ready');
    assert.equal(api.getSession(sessionId)?.error, undefined);
  });

  it('reads what is not saved yet, and writes so that it can be undone', async () => {
    const { sessionId } = await api.createSession({ agent: 'scripted' });
    const uri = vscode.Uri.joinPath(vscode.Uri.file(workspaceFolder()), 'README.md');
    const editor = await vscode.window.showTextDocument(uri);
    const before = editor.document.getText();
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'not saved yet\n');
    });
    await api.sendPrompt(sessionId, `read ${uri.fsPath}\nwrite ${uri.fsPath} written by the agent`);
    assert.match(JSON.stringify(await api.getTranscript(sessionId)), /not saved yet/);
    assert.match(editor.document.getText(), /written by the agent/);
    assert.match(readFileSync(uri.fsPath, 'utf8'), /written by the agent/);
    await vscode.window.showTextDocument(editor.document);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), before);
    await editor.document.save();
  });

  it('may not leave the workspace', async () => {
    const { sessionId } = await api.createSession({ agent: 'scripted' });
    await api.sendPrompt(sessionId, 'read /etc/hostname');
    const transcript = JSON.stringify(await api.getTranscript(sessionId));
    assert.match(transcript, /outside/i);
  });

  it('is refused when nobody knows it', async () => {
    const unknown = { name: 'SessionError', code: 'sessionUnknown', sessionId: 'nobody' };
    await assert.rejects(api.sendPrompt('nobody', 'x'), unknown);
    await assert.rejects(api.terminateSession('nobody'), unknown);
    // @ts-expect-error a caller without types may pass anything
    await assert.rejects(api.sendPrompt(42, 'x'), {
      name: 'SessionError',
      code: 'invalidArgument',
    });
  });

  it('says something about a conversation that nobody opened instead of dropping it', async () => {
    const { sessionId } = await api.createSession({ agent: 'scripted' });
    await api.sendPrompt(sessionId, 'for somebody-else hello');
    const [notice] = (await api.getTranscript(sessionId)).filter(({ type }) => type === 'notice');
    assert.ok(notice?.type === 'notice');
    assert.equal(notice.code, 'unknownSession');
    assert.match(notice.text, /a conversation that is not open here/);
    const row = api.getSession(sessionId);
    assert.deepEqual([row?.status, row?.processAlive, row?.error], ['ready', true, undefined]);
  });

  it('is on disk, comes back, and goes to the trash', async () => {
    const { sessionId } = await api.createSession({ agent: 'scripted', title: 'Kept' });
    await api.sendPrompt(sessionId, 'say remember me');
    const saved = await api.saveSession(sessionId);
    assert.equal(saved.title, 'Kept');
    assert.ok((await api.listSavedSessions()).some((one) => one.sessionId === sessionId));
    await api.terminateSession(sessionId);
    const before = await api.getTranscript(sessionId);
    await api.restoreSession(sessionId);
    assert.deepEqual(await api.getTranscript(sessionId), before);
    await api.sendPrompt(sessionId, 'say again');
    assert.equal(api.getSession(sessionId)?.status, 'ready');
    await api.deleteSavedSession(sessionId);
    assert.equal(api.getSession(sessionId), undefined);
    assert.deepEqual(processesOf(sessionId), []);
  });
});

function workspaceFolder(): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return folder.uri.fsPath;
}
