// Settings in a real extension host: a change counts at once, and a wrong value takes nothing else with it.
import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi } from '../../src/api.ts';
import { removeAllSessions, roost, scripted, setSetting } from './roost.ts';

describe('settings', () => {
  let api: RoostApi;

  before(async () => {
    api = await roost();
  });

  afterEach(async () => {
    await removeAllSessions(api);
    for (const name of ['agents', 'defaultAgent', 'idle.timeoutMinutes']) {
      await setSetting(name, undefined);
    }
    await setForWorkspace('defaultAgent', undefined);
  });

  it('change what the next session does', async () => {
    assert.equal((await api.createSession()).agentId, 'workspace');
    await setSetting('agents', { scripted: scripted() });
    await setSetting('defaultAgent', 'scripted');
    assert.equal((await api.createSession()).agentId, 'scripted');
  });

  it('of a workspace that is trusted come before the user’s', async () => {
    await setSetting('agents', { scripted: scripted() });
    await setForWorkspace('defaultAgent', 'scripted');
    assert.equal((await api.createSession()).agentId, 'scripted');
  });

  it('that are wrong fall back to their defaults, one by one', async () => {
    await setSetting('defaultAgent', 42);
    await setSetting('idle.timeoutMinutes', -1);
    await setSetting('agents', { scripted: scripted() });
    const info = await api.createSession();
    assert.equal(info.agentId, 'workspace');
    assert.equal((await api.createSession({ agent: 'scripted' })).status, 'ready');
    // The default is 30 minutes; -1 would have been long ago.
    assert.equal(info.processAlive, true);
    await setSetting('agents', { 'no id': { command: 'x' } });
    await assert.rejects(api.createSession({ agent: 'scripted' }), { code: 'agentUnknown' });
  });
});

async function setForWorkspace(name: string, value: unknown): Promise<void> {
  await vscode.workspace
    .getConfiguration('roost')
    .update(name, value, vscode.ConfigurationTarget.Workspace);
}
