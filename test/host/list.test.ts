// What the user makes of sessions, in a real extension host: permissions, changed files, forks, the search, and the arrangement of the list.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SessionInfo } from '../../src/api.ts';
import { run, scripted, setSetting, whenSession, withSettings } from './roost.ts';

interface Change {
  readonly path: string;
  readonly kind: string;
  readonly added?: number;
  readonly removed?: number;
}

describe('what the user makes of sessions', () => {
  let api: RoostApi;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const changed = join(folder, 'changed-by-a-test.txt');
  const created = join(folder, 'created-by-a-test.txt');

  withSettings(
    () => ({
      agents: {
        scripted: scripted(),
        forking: scripted('--caps', 'load,fork', '--store', join(folder, '.forks')),
      },
      defaultAgent: 'scripted',
    }),
    (activated) => {
      api = activated;
    },
  );

  afterEach(() => {
    for (const file of [changed, created]) rmSync(file, { force: true });
    rmSync(join(folder, '.forks'), { recursive: true, force: true });
  });

  /** Sends a prompt that asks; the answer's words in the transcript. */
  async function ask(sessionId: string, prompt: string, optionId?: string): Promise<string> {
    const turn = api.sendPrompt(sessionId, prompt);
    if (optionId !== undefined) {
      const asking = await whenSession(api, sessionId, (info) => info?.status === 'needsInput');
      const requestId = asking?.pendingRequests[0]?.requestId ?? '';
      await api.respondToPermission(sessionId, requestId, optionId);
    }
    await turn;
    return JSON.stringify((await api.getTranscript(sessionId)).slice(-2));
  }

  it('"always" is remembered in the session, seen, and revoked', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    assert.match(await ask(sessionId, 'permit Run it', 'always'), /permission: always/);
    assert.match(await ask(sessionId, 'permit Run it'), /permission: yes/);
    const known = await run<{ answerId: string; title: string }[]>('rememberedAnswers', {
      sessionId,
    });
    assert.deepEqual(
      known.map(({ title }) => title),
      ['Run it'],
    );
    const left = await run('rememberedAnswers', { sessionId, forget: known[0]?.answerId });
    assert.deepEqual(left, []);
    assert.match(await ask(sessionId, 'permit Run it', 'no'), /permission: no/);
  });

  it('a mode counts for its session, before that for its agent', async () => {
    await setSetting('permissions.byAgent', { scripted: 'allowAll' });
    const { sessionId } = await run<SessionInfo>('newSession', {});
    assert.match(await ask(sessionId, 'permit Anything'), /permission: yes/);
    await run('setPermissionMode', { sessionId, mode: 'ask' });
    assert.match(await ask(sessionId, 'permit Anything', 'no'), /permission: no/);
    await run('setPermissionMode', { sessionId, mode: 'inherit' });
    assert.match(await ask(sessionId, 'permit Anything'), /permission: yes/);
  });

  it('changed files have their lines, a diff against before, and a way back', async () => {
    writeFileSync(changed, 'one\ntwo\n');
    const { sessionId } = await run<SessionInfo>('newSession', {
      config: { permissionMode: 'allowAll' },
    });
    await api.sendPrompt(sessionId, `write ${changed} three`);
    await api.sendPrompt(sessionId, `write ${created} new`);
    assert.equal(readFileSync(changed, 'utf8'), 'three');
    const changes = await run<Change[]>('showChanges', { sessionId });
    assert.deepEqual(changes, [
      { path: changed, kind: 'changed', added: 1, removed: 2 },
      { path: created, kind: 'created', added: 1, removed: 0 },
    ]);
    await run('openChange', { sessionId, path: changed });
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    const input = activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const before = await vscode.workspace.openTextDocument(input.original);
    assert.equal(before.getText(), 'one\ntwo\n');
    assert.equal(input.modified.fsPath, changed);
    await run('revertChange', { sessionId, path: changed });
    await run('revertChange', { sessionId, path: created });
    assert.equal(readFileSync(changed, 'utf8'), 'one\ntwo\n');
    assert.equal(existsSync(created), false);
    assert.deepEqual(await run('showChanges', { sessionId }), []);
    await assert.rejects(run('revertChange', { sessionId, path: join(folder, 'package.json') }), {
      code: 'invalidArgument',
    });
    // What others have done to them meanwhile is undone with it.
    rmSync(changed);
    writeFileSync(created, 'by somebody else');
    const again = await run<Change[]>('showChanges', { sessionId });
    assert.deepEqual(
      again.map(({ path, kind }) => [path, kind]),
      [
        [changed, 'deleted'],
        [created, 'created'],
      ],
    );
    await run('revertChange', { sessionId, path: changed });
    await run('revertChange', { sessionId, path: created });
    assert.equal(readFileSync(changed, 'utf8'), 'one\ntwo\n');
    assert.equal(existsSync(created), false);
    // Also what is not saved yet in an editor.
    await api.sendPrompt(sessionId, `write ${changed} four`);
    const document = await vscode.workspace.openTextDocument(changed);
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), 'unsaved ');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await run('revertChange', { sessionId, path: changed });
    assert.equal(document.getText(), 'one\ntwo\n');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    assert.equal(readFileSync(changed, 'utf8'), 'one\ntwo\n');
    assert.deepEqual(await run('showChanges', { sessionId }), []);
  });

  it('a fork goes on with what was said, in a process of its own', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    await assert.rejects(run('forkSession', { sessionId }), { name: 'SessionError' });
    const first = await run<SessionInfo>('newSessionWith', { agent: 'forking' });
    await api.sendPrompt(first.sessionId, 'say hello');
    const fork = await run<SessionInfo>('forkSession', { sessionId: first.sessionId });
    assert.notEqual(fork.pid, first.pid);
    assert.equal(fork.title, `Fork of ${api.getSession(first.sessionId)?.title ?? ''}`);
    assert.match(JSON.stringify(await api.getTranscript(fork.sessionId)), /hello/);
    await api.sendPrompt(fork.sessionId, 'history');
    assert.match(JSON.stringify((await api.getTranscript(fork.sessionId)).at(-1)), /say hello/);
  });

  it('the search finds what was said, in archived sessions too', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', { title: 'Haystack' });
    await api.sendPrompt(sessionId, 'say a Needle-in-it');
    await run('archiveSession', { sessionId });
    const info = api.getSession(sessionId);
    assert.equal(info?.status, 'dormant');
    const found = await run<{ sessionId: string; snippet: string }[]>('searchSessions', {
      query: 'needle-IN-it',
    });
    assert.ok(found.length >= 1);
    assert.equal(found[0]?.sessionId, sessionId);
    assert.match(found[0].snippet, /Needle-in-it/);
    // Taking it out again starts nothing.
    await run('unarchiveSession', { sessionId });
    assert.equal(api.getSession(sessionId)?.status, 'dormant');
  });

  it('the list is arranged as it is told', async () => {
    const { sessionId } = await run<SessionInfo>('newSession', {});
    for (const by of ['agent', 'folder', 'day', 'need']) await run('groupSessionsBy', { by });
    for (const by of ['title', 'created', 'activity']) await run('sortSessionsBy', { by });
    await run('filterSessions', { filter: { states: ['failed'] } });
    await run('clearFilter', {});
    for (const name of ['pinSession', 'movePinUp', 'movePinDown', 'unpinSession', 'markRead']) {
      await run(name, { sessionId });
    }
    await assert.rejects(run('groupSessionsBy', { by: 'colour' }), { code: 'invalidArgument' });
  });
});
