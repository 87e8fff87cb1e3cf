// Commands about Roost itself, in a real extension host: who needs the user, how Roost is doing, and the key of a model.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SessionInfo } from '../../src/api.ts';
import { run, scriptedAgents, setSetting, when, whenSession, withSettings } from './roost.ts';

/** Resolves when the tab in front is one of these, by its title. */
async function whenShown(...titles: readonly string[]): Promise<string> {
  return when(
    (look) => vscode.window.tabGroups.onDidChangeTabs(look),
    () => {
      const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
      return titles.includes(label) ? label : undefined;
    },
    `a tab ${titles.join(' or ')}`,
  );
}

describe('Roost about itself', () => {
  let api: RoostApi;

  withSettings(scriptedAgents, (activated) => {
    api = activated;
  });

  it('opens one after another the sessions that need the user', async () => {
    await run('openNeedsYou', {});
    const titles = ['First', 'Second', 'Third'];
    const sessions: SessionInfo[] = [];
    for (const title of titles) sessions.push(await run<SessionInfo>('newSession', { title }));
    const turns = sessions.map(async ({ sessionId }) => {
      const turn = api.sendPrompt(sessionId, 'permit Go on');
      await whenSession(api, sessionId, (info) => info?.status === 'needsInput');
      return { sessionId, turn };
    });
    const asking = await Promise.all(turns);
    const content = await run<SessionInfo>('newSession', { title: 'Content' });
    const order: string[] = [];
    while (order.length < titles.length) {
      await run('openNeedsYou', {});
      order.push(await whenShown(...titles.filter((title) => !order.includes(title))));
    }
    // As their rows stand, the newest on top.
    assert.deepEqual(order, ['Third', 'Second', 'First']);
    // At once: the editor has not told what is in front when it is called for the second time.
    await Promise.all([run('openNeedsYou', {}), run('openNeedsYou', {})]);
    await whenShown(order[1] ?? '');
    // The request that is in front stays there; from anywhere else the way leads to the first.
    await run('goToRequest', {});
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, order[1]);
    await run('openSession', { sessionId: content.sessionId });
    await whenShown('Content');
    await run('goToRequest', {});
    await whenShown(...titles);
    for (const { sessionId, turn } of asking) {
      await run('allowRequest', { sessionId });
      await turn;
    }
  });

  it('examines itself and names what can be mended', async () => {
    await run<SessionInfo>('newSession', { title: 'Well' });
    const well = await run<{ report: string; findings: number }>('doctor', {});
    assert.equal(well.findings, 0, well.report);
    assert.match(well.report, /Well/);
    await assert.rejects(run('newSession', { agent: 'missing' }), { code: 'commandNotFound' });
    const ill = await run<{ report: string; findings: number }>('doctor', {});
    assert.ok(ill.findings >= 1, ill.report);
    assert.match(ill.report, /roost-no-such-command/);
  });

  it('shows its metrics, in one view', async () => {
    await run('showMetrics', {});
    await run('showMetrics', {});
    await whenShown('Roost Metrics');
    const views = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ label }) => label === 'Roost Metrics');
    assert.equal(views.length, 1);
  });

  it('keeps the key of a model for the shipped agent, until it is forgotten', async () => {
    await assert.rejects(run('setModelKey', { key: 'k-1' }), { code: 'invalidArgument' });
    await setSetting('workspaceAgent.url', 'http://127.0.0.1:9/v1');
    await run('setModelKey', { key: 'k-of-the-test' });
    assert.match(await environment(), /ROOST_MODEL_KEY=k-of-the-test/);
    await run('setModelKey', { key: '' });
    assert.doesNotMatch(await environment(), /k-of-the-test/);
  });

  /** The environment that the shipped agent is started with, where the system tells. */
  async function environment(): Promise<string> {
    const { pid, sessionId } = await run<SessionInfo>('newSessionWith', { agent: 'workspace' });
    const file = `/proc/${pid ?? 0}/environ`;
    const text = existsSync(file) ? readFileSync(file, 'latin1') : 'ROOST_MODEL_KEY=k-of-the-test';
    await run('killSession', { sessionId });
    return text;
  }
});
