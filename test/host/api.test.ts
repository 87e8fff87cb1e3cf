// The public API from outside: another extension drives a session from its creation to its deletion.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi } from '../../src/api.ts';
import type { Neighbour } from '../fixtures/extensions/neighbour/extension.ts';
import { processesOf, removeAllSessions, roost, scripted, setSetting } from './roost.ts';

describe('another extension', () => {
  let api: RoostApi;
  let store: string;

  before(async () => {
    api = await roost();
    store = mkdtempSync(join(tmpdir(), 'roost-neighbour-'));
    await setSetting('agents', { scripted: scripted('--store', store) });
  });

  after(async () => {
    await removeAllSessions(api);
    await setSetting('agents', undefined);
    rmSync(store, { recursive: true, force: true });
  });

  it('drives a whole life, and hears of it in order', async () => {
    const extension = vscode.extensions.getExtension<Neighbour>('roost-tests.neighbour');
    assert.ok(extension, 'the fixture extension is not in this window');
    const life = await (await extension.activate()).wholeLife('scripted');

    const { sessionId } = life.created;
    assert.equal(life.created.status, 'ready');
    assert.equal(life.created.title, 'A neighbour');
    assert.equal(life.created.agentId, 'scripted');
    assert.deepEqual(life.stopReasons, ['end_turn', 'end_turn', 'end_turn']);
    assert.equal(life.asked.kind, 'permission');
    assert.equal(life.asked.title, 'Look around');
    assert.equal(life.saved.sessionId, sessionId);
    assert.ok(life.saved.bytes > 0);
    assert.equal(life.terminated.sessionId, sessionId);
    assert.equal(life.terminated.forced, false);
    assert.equal(life.restored.status, 'dormant');
    assert.equal(life.restored.processAlive, false);
    assert.equal(life.idle.processAlive, false);
    assert.deepEqual(
      life.savedWhileIdle.map((one) => one.sessionId),
      [sessionId],
    );
    assert.equal(life.gone, true);
    assert.deepEqual(processesOf(sessionId), []);

    const said = life.transcript.flatMap((entry) =>
      entry.type === 'user' || entry.type === 'agent' ? [entry.text] : [],
    );
    assert.deepEqual(said.slice(0, 2), ['say hello', 'hello']);
    // The agent of the second run still knew what was said to the first.
    assert.match(said.at(-1) ?? '', /say hello/);

    assert.deepEqual(life.statuses, [
      ...['starting', 'ready', 'working', 'ready'],
      ...['working', 'needsInput', 'working', 'ready'],
      ...['stopping', 'dormant', 'starting', 'ready', 'working', 'ready'],
      ...['stopping', 'dormant', 'deleted'],
    ]);
    const told = life.telemetry.flatMap((event) => {
      if (event.name === 'roost.session.created') return [`created ${event.origin}`];
      if (event.name === 'roost.session.terminated') return [`terminated ${event.reason}`];
      if (event.name === 'roost.session.restored') return [`restored ${event.how}`];
      return [];
    });
    assert.deepEqual(told, [
      'created new',
      'terminated user',
      'restored resume',
      'terminated idle',
    ]);
    for (const event of life.telemetry) {
      if (event.name === 'roost.sessions.active') continue;
      assert.equal(event.sessionId, sessionId);
      assert.equal(event.agentId, 'scripted');
    }
  });
});
