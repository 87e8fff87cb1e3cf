// An agent that crashes or falls silent at each step of the protocol, its helpers below it: the session says what happened, and nothing is left.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RoostStack } from '../agents/roostStack.ts';
import { newRunMark, type RunMark } from '../launch/paths.ts';
import { markedProcesses } from '../launch/processes.ts';
import { agents } from './support/shapes.ts';
import { until } from './support/tags.ts';

const root = mkdtempSync(join(tmpdir(), 'roost-steps-'));
const helpers = 2;
let folders = 0;
let mark: RunMark;

beforeEach(() => {
  mark = newRunMark();
});

afterEach(() => {
  const left = markedProcesses(mark.id);
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  expect(left).toEqual([]);
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** A whole Roost whose agent behaves as the flags say and has helpers in groups of their own. */
function roostWith(...flags: string[]): RoostStack {
  const folder = join(root, String(folders++));
  const args = [join(agents, 'scripted.mjs'), '--children', String(helpers), ...flags];
  return new RoostStack({
    folder: root,
    storage: folder,
    agents: { scripted: { command: process.execPath, args, env: mark.env } },
    settings: { 'supervision.graceSeconds': 0.5 },
  });
}

const options = { agent: 'scripted', config: { restart: 'never' } } as const;
const deaf = ['--ignore-eof', '--ignore-sigterm', '--ignore-cancel'];

function code(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
}

/** The only session there is. */
function only({ sessions }: RoostStack): string {
  return sessions.list()[0]?.sessionId ?? '';
}

describe('a crash', () => {
  it.each(['start', 'initialize', 'new'])('at %s fails the start, with its code', async (step) => {
    await using roost = roostWith('--crash-at', step, ...deaf);
    expect(await code(roost.sessions.create(options))).toBe('exitedDuringStart');
    const info = roost.sessions.get(only(roost));
    expect(info).toMatchObject({ status: 'failed', processAlive: false });
    expect(info?.error?.message).toContain('3');
    expect(markedProcesses(mark.id)).toEqual([]);
  });

  it.each(['prompt', 'cancel'])('at %s ends the turn and the session', async (step) => {
    await using roost = roostWith('--crash-at', step, ...deaf);
    const { sessionId } = await roost.sessions.create(options);
    const turn = code(roost.sessions.prompt(sessionId, 'hang'));
    if (step === 'cancel') {
      await roost.until(() => roost.sessions.get(sessionId)?.status === 'working');
      await code(roost.sessions.cancel(sessionId));
    }
    expect(await turn).toBe('agentExited');
    await roost.until(() => roost.sessions.get(sessionId)?.status === 'crashed');
    await until('nothing is left', () => markedProcesses(mark.id).length === 0);
  });

  it('at close is an end like another, for a stop', async () => {
    await using roost = roostWith('--crash-at', 'close', ...deaf);
    const { sessionId } = await roost.sessions.create(options);
    const report = await roost.sessions.terminate(sessionId);
    expect(report).toMatchObject({ exitCode: 3, signal: null, descendantsKilled: helpers });
    expect(markedProcesses(mark.id)).toEqual([]);
    expect(roost.sessions.get(sessionId)?.status).toBe('dormant');
  });

  it.each(['resume', 'load'])('at %s fails the return and keeps what was said', async (step) => {
    await using roost = roostWith('--crash-at', step, '--caps', `${step},close`);
    const { sessionId } = await roost.sessions.create(options);
    await roost.sessions.prompt(sessionId, 'say kept');
    await roost.sessions.terminate(sessionId);
    expect(await code(roost.sessions.prompt(sessionId, 'say more'))).toBe('exitedDuringStart');
    expect(roost.sessions.get(sessionId)).toMatchObject({ status: 'failed', processAlive: false });
    expect((await roost.said(sessionId)).trim()).toBe('kept');
    expect(markedProcesses(mark.id)).toEqual([]);
  });
});

describe('silence', () => {
  for (const force of [false, true]) {
    it.each(['initialize', 'new'])(
      `at %s, ${force ? 'killed' : 'stopped'}: no row, and nothing is left`,
      async (step) => {
        await using roost = roostWith('--silent-at', step, ...deaf);
        const starting = code(roost.sessions.create(options));
        await until('agent and helpers run', () => markedProcesses(mark.id).length === 1 + helpers);
        await roost.sessions.terminate(only(roost), { force });
        expect(markedProcesses(mark.id)).toEqual([]);
        expect(await starting).toBe('sessionStopped');
        expect(roost.sessions.list()).toEqual([]);
        expect(await roost.sessions.listSaved()).toEqual([]);
      },
    );
  }

  it('at close and at cancel, deaf to everything, is over after the grace time', async () => {
    await using roost = roostWith('--silent-at', 'close', ...deaf);
    const { sessionId } = await roost.sessions.create(options);
    const turn = code(roost.sessions.prompt(sessionId, 'hang'));
    await roost.until(() => roost.sessions.get(sessionId)?.status === 'working');
    const report = await roost.sessions.terminate(sessionId);
    expect(report).toMatchObject({ exitCode: null, signal: 'SIGKILL', forced: true });
    await turn;
    const entries = await roost.sessions.transcript(sessionId);
    expect(entries.at(-1)).toMatchObject({ type: 'notice', code: 'interrupted' });
    expect(markedProcesses(mark.id)).toEqual([]);
  });
});

describe('what comes after the exit', () => {
  it('changes nothing: an answer to what the agent had asked, and its last words', async () => {
    await using roost = roostWith('--ignore-eof');
    const { sessions } = roost;
    const { sessionId } = await sessions.create(options);
    const turn = code(sessions.prompt(sessionId, 'say before\npermit-crash 0'));
    const { requestId } = await roost.asked(sessionId);
    await roost.until(() => sessions.get(sessionId)?.status === 'crashed');
    expect(await turn).toBe('agentExited');
    expect(await code(sessions.respondToPermission(sessionId, requestId, 'yes'))).toBe(
      'requestUnknown',
    );
    expect(sessions.get(sessionId)).toMatchObject({ status: 'crashed', pendingRequests: [] });
    expect(await roost.said(sessionId)).toContain('before');
  });
});
