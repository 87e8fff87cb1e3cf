// Agents that nobody here wrote, supervised by Roost: a prompt, a command allowed, one refused, a turn cancelled, stopped with nothing left, resumed.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newRunMark, scratchFolder, type RunMark } from '../launch/paths.ts';
import {
  descendantsOf,
  isAlive,
  markedProcesses,
  type RunningProcess,
} from '../launch/processes.ts';
import { until } from '../process/support/tags.ts';
import { ModelServer } from './modelServer.ts';
import type { RecipeId } from './recipeList.ts';
import { lightRecipeIds, recipe } from './recipes.ts';
import { RoostStack } from './roostStack.ts';

/** Homes of the agents: one each, because the first start in an empty one takes some of them ten seconds. */
let homes: string;
let scratch: string;
let folder: string;
let model: ModelServer;
let mark: RunMark;

beforeAll(() => {
  homes = scratchFolder('homes');
});

afterAll(async () => {
  await rm(homes, { recursive: true, force: true });
});

beforeEach(async () => {
  scratch = scratchFolder('matrix');
  folder = join(scratch, 'folder');
  await mkdir(folder);
  model = await ModelServer.start();
  mark = newRunMark();
});

afterEach(async () => {
  await model[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** Roost with one agent in its settings, in the way a user writes it there. */
async function roostWith(id: RecipeId): Promise<RoostStack> {
  const home = join(homes, id);
  const { env, ...command } = await recipe(id, { home, modelUrl: model.url, report: console.log });
  return new RoostStack({
    folder,
    storage: join(scratch, 'storage'),
    agents: { [id]: { ...command, env: { ...env, ...mark.env } } },
  });
}

describe.each(lightRecipeIds)('%s', (id) => {
  it('works, asks, and is stopped with nothing left; a prompt brings it back', async () => {
    await using roost = await roostWith(id);
    const { sessions } = roost;
    const { sessionId, status, pid = 0 } = await sessions.create({ agent: id });
    expect(status).toBe('ready');
    expect(isAlive(pid)).toBe(true);

    expect(await sessions.prompt(sessionId, 'say: hello from the model')).toEqual({
      stopReason: 'end_turn',
    });
    expect(await roost.said(sessionId)).toContain('hello from the model');

    const allowed = sessions.prompt(sessionId, 'run: echo made > made.txt');
    expect((await roost.asked(sessionId)).kind).toBe('permission');
    expect(sessions.get(sessionId)?.status).toBe('needsInput');
    await roost.answer(sessionId, 'allow_once');
    await allowed;
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');
    expect(await toolStatuses(roost, sessionId)).toEqual(['completed']);
    expect(await roost.said(sessionId)).toContain('result: ');

    const refused = sessions.prompt(sessionId, 'run: echo made > refused.txt');
    await roost.answer(sessionId, 'reject_once');
    await refused;
    expect(existsSync(join(folder, 'refused.txt'))).toBe(false);
    expect(await toolStatuses(roost, sessionId)).toHaveLength(2);
    expect(sessions.get(sessionId)).toMatchObject({ status: 'ready', pendingRequests: [] });

    let heard = '';
    const hearing = sessions.onDidChangeTranscript(({ change }) => {
      if ('text' in change && typeof change.text === 'string') heard += change.text;
    });
    const talk = sessions.prompt(sessionId, 'talk:');
    await roost.until(() => heard.includes('word-3'));
    await sessions.cancel(sessionId);
    expect(await talk).toEqual({ stopReason: 'cancelled' });
    hearing.dispose();

    await sessions.terminate(sessionId);
    expect(markedProcesses(mark.id)).toEqual([]);
    expect(isAlive(pid)).toBe(false);
    expect(sessions.get(sessionId)).toMatchObject({ status: 'dormant', processAlive: false });

    await sessions.prompt(sessionId, 'say: back again');
    expect(await roost.said(sessionId)).toMatch(/hello from the model[^]*back again/u);
    expect(roost.told).toEqual(['restored resume']);
    await sessions.terminate(sessionId, { force: true });
    expect(markedProcesses(mark.id)).toEqual([]);
    expect(model.problems).toEqual([]);
  });

  it('is stopped in the midst of a command, with the command', async () => {
    await using roost = await roostWith(id);
    const { sessions } = roost;
    const { sessionId } = await sessions.create({ agent: id });
    const turn = sessions.prompt(sessionId, 'run: sleep 600; echo over');
    await roost.answer(sessionId, 'allow_once');
    // There is no event for the child of another program: that it runs is seen in the system's list.
    await until('the command sleeps', () => sleeping().length > 0, 60_000);
    const asleep = sleeping();
    expect(asleep).toHaveLength(1);

    await sessions.terminate(sessionId);
    expect(markedProcesses(mark.id)).toEqual([]);
    expect(asleep.filter(({ pid }) => isAlive(pid))).toEqual([]);
    await turn.catch(() => undefined);
    expect(sessions.get(sessionId)).toMatchObject({ status: 'dormant', processAlive: false });
  });
});

describe('two agents', () => {
  it('do not disturb one another when one is killed from outside', async () => {
    // The quicker one: what is tested is Roost, with a stream that somebody else's program makes.
    const id = 'kimi';
    await using roost = await roostWith(id);
    const { sessions } = roost;
    const config = { restart: 'never' } as const;
    const killed = await sessions.create({ agent: id, config });
    const other = await sessions.create({ agent: id, config });
    let heard = '';
    const hearing = sessions.onDidChangeTranscript(({ sessionId, change }) => {
      if (sessionId !== other.sessionId || !('text' in change)) return;
      heard += String(change.text);
    });
    const talk = sessions.prompt(other.sessionId, 'talk:');
    await roost.until(() => heard.includes('word-3 '));
    process.kill(killed.pid ?? 0, 'SIGKILL');
    await roost.until(() => sessions.get(killed.sessionId)?.status === 'crashed');
    const now = heard.length;
    await roost.until(() => heard.length > now + 50);
    await sessions.cancel(other.sessionId);
    await talk;
    hearing.dispose();
    // Not a word of the other one is missing.
    const words = heard.match(/word-\d+/gu) ?? [];
    expect(words).toEqual(words.map((_, index) => `word-${index + 1}`));
    await sessions.terminate(other.sessionId);
    expect(markedProcesses(mark.id)).toEqual([]);
  });
});

async function toolStatuses(roost: RoostStack, sessionId: string): Promise<string[]> {
  const entries = await roost.sessions.transcript(sessionId);
  return entries.flatMap((entry) => (entry.type === 'toolCall' ? [entry.status] : []));
}

/** The command, whoever runs it: one of the agents leaves that to Roost. */
function sleeping(): RunningProcess[] {
  const own = new Map(
    [...markedProcesses(mark.id), ...descendantsOf(process.pid)].map((one) => [one.pid, one]),
  );
  return [...own.values()].filter(({ command }) => command === 'sleep 600');
}
