// The shipped agent with a language model behind it, supervised by Roost: it answers, uses its tools as it is allowed to, remembers, and is cancelled.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../launch/paths.ts';
import { ScriptedModels } from './editorModels.ts';
import { ModelServer } from './modelServer.ts';
import { RoostStack } from './roostStack.ts';
import { buildWorkspaceAgent } from './workspaceAgentBundle.ts';

let built: string;
let scratch: string;
let folder: string;
let model: ModelServer;

beforeAll(async () => {
  built = scratchFolder('bundle');
  await buildWorkspaceAgent(built);
});

afterAll(async () => {
  await rm(built, { recursive: true, force: true });
});

beforeEach(async () => {
  scratch = scratchFolder('model');
  folder = join(scratch, 'folder');
  await mkdir(folder);
  model = await ModelServer.start();
});

afterEach(async () => {
  await model[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** Roost whose shipped agent is started with these variables; a second one is the next window. */
function roostWith(env: Readonly<Record<string, string>>, models?: ScriptedModels): RoostStack {
  return new RoostStack({
    ...(models === undefined ? {} : { models }),
    folder,
    storage: join(scratch, 'storage'),
    workspaceAgent: {
      script: join(built, 'workspaceAgent.cjs'),
      home: join(scratch, 'home'),
      modelEnv: () => env,
    },
  });
}

function endpoint(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    ROOST_MODEL_SOURCE: 'endpoint',
    ROOST_MODEL_URL: `${model.url}/v1`,
    ROOST_MODEL: 'lab-model',
    ...more,
  };
}

describe('the Workspace agent with a model', () => {
  it('answers in pieces, and uses its tools as the user allows', async () => {
    await using roost = roostWith(endpoint({ ROOST_MODEL_KEY: 'the-key' }));
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    await sessions.prompt(sessionId, 'say: hello from the model');
    expect(await roost.said(sessionId)).toContain('hello from the model');
    expect(model.keys).toEqual(['Bearer the-key']);

    const allowed = sessions.prompt(sessionId, 'run: echo made | tee made.txt');
    await roost.answer(sessionId, 'allow_once');
    await allowed;
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');
    // The model was given what the command printed, and how it ended.
    expect(await roost.said(sessionId)).toMatch(/result: made\s+Exited with code 0/u);

    const refused = sessions.prompt(sessionId, 'write: refused.txt some text');
    await roost.answer(sessionId, 'reject_once');
    await refused;
    expect(existsSync(join(folder, 'refused.txt'))).toBe(false);
    expect(await roost.said(sessionId)).toContain('was not written: you refused');

    const entries = await sessions.transcript(sessionId);
    const tools = entries.filter((entry) => entry.type === 'toolCall');
    expect(tools.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'execute completed',
      'edit failed',
    ]);
    expect(model.problems).toEqual([]);
  });

  it('edits one place of a file, and says so to the model when there are more', async () => {
    await writeFile(join(folder, 'a.txt'), 'one two two\n');
    await using roost = roostWith(endpoint());
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    await sessions.prompt(
      sessionId,
      'use: edit_file {"file":"a.txt","old_text":"two","new_text":"2"}',
    );
    expect(await roost.said(sessionId)).toContain('stands in a.txt 2 times, not once');
    const edit = sessions.prompt(
      sessionId,
      'use: edit_file {"file":"a.txt","old_text":"one","new_text":"1"}',
    );
    await roost.answer(sessionId, 'allow_once');
    await edit;
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('1 two two\n');
  });

  it('is cancelled while the model talks, and works on', async () => {
    await using roost = roostWith(endpoint());
    await cancelledInTheMidst(roost);
  });

  it('remembers in the next window, and leaves out the oldest when its window is full', async () => {
    let sessionId: string;
    {
      await using roost = roostWith(endpoint());
      ({ sessionId } = await roost.sessions.create());
      await roost.sessions.prompt(sessionId, 'say: hello token-old');
    }
    {
      await using roost = roostWith(endpoint());
      await roost.sessions.restoreAll();
      await roost.sessions.prompt(sessionId, 'recall:');
      expect(await roost.said(sessionId)).toContain('seen: token-old');
    }
    await using roost = roostWith(endpoint({ ROOST_MODEL_CONTEXT: '1000' }));
    await roost.sessions.restoreAll();
    const long = 'many words '.repeat(250);
    await roost.sessions.prompt(sessionId, `say: token-new\n${long}`);
    await roost.sessions.prompt(sessionId, 'recall:');
    const last = (await roost.sessions.transcript(sessionId)).findLast(
      ({ type }) => type === 'agent',
    );
    expect(JSON.stringify(last)).toContain('seen:');
    expect(JSON.stringify(last)).not.toContain('token-old');
    const thoughts = await roost.sessions.transcript(sessionId);
    expect(
      thoughts.flatMap((entry) => (entry.type === 'thought' ? [entry.text] : [])).join(''),
    ).toContain('was left out');
  });

  it('finds Ollama on this machine, by its own variable', async () => {
    const env = { ROOST_MODEL_SOURCE: 'auto', OLLAMA_HOST: model.url.replace('http://', '') };
    await using roost = roostWith(env);
    const { sessionId } = await roost.sessions.create();
    await roost.sessions.prompt(sessionId, 'say: hello from Ollama');
    expect(await roost.said(sessionId)).toContain('hello from Ollama');
  });

  it('says what went wrong when the model does not answer', async () => {
    await using roost = roostWith(endpoint({ ROOST_MODEL_URL: 'http://127.0.0.1:9/v1' }));
    const { sessionId } = await roost.sessions.create();
    await roost.sessions.prompt(sessionId, 'say: hello');
    expect(await roost.said(sessionId)).toMatch(
      /The model `lab-model` at http:\/\/127\.0\.0\.1:9\/v1 did not answer/u,
    );
  });

  it('stays what it is without one', async () => {
    await using roost = roostWith({ ROOST_MODEL_SOURCE: 'auto', OLLAMA_HOST: '127.0.0.1:9' });
    const { sessionId } = await roost.sessions.create();
    await roost.sessions.prompt(sessionId, 'hello there');
    expect(await roost.said(sessionId)).toContain('I have no language model behind me');
  });
});

describe('the Workspace agent with a model of the editor', () => {
  const auto = { ROOST_MODEL_SOURCE: 'auto', OLLAMA_HOST: '127.0.0.1:9' };

  it('answers in pieces, and uses its tools as the user allows', async () => {
    const models = new ScriptedModels();
    await using roost = roostWith(auto, models);
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    const long = 'every piece of it, and in order '.repeat(20).trim();
    await sessions.prompt(sessionId, `say: ${long}`);
    expect(await roost.said(sessionId)).toContain(long);

    const allowed = sessions.prompt(sessionId, 'run: echo made | tee made.txt');
    await roost.answer(sessionId, 'allow_once');
    await allowed;
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');
    expect(await roost.said(sessionId)).toMatch(/result: made\s+Exited with code 0/u);
    const refused = sessions.prompt(sessionId, 'write: refused.txt some text');
    await roost.answer(sessionId, 'reject_once');
    await refused;
    expect(existsSync(join(folder, 'refused.txt'))).toBe(false);
    // A call and its result are told as what they are.
    const types = models.asked
      .at(-1)
      ?.messages.slice(-2)
      .map(({ content }) => content[0]?.type);
    expect(types).toEqual(['toolCall', 'toolResult']);
    // Nobody else is asked while the editor has a model.
    expect(model.requests).toEqual([]);
  });

  it('is cancelled while the model talks, which the model hears, and works on', async () => {
    const models = new ScriptedModels();
    await using roost = roostWith(auto, models);
    await cancelledInTheMidst(roost);
    // Before the next prompt was sent, not when the model would have said its next word.
    expect(models.cancelled).toBe(1);
  });

  it('keeps within the window that the model counts itself', async () => {
    const models = new ScriptedModels(1000);
    await using roost = roostWith(auto, models);
    const { sessions } = roost;
    const { sessionId } = await sessions.create();
    await sessions.prompt(sessionId, `say: token-old ${'many words '.repeat(30)}`);
    await sessions.prompt(sessionId, `say: token-new ${'many words '.repeat(60)}`);
    await sessions.prompt(sessionId, 'recall:');
    const last = (await sessions.transcript(sessionId)).findLast(({ type }) => type === 'agent');
    expect(JSON.stringify(last)).toContain('seen:');
    expect(JSON.stringify(last)).not.toContain('token-old');
    for (const { messages } of models.asked) {
      const shown = JSON.stringify(messages.slice(1));
      expect(shown.length / 2).toBeLessThan(models.model.maxInputTokens);
    }
  });

  it('says what to do when its user or its maker refuses, and goes on when they do not', async () => {
    const models = new ScriptedModels();
    await using roost = roostWith(auto, models);
    const { sessionId } = await roost.sessions.create();
    for (const [kind, words] of [
      ['notAllowed', 'You have not allowed Roost to use the model `Lab Model`'],
      ['gone', 'is not there any more'],
      ['blocked', 'did not answer: out of quota'],
    ] as const) {
      models.refusal = { kind, message: 'out of quota' };
      await roost.sessions.prompt(sessionId, 'say: never');
      expect(await roost.said(sessionId)).toContain(words);
    }
    models.refusal = undefined;
    await roost.sessions.prompt(sessionId, 'say: at last');
    expect(await roost.said(sessionId)).toContain('at last');
  });

  it('is a server’s where one is set, and nobody’s where the one that is wanted is not there', async () => {
    const models = new ScriptedModels();
    {
      await using roost = roostWith(endpoint({ ROOST_MODEL_SOURCE: 'auto' }), models);
      const { sessionId } = await roost.sessions.create();
      await roost.sessions.prompt(sessionId, 'say: by the server');
      expect(await roost.said(sessionId)).toContain('by the server');
    }
    await using roost = roostWith({ ...endpoint(), ROOST_MODEL_SOURCE: 'editor' }, models);
    const { sessionId } = await roost.sessions.create();
    await roost.sessions.prompt(sessionId, 'hello there');
    expect(await roost.said(sessionId)).toContain('I have no language model behind me');
    expect(models.asked).toEqual([]);
  });
});

/** Cancels a turn once the model has begun to talk; the next one is answered. */
async function cancelledInTheMidst(roost: RoostStack): Promise<void> {
  const { sessions } = roost;
  const { sessionId } = await sessions.create();
  const talk = sessions.prompt(sessionId, 'talk:');
  let heard = '';
  const hearing = sessions.onDidChangeTranscript(({ change }) => {
    if ('text' in change && typeof change.text === 'string') heard += change.text;
  });
  await roost.until(() => heard.includes('word-3'));
  await sessions.cancel(sessionId);
  expect(await talk).toEqual({ stopReason: 'cancelled' });
  hearing.dispose();
  await sessions.prompt(sessionId, 'say: still here');
  expect(await roost.said(sessionId)).toContain('still here');
}
