// The shipped agent with a language model that another extension offers: it answers, uses its tools, and hears a cancel.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SessionInfo } from '../../src/api.ts';
import type { ModelFixture } from '../fixtures/extensions/models/extension.ts';
import { removeAllSessions, roost, setSetting, whenSession } from './roost.ts';

/** Whether the editor hands a cancel on to a model that answers. */
const hearsCancel = 'registerLanguageModelChatProvider' in vscode.lm;

describe('the Workspace agent and the editor’s language models', () => {
  let api: RoostApi;
  let models: ModelFixture;
  let offered: vscode.Disposable | undefined;

  before(async () => {
    api = await roost();
    const extension = vscode.extensions.getExtension<ModelFixture>('roost-tests.models');
    assert.ok(extension);
    models = await extension.activate();
    offered = models.offer();
    await setSetting('workspaceAgent.source', 'editor');
  });

  afterEach(async () => {
    await removeAllSessions(api);
  });

  after(async () => {
    offered?.dispose();
    await setSetting('workspaceAgent.source', undefined);
  });

  async function said(sessionId: string): Promise<string> {
    const entries = await api.getTranscript(sessionId);
    return entries.flatMap((one) => (one.type === 'agent' ? [one.text] : [])).join('\n');
  }

  it('answers with one, and uses its tools', async () => {
    const { sessionId } = await api.createSession({ agent: 'workspace' });
    await api.sendPrompt(sessionId, 'say hello from the editor');
    assert.match(await said(sessionId), /hello from the editor/);

    const using = api.sendPrompt(sessionId, 'use run_command {"command":"echo it-$((40+2))"}');
    const asking = await whenSession(
      api,
      sessionId,
      (info) => (info?.pendingRequests.length ?? 0) > 0,
    );
    const [request] = asking?.pendingRequests ?? [];
    const yes = request?.options.find(({ kind }) => kind === 'allow_once');
    assert.ok(request && yes);
    await api.respondToPermission(sessionId, request.requestId, yes.optionId);
    await using;
    assert.match(await said(sessionId), /result: .*it-42/);

    await api.sendPrompt(sessionId, 'refuse');
    assert.match(await said(sessionId), /You have not allowed Roost to use the model/);
  });

  it('stops one that talks when its turn is cancelled', async () => {
    const { sessionId }: SessionInfo = await api.createSession({ agent: 'workspace' });
    const talking = api.sendPrompt(sessionId, 'talk');
    await models.talking;
    await api.cancelPrompt(sessionId);
    assert.equal((await talking).stopReason, 'cancelled');
    // The oldest editor tells a model that has begun no more.
    if (hearsCancel) await models.cancelled;
  });
});
