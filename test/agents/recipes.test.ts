// The recipes by themselves: each agent, driven by the protocol library's own client, does what the scripted model tells it.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRunMark, scratchFolder, type RunMark } from '../launch/paths.ts';
import { markedProcesses } from '../launch/processes.ts';
import { ModelServer } from './modelServer.ts';
import { lightRecipeIds, recipe } from './recipes.ts';
import { everything, messageText, SdkPeer } from './sdkPeer.ts';

let scratch: string;
let folder: string;
let model: ModelServer;
let mark: RunMark;

beforeEach(async () => {
  scratch = scratchFolder('recipes');
  folder = join(scratch, 'folder');
  await mkdir(folder);
  model = await ModelServer.start();
  mark = newRunMark();
});

afterEach(async () => {
  await model[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

describe.each(lightRecipeIds)('%s', (id) => {
  it('answers, asks before it runs a command, minds a refusal, and stops when told', async () => {
    const home = join(scratch, 'home');
    const { env, ...command } = await recipe(id, {
      home,
      modelUrl: model.url,
      report: console.log,
    });
    {
      let wanted = 'allow_once';
      await using peer = new SdkPeer(
        { ...command, env: { ...env, ...mark.env }, cwd: folder },
        {
          capabilities: everything,
          permission: ({ options }) => options.find(({ kind }) => kind === wanted)?.optionId,
        },
      );
      await peer.initialize();
      const { sessionId } = await peer.newSession(folder);
      expect((await peer.prompt(sessionId, 'say: hello from the model')).text).toContain(
        'hello from the model',
      );

      const allowed = await peer.prompt(sessionId, 'run: echo made > made.txt');
      expect(peer.permissions).toHaveLength(1);
      expect(allowed.text).toContain('result: ');
      expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');

      wanted = 'reject_once';
      await peer.prompt(sessionId, 'run: echo made > refused.txt');
      expect(peer.permissions).toHaveLength(2);
      expect(existsSync(join(folder, 'refused.txt'))).toBe(false);

      const from = peer.updates.length;
      const turn = peer.prompt(sessionId, 'talk:');
      await peer.until(() => messageText(peer.of(sessionId, from)).includes('word-3'));
      await peer.cancel(sessionId);
      expect((await turn).stopReason).toBe('cancelled');
    }
    expect(model.problems).toEqual([]);
    expect(markedProcesses(mark.id)).toEqual([]);
  });
});
