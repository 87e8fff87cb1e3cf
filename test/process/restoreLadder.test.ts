// The ways back into a conversation, best first, with real agents that offer just one, fail on one, or replay at odd moments.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TranscriptEntry } from '../../src/session/transcript.ts';
import { RoostStack } from '../agents/roostStack.ts';

const script = join(import.meta.dirname, '../fixtures/agents/scripted.mjs');

/** A folder with the conversations of one agent, and with Roost's sessions, over several lives of the host. */
class Ladder implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'roost-ladder-'));
  readonly #agentId: string;

  constructor(agentId = 'scripted') {
    this.#agentId = agentId;
  }

  /** A host whose agent was started with these flags. */
  life(...flags: string[]): RoostStack {
    const args = [script, '--store', join(this.folder, 'agent'), ...flags];
    return new RoostStack({
      folder: this.folder,
      storage: join(this.folder, 'roost'),
      agents: { [this.#agentId]: { command: process.execPath, args } },
    });
  }

  /** A first life in which prompts were sent; the session's id. */
  async talked(flags: readonly string[], ...prompts: string[]): Promise<string> {
    await using host = this.life(...flags);
    const { sessionId } = await host.sessions.create({ agent: this.#agentId });
    for (const prompt of prompts) await host.sessions.prompt(sessionId, prompt);
    return sessionId;
  }

  /** What the agent remembers of its only conversation. */
  get history(): [string, string][] {
    return JSON.parse(readFileSync(this.#file, 'utf8')) as [string, string][];
  }

  set history(history: [string, string][]) {
    writeFileSync(this.#file, JSON.stringify(history));
  }

  get #file(): string {
    const names = readdirSync(join(this.folder, 'agent')).filter((name) => name.endsWith('.json'));
    expect(names).toHaveLength(1);
    return join(this.folder, 'agent', names[0] ?? '');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `type: text` of each entry. */
function lines(entries: readonly TranscriptEntry[]): string[] {
  return entries.map((entry) =>
    entry.type === 'toolCall' || entry.type === 'plan'
      ? entry.type
      : `${entry.type}: ${entry.text}`,
  );
}

const talk = ['user: say one', 'agent: one', 'user: say two', 'agent: two'];

test.each([
  ['resume', ['--caps', 'resume']],
  ['load', ['--caps', 'load']],
  ['load', ['--caps', 'load', '--replay-after']],
  ['resume', ['--caps', 'load,resume']],
  ['load', ['--caps', 'load,resume', '--error-at', 'resume:-32603']],
])('by %s, from an agent with %j: nothing is doubled, and it remembers', async (how, flags) => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked([], 'say one', 'say two');
  await using host = ladder.life(...flags);
  const { sessions } = host;
  await sessions.restoreAll();
  expect(lines(await sessions.transcript(sessionId))).toEqual(talk);
  await sessions.prompt(sessionId, 'history');
  const now = lines(await sessions.transcript(sessionId));
  expect(now.slice(0, 5)).toEqual([...talk, 'user: history']);
  expect(now).toHaveLength(6);
  expect(now[5]).toMatch(/one[\s\S]*two/);
  expect(sessions.get(sessionId)?.messageCount).toBe(6);
  expect(host.told).toContain(`restored ${how}`);
});

test.each([[[]], [['--replay-after']]])(
  'a load brings what was said elsewhere meanwhile, once: %j',
  async (flags) => {
    using ladder = new Ladder();
    const sessionId = await ladder.talked([], 'say one', 'say two');
    const before = ladder.history;
    // The end of the last answer, and a turn in another program.
    ladder.history = [
      ...before.slice(0, -1),
      ['agent', 'two and a half'],
      ['user', 'say from a terminal'],
      ['agent', 'from a terminal'],
    ];
    for (const last of ['say three', 'say four']) {
      await using host = ladder.life('--caps', 'load', ...flags);
      await host.sessions.restoreAll();
      await host.sessions.prompt(sessionId, last);
    }
    await using host = ladder.life();
    await host.sessions.restoreAll();
    expect(lines(await host.sessions.transcript(sessionId))).toEqual([
      ...talk,
      expect.stringMatching(/^notice: The agent knows more/),
      'agent:  and a half',
      'user: say from a terminal',
      'agent: from a terminal',
      ...['user: say three', 'agent: three', 'user: say four', 'agent: four'],
    ]);
  },
);

test.each([
  ['offers neither', ['--caps', 'none']],
  ['fails to load', ['--caps', 'load', '--error-at', 'load:-32603']],
  ['has lost the conversation', ['--caps', 'load,resume', '--store', 'elsewhere']],
])('an agent that %s is told what was said, which is said', async (_what, flags) => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked([], 'say one', 'say two');
  // It is not told in vain when the window closes before it has heard it.
  for (const prompt of [undefined, 'blocks']) {
    await using host = ladder.life(...flags);
    await host.sessions.restoreAll();
    if (prompt === undefined) await host.sessions.resume(sessionId);
    else await host.sessions.prompt(sessionId, prompt);
    expect(host.told).toContain('restored replay');
    if (prompt === undefined) continue;
    const now = lines(await host.sessions.transcript(sessionId));
    expect(now.slice(0, 4)).toEqual(talk);
    expect(now.at(-3)).toMatch(/^notice: .* it is given what was said so far /);
    expect(now.at(-2)).toBe('user: blocks');
    expect(now.at(-1)).toMatch(/User: say one[\s\S]*Assistant: one[\s\S]*Assistant: two/);
    // Once is enough.
    await host.sessions.prompt(sessionId, 'blocks');
    expect(lines(await host.sessions.transcript(sessionId)).at(-1)).not.toMatch(/Assistant/);
  }
});

test('an agent of another version is offered with what that version has, and nothing of the one before', async () => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked(['--modes', '--version', '1.0.0'], 'say one');
  await using host = ladder.life('--caps', 'none', '--version', '2.0.0');
  const { sessions } = host;
  await sessions.restoreAll();
  const modes = (): readonly string[] =>
    sessions.details(sessionId).facts.modes.map(({ id }) => id);
  expect(modes()).toEqual(['code', 'plan']);
  await sessions.resume(sessionId);
  expect(modes()).toEqual([]);
  expect(sessions.details(sessionId).facts).toMatchObject({
    agentVersion: '2.0.0',
    configOptions: [],
  });
  expect(sessions.details(sessionId).facts.currentModeId).toBeUndefined();
  expect(host.told).toContain('restored replay');
  // Who reads on is told that it is another one, and what it could not do.
  expect(lines(await sessions.transcript(sessionId)).slice(-2)).toEqual([
    'notice: scripted 1.0.0 has become 2.0.0.',
    expect.stringMatching(/^notice: .* could not load this conversation\. A new one was begun/),
  ]);
  await sessions.restart(sessionId);
  expect(lines(await sessions.transcript(sessionId)).join()).not.toMatch(/2\.0\.0[^]*2\.0\.0/);
});

test('of a long conversation a new one is told the newest part, and that is said', async () => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked([], 'say the beginning', 'stream 200 200', 'say the end');
  await using host = ladder.life('--caps', 'none');
  await host.sessions.restoreAll();
  await host.sessions.prompt(sessionId, 'blocks');
  const now = lines(await host.sessions.transcript(sessionId));
  expect(now.at(-3)).toMatch(/^notice: .* it is given the newest part of what was said /);
  expect(now.at(-1)).toMatch(/the end/);
  expect(now.at(-1)).not.toMatch(/the beginning/);
});

test('an agent that ends when it loads is not asked to again', async () => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked([], 'say one');
  await using host = ladder.life('--caps', 'load', '--crash-at', 'load');
  await host.sessions.restoreAll();
  await expect(host.sessions.resume(sessionId)).rejects.toMatchObject({
    code: 'exitedDuringStart',
  });
  expect(host.sessions.get(sessionId)?.status).toBe('failed');
  await host.sessions.prompt(sessionId, 'say on');
  expect(lines(await host.sessions.transcript(sessionId)).at(-1)).toMatch(
    /Assistant: one[\s\S]*on$/,
  );
});

test('a conversation that must not be loaded yet is left alone, also by the next window', async () => {
  // Known by its id: see the quirks.
  using ladder = new Ladder('gemini');
  const flags = ['--caps', 'load', '--too-soon', '60000'];
  const sessionId = await ladder.talked(flags, 'say one');
  const { history } = ladder;
  await using host = ladder.life(...flags);
  await host.sessions.restoreAll();
  await host.sessions.resume(sessionId);
  expect(host.told).toContain('restored replay');
  expect(ladder.history).toEqual(history);
});

test('where no way leads back, the conversation can be read', async () => {
  using ladder = new Ladder();
  const sessionId = await ladder.talked([], 'say one', 'say two');
  await using host = ladder.life('--caps', 'none', '--error-at', 'new:-32603');
  await host.sessions.restoreAll();
  await expect(host.sessions.prompt(sessionId, 'hello?')).rejects.toMatchObject({
    code: 'agentError',
  });
  expect(host.sessions.get(sessionId)?.status).toBe('failed');
  expect(lines(await host.sessions.transcript(sessionId))).toEqual(talk);
});
