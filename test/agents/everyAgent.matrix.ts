// The matrix: every agent that runs without the internet, through everything a session can go through; its table is written by the run.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRunMark, scratchFolder, type RunMark } from '../launch/paths.ts';
import { MissingError } from '../launch/pinned.ts';
import { descendantsOf, markedProcesses } from '../launch/processes.ts';
import { until } from '../process/support/tags.ts';
import { noteOn } from '../../src/agents/knownAgents.ts';
import type { Disposable } from '../../src/session/event.ts';
import { memoryOf } from './memory.ts';
import { ModelServer } from './modelServer.ts';
import { MatrixRow } from './matrixReport.ts';
import { recipes } from './recipeList.ts';
import { recipe, recipeIds } from './recipes.ts';
import { RoostStack } from './roostStack.ts';

/** A thousandth of what people set: short enough to wait for. */
const idleMinutes = 0.02;
/** What one of the agents needs between a conversation's beginning and its loading. */
const minuteMs = 61_000;

/** What a session can do, in the order in which the notes on agents say it. */
const sessionAbilities = ['load', 'resume', 'list', 'close', 'fork'] as const;

describe.each(recipeIds)('%s', (id) => {
  const { lacks, registryId } = recipes[id];
  const row = new MatrixRow(id);
  let home: string;
  let scratch: string;
  let folder: string;
  let model: ModelServer;
  let mark: RunMark;
  let roost: RoostStack;
  /** The windows so far; the last is open. */
  const windows: RoostStack[] = [];
  let sessionId: string;
  let createdAt = 0;
  const hearing: Disposable[] = [];

  beforeAll(async () => {
    home = scratchFolder(`home-${id}`);
    scratch = scratchFolder(`matrix-${id}`);
    folder = join(scratch, 'folder');
    model = await ModelServer.start();
    // Some agents ask less in a repository, and that is where people work. Made by hand: not every machine has Git.
    for (const part of ['objects', 'refs/heads']) {
      await mkdir(join(folder, '.git', part), { recursive: true });
    }
    await writeFile(join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    model.folder = folder;
    mark = newRunMark();
    try {
      roost = await open();
    } catch (error) {
      // Red, and said where people look: an agent that was not run is no agent that passed.
      if (error instanceof MissingError) row.cannotRun(error.message);
      throw error;
    }
  });

  afterAll(async () => {
    for (const one of hearing) one.dispose();
    await windows.at(-1)?.[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
    row.write();
  });

  /** Roost with the agent in its settings, as a user writes it there; a second one is the next window. */
  async function open(): Promise<RoostStack> {
    const { env, ...command } = await recipe(id, {
      home,
      modelUrl: model.url,
      report: console.log,
    });
    const window = new RoostStack({
      folder,
      storage: join(scratch, 'storage'),
      agents: { [id]: { ...command, env: { ...env, ...mark.env } } },
    });
    windows.push(window);
    return window;
  }

  /** One cell of the table: what `run` returns stands in it, or that it failed. */
  function cell(name: Parameters<MatrixRow['set']>[0], run: () => Promise<string>): void {
    it(name, async () => {
      row.set(name, 'failed');
      row.set(name, await run());
    });
  }

  /** Sends a prompt whose tool call the user answers so; an agent that does not ask is not waited for. */
  async function answered(prompt: string, kind: string): Promise<void> {
    const turn = roost.sessions.prompt(sessionId, prompt);
    if (!lacks.includes('permissions')) await roost.answer(sessionId, kind);
    await turn;
  }

  async function lastStatus(): Promise<string | undefined> {
    const entries = await roost.sessions.transcript(sessionId);
    return entries.findLast((entry) => entry.type === 'toolCall')?.status;
  }

  cell('answers', async () => {
    const info = await roost.sessions.create({ agent: id });
    ({ sessionId } = info);
    createdAt = performance.now();
    expect(info.status).toBe('ready');
    await roost.sessions.prompt(sessionId, 'say: hello token-first');
    expect(await roost.said(sessionId)).toContain('hello token-first');
    const { facts, can } = roost.sessions.details(sessionId);
    if (registryId !== undefined) {
      const offered = sessionAbilities.filter((ability) => can?.[ability] === true);
      expect(offered).toEqual(noteOn(registryId)?.sessions);
    }
    row.introduce(facts.agentName, facts.agentVersion);
    return 'yes';
  });

  cell('command allowed', async () => {
    await answered('run: echo made > made.txt', 'allow_once');
    expect(await readFile(join(folder, 'made.txt'), 'utf8')).toBe('made\n');
    expect(await lastStatus()).toBe('completed');
    return lacks.includes('permissions') ? 'runs, never asks' : 'yes';
  });

  cell('command refused', async () => {
    if (lacks.includes('permissions')) return 'never asks';
    await answered('run: echo made > refused.txt', 'reject_once');
    expect(existsSync(join(folder, 'refused.txt'))).toBe(false);
    expect(await lastStatus()).toMatch(/^(failed|cancelled)$/u);
    expect(roost.sessions.get(sessionId)).toMatchObject({ status: 'ready', pendingRequests: [] });
    return 'yes';
  });

  cell('file written', async () => {
    if (lacks.includes('write')) return 'by commands only';
    await answered('write: written.txt some text', 'allow_once');
    expect(await readFile(join(folder, 'written.txt'), 'utf8')).toMatch(/^some text\n?$/u);
    if (lacks.includes('permissions')) return 'written, never asks';
    await answered('write: unwritten.txt some text', 'reject_once');
    expect(existsSync(join(folder, 'unwritten.txt'))).toBe(false);
    expect(await lastStatus()).toMatch(/^(failed|cancelled)$/u);
    return 'asked, both ways';
  });

  cell('cancelled', async () => {
    const words = heardFrom(sessionId);
    const talk = roost.sessions.prompt(sessionId, 'talk:');
    await roost.until(() => words().includes('word-3'));
    await roost.sessions.cancel(sessionId);
    expect(await talk).toEqual({ stopReason: 'cancelled' });
    await roost.sessions.prompt(sessionId, 'say: after the cancel');
    expect(await roost.said(sessionId)).toContain('after the cancel');
    return 'yes';
  });

  cell('memory', () => memoryOf(() => markedProcesses(mark.id)));

  cell('other killed', async () => {
    const other = await roost.sessions.create({ agent: id, config: { restart: 'never' } });
    await roost.sessions.prompt(other.sessionId, 'say: me too');
    const words = heardFrom(sessionId);
    const talk = roost.sessions.prompt(sessionId, 'talk:');
    await roost.until(() => words().includes('word-3 '));
    process.kill(other.pid ?? 0, 'SIGKILL');
    await roost.until(() => roost.sessions.get(other.sessionId)?.status === 'crashed');
    const now = words().length;
    await roost.until(() => words().length > now + 50);
    await roost.sessions.cancel(sessionId);
    await talk;
    const numbers = [...words().matchAll(/word-(\d+)/gu)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    return 'untouched';
  });

  cell('window closed', async () => {
    const before = await spoken();
    if (id === 'gemini') {
      await new Promise((done) => setTimeout(done, createdAt + minuteMs - performance.now()));
    }
    await roost[Symbol.asyncDispose]();
    expect(markedProcesses(mark.id)).toEqual([]);
    roost = await open();
    await roost.sessions.restoreAll();
    expect(roost.sessions.get(sessionId)).toMatchObject({ status: 'dormant' });
    expect(await spoken()).toEqual(before);
    await roost.sessions.prompt(sessionId, 'recall:');
    const how = roost.told.findLast((one) => /^restored (?!readonly)/u.test(one));
    // What the model was shown came from the agent's own memory, and the transcript did not double.
    expect((await spoken()).slice(before.length).join('\n')).toContain('seen: token-first');
    expect((await spoken()).slice(0, before.length)).toEqual(before);
    expect((await spoken()).filter((text) => text.includes('hello token-first'))).toHaveLength(2);
    return `back by ${how?.replace('restored ', '') ?? 'nothing'}`;
  });

  cell('idle', async () => {
    await roost.sessions.configure(sessionId, { timeoutMinutes: idleMinutes });
    await roost.until(() => roost.sessions.get(sessionId)?.status === 'dormant');
    expect(markedProcesses(mark.id)).toEqual([]);
    await roost.sessions.configure(sessionId, { timeoutMinutes: 0 });
    return 'stopped, nothing left';
  });

  cell('stopped', async () => {
    const info = await roost.sessions.create({ agent: id });
    ({ sessionId } = info);
    // Neither `sleep`, which some agents refuse to wait for, nor one that changes nothing, which some do not ask about.
    const turn = roost.sessions.prompt(sessionId, 'run: touch begun.txt; tail -f /dev/null');
    if (!lacks.includes('permissions')) await roost.answer(sessionId, 'allow_once');
    await until('the command runs', () => waiting().length > 0, 60_000);
    const report = await roost.sessions.terminate(sessionId);
    await turn.catch(() => undefined);
    expect(markedProcesses(mark.id)).toEqual([]);
    expect(waiting()).toEqual([]);
    expect(roost.sessions.get(sessionId)).toMatchObject({ status: 'dormant', processAlive: false });
    expect(model.problems).toEqual([]);
    return report.forced ? 'nothing left, by force' : 'nothing left';
  });

  /** What the user and the agent have said, as it is stored. */
  async function spoken(): Promise<string[]> {
    const entries = await roost.sessions.transcript(sessionId);
    return entries.flatMap((entry) =>
      entry.type === 'user' || entry.type === 'agent' ? [entry.text] : [],
    );
  }

  /** The words of a session from now on, as they come. */
  function heardFrom(session: string): () => string {
    let heard = '';
    hearing.push(
      roost.sessions.onDidChangeTranscript(({ sessionId: from, change }) => {
        if (from === session && 'text' in change && typeof change.text === 'string') {
          if (change.type !== 'user') heard += change.text;
        }
      }),
    );
    return () => heard;
  }

  /** The command, whoever runs it: some agents leave that to Roost. */
  function waiting(): unknown[] {
    const all = [...markedProcesses(mark.id), ...descendantsOf(process.pid)];
    return all.filter(({ command }) => command === 'tail -f /dev/null');
  }
});
