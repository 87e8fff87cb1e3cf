// The ends of a link with real agents: crashes, programs that are no agents, silence, stops, and floods that hold up nobody.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failure, isAlive, Lab, scripted } from './acpAgents.ts';

test('an agent that crashes in a turn rejects it after all it had said', async () => {
  await using lab = new Lab();
  const { link, events, say } = await lab.open(scripted('--stderr', 'last words'));
  const error = await failure(say('flood 5000 100', 'crash 7'));
  expect(events.of('text')).toHaveLength(5000);
  expect(error).toMatchObject({ code: 'agentExited', details: { exitCode: 7, signal: null } });
  const end = await link.ended;
  expect(end).toMatchObject({ exitCode: 7, signal: null });
  expect(end.stderrTail).toContain('last words');
  expect(await failure(say('more'))).toMatchObject({ code: 'agentExited' });
});

test('an agent killed from outside is told by its signal', async () => {
  await using lab = new Lab();
  const { link, events, say } = await lab.open(scripted());
  const turn = failure(say('say a', 'silent'));
  await events.until(() => events.text() === 'a');
  process.kill(link.pid ?? 0, 'SIGKILL');
  expect(await turn).toMatchObject({ code: 'agentExited', details: { signal: 'SIGKILL' } });
  expect(await link.ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
});

test.each(['start', 'initialize', 'new', 'load', 'authenticate'])(
  'an agent that crashes at %s rejects that request',
  async (step) => {
    await using lab = new Lab();
    const { link } = lab.launch(scripted('--crash-at', step));
    const steps: Record<string, () => Promise<unknown>> = {
      new: () => link.newSession({ cwd: lab.folder }),
      load: () => link.loadSession({ cwd: lab.folder, agentSessionId: 'x' }),
      authenticate: () => link.authenticate('login'),
    };
    if (step in steps) await link.initialize();
    const error = await failure((steps[step] ?? (() => link.initialize()))());
    expect(error).toMatchObject({ code: 'agentExited', details: { exitCode: 3 } });
    expect((await link.ended).exitCode).toBe(3);
  },
);

test('a command that does not exist shows in the end and rejects every request', async () => {
  await using lab = new Lab();
  const { link } = lab.launch({ ...scripted(), command: '/nowhere/agent' });
  const error = await failure(link.initialize());
  expect(error).toMatchObject({ code: 'agentExited', details: { cause: 'ENOENT' } });
  expect((await link.ended).spawnError?.code).toBe('ENOENT');
  expect(link.pid).toBeUndefined();
  expect(await link.stop({ force: false, graceMs: 100 })).toMatchObject({ exitCode: null });
});

test('a file that may not be executed shows in the end', async () => {
  await using lab = new Lab();
  const file = join(lab.folder, 'agent.txt');
  writeFileSync(file, 'not a program');
  const { link } = lab.launch({ ...scripted(), command: file });
  expect(await failure(link.initialize())).toMatchObject({
    code: 'agentExited',
    details: { cause: 'EACCES' },
  });
  expect((await link.ended).spawnError?.code).toBe('EACCES');
});

test('a program that is no agent and only talks ends with what it said', async () => {
  await using lab = new Lab();
  const program = `console.log('Usage: tool [options]'); console.error('unknown option'); process.exit(2)`;
  const { link } = lab.launch({ ...scripted(), args: ['-e', program] });
  expect(await failure(link.initialize())).toMatchObject({
    code: 'agentExited',
    details: { exitCode: 2 },
  });
  expect((await link.ended).stderrTail).toContain('unknown option');
  expect(lab.logger.lines.join()).toContain('Usage: tool [options]');
});

test('an agent that never answers is left by a stop', async () => {
  await using lab = new Lab();
  const { link, events } = lab.launch(scripted('--silent-at', 'initialize'));
  const waiting = failure(link.initialize());
  await events.until(() => events.messages.length > 0);
  const { pid } = link;
  const report = await link.stop({ force: false, graceMs: 5000 });
  expect(report.forced).toBe(false);
  expect(await waiting).toMatchObject({ code: 'agentExited' });
  expect(isAlive(pid ?? 0)).toBe(false);
});

test('an agent that closes its output but lives on is not waited for for ever', async () => {
  await using lab = new Lab();
  const program = `process.stdin.resume(); require('node:fs').closeSync(1);`;
  const { link } = lab.launch({ ...scripted(), args: ['-e', program] });
  const error = await failure(link.initialize());
  expect(error.code).toBe('connectionClosed');
  expect(isAlive(link.pid ?? 0)).toBe(true);
});

test('stop cancels the turn and closes the conversation before it ends the process', async () => {
  await using lab = new Lab();
  const log = `${lab.folder}/log`;
  const { link, events, id, say } = await lab.open(scripted('--log', log));
  const turn = say('say a', 'silent');
  await events.until(() => events.text() === 'a');
  const report = await link.stop({ force: false, graceMs: 5000, agentSessionId: id });
  expect(report).toMatchObject({ exitCode: 0, signal: null, forced: false });
  expect(await turn).toEqual({ stopReason: 'cancelled' });
  const received = readFileSync(log, 'utf8').match(/"method":"session\/(cancel|close)"/g);
  expect(received).toEqual(['"method":"session/cancel"', '"method":"session/close"']);
});

test('a forced stop hastens a polite one, and both end together', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(
    scripted('--ignore-eof', '--ignore-sigterm', '--ignore-cancel', '--silent-at', 'close'),
  );
  const turn = failure(say('say a', 'hang'));
  await events.until(() => events.text() === 'a');
  const { pid } = link;
  const polite = link.stop({ force: false, graceMs: 600_000, agentSessionId: id });
  const forced = link.stop({ force: true, graceMs: 0, agentSessionId: id });
  const reports = await Promise.all([polite, forced]);
  expect(reports.map((report) => report.signal)).toEqual(['SIGKILL', 'SIGKILL']);
  expect(await turn).toMatchObject({ code: 'agentExited' });
  expect(isAlive(pid ?? 0)).toBe(false);
});

test('a flood of standard error and of updates leaves another session alone', async () => {
  await using lab = new Lab();
  const loud = await lab.open(scripted('--flood-stderr', '2000000'));
  const quiet = await lab.open(scripted());
  const flood = loud.say('flood-stderr 5000000', 'flood 100000');
  for (let i = 0; i < 50; i += 1) await quiet.say(`say ${i}`);
  expect(quiet.events.of('text').map((update) => update.text)).toEqual(
    Array.from({ length: 50 }, (_, i) => String(i)),
  );
  await flood;
  expect(loud.events.of('text')).toHaveLength(100_000);
  expect(loud.link.stderrTail().length).toBeLessThanOrEqual(8192);
  // Told once, however often it comes, and never of one that only says something.
  expect(loud.events.floods).toHaveLength(1);
  expect(loud.events.floods[0]).toMatch(/^e+\n/m);
  await quiet.say('stderr a word');
  expect(quiet.events.floods).toEqual([]);
});

test('a reader that is held up slows the agent down instead of filling memory', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  let received = 0;
  let most = 0;
  const turn = say('flood 60000');
  // The event loop is held up while the agent writes 12 MB as fast as it can.
  for (let i = 0; i < 20; i += 1) {
    const until = performance.now() + 50;
    while (performance.now() < until);
    const before = received;
    received = events.updates.length;
    most = Math.max(most, received - before);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await turn;
  expect(events.of('text')).toHaveLength(60_000);
  // What one turn of the loop delivers is a read buffer or two, not what was written meanwhile.
  expect(most).toBeLessThan(5000);
});
