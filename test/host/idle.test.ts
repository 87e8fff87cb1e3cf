// Idle termination in real time, with real agents: exactly the session that is idle is saved and stopped.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, TelemetryEvent } from '../../src/api.ts';
import {
  processesOf,
  removeAllSessions,
  roost,
  scripted,
  setSetting,
  whenSession,
} from './roost.ts';

/** A few seconds. */
const timeoutMinutes = 0.05;

describe('idle sessions', () => {
  let api: RoostApi;
  let store: string;

  before(async () => {
    api = await roost();
    store = mkdtempSync(join(tmpdir(), 'roost-idle-'));
    await setSetting('agents', { scripted: scripted('--store', store) });
    await setSetting('idle.timeoutMinutes', 0);
  });

  after(async () => {
    await setSetting('idle.timeoutMinutes', undefined);
    await removeAllSessions(api);
    await setSetting('agents', undefined);
    rmSync(store, { recursive: true, force: true });
  });

  it('are stopped, and none that works, waits, runs something or is kept awake', async () => {
    const create = async (title: string): Promise<string> =>
      (await api.createSession({ agent: 'scripted', title })).sessionId;
    const [working, waiting, running, kept, idle] = await Promise.all(
      ['working', 'waiting', 'running', 'kept', 'idle'].map(create),
    );
    assert.ok(working && waiting && running && kept && idle);
    const turn = api.sendPrompt(working, 'silent');
    const asked = api.sendPrompt(waiting, 'permit Something');
    await whenSession(api, waiting, (info) => info?.status === 'needsInput');
    // The turn ends, its command goes on.
    await api.sendPrompt(running, 'terminal-open sleep 600');
    await vscode.commands.executeCommand('roost.keepAwake', { sessionId: kept });
    await api.sendPrompt(idle, 'say remember me');

    const ended: TelemetryEvent[] = [];
    const listening = api.onTelemetry((event) => {
      if (event.name === 'roost.session.terminated') ended.push(event);
    });
    await setSetting('idle.timeoutMinutes', timeoutMinutes);
    assert.ok(api.getSession(idle)?.idleDeadlineAt);
    await whenSession(api, idle, (info) => info?.status === 'dormant');
    // Asked now, nothing else is due; that one may be on its last step still.
    for (const sessionId of await api.terminateIdleSessions()) assert.equal(sessionId, idle);
    listening.dispose();

    assert.deepEqual(
      ended.map(({ sessionId }) => sessionId),
      [idle],
    );
    assert.ok(ended[0]?.name === 'roost.session.terminated' && ended[0].reason === 'idle');
    const states = [working, waiting, running, kept, idle].map((sessionId) => {
      const info = api.getSession(sessionId);
      return [info?.title, info?.status, info?.processAlive, info?.idleDeadlineAt === undefined];
    });
    assert.deepEqual(states, [
      ['working', 'working', true, true],
      ['waiting', 'needsInput', true, true],
      ['running', 'ready', true, true],
      ['kept', 'ready', true, true],
      ['idle', 'dormant', false, true],
    ]);
    // The system agrees, and so does the disk.
    assert.deepEqual(processesOf(idle), []);
    if (existsSync('/proc/self/environ')) {
      for (const id of [working, waiting, running, kept]) assert.ok(processesOf(id).length > 0);
      assert.ok(processesOf(running).length > 1, 'the command of the agent still runs');
    }
    const saved = (await api.listSavedSessions()).find(({ sessionId }) => sessionId === idle);
    assert.equal(saved?.title, 'idle');

    // Nothing was lost, and one prompt brings it back with its agent's memory.
    await setSetting('idle.timeoutMinutes', 0);
    await api.sendPrompt(idle, 'history');
    const transcript = await api.getTranscript(idle);
    const [first, second] = transcript;
    assert.ok(first?.type === 'user' && first.text === 'say remember me');
    assert.ok(second?.type === 'agent' && second.text === 'remember me');
    const last = transcript.at(-1);
    assert.ok(last?.type === 'agent' && last.text.includes('remember me'));

    await api.cancelPrompt(working);
    assert.deepEqual(await turn, { stopReason: 'cancelled' });
    const [request] = api.getSession(waiting)?.pendingRequests ?? [];
    await api.respondToPermission(waiting, request?.requestId ?? '', undefined);
    await asked;
  });
});
