// The life of a link with real agents: opening, prompts, order, errors, ends, and what is tolerated on the way.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failure, isAlive, Lab, scripted } from './acpAgents.ts';

test('an agent is introduced, opens a conversation and answers a prompt', async () => {
  await using lab = new Lab();
  const { link, events } = lab.launch(scripted('--modes', '--name', 'Scripted', '--version', '7'));
  const info = await link.initialize();
  expect(info).toMatchObject({ protocolVersion: 1, name: 'Scripted', version: '7' });
  expect(info.can).toEqual({
    load: true,
    resume: true,
    close: true,
    list: true,
    fork: false,
    image: true,
    audio: false,
    embeddedContext: true,
  });
  const opened = await link.newSession({ cwd: lab.folder });
  expect(opened.modes?.map((mode) => mode.id)).toEqual(['code', 'plan']);
  expect(opened.currentModeId).toBe('code');
  expect(opened.configOptions).toHaveLength(2);
  expect(link.pid).toBeGreaterThan(0);
  const prompt = [{ type: 'text', text: 'cwd\nstop max_tokens' }];
  expect(await link.prompt(opened.agentSessionId, prompt)).toEqual({ stopReason: 'max_tokens' });
  expect(events.text(opened.agentSessionId)).toBe(lab.folder);
});

test('the agent is told what Roost can do', async () => {
  const lines: string[] = [];
  await using lab = new Lab().with({
    wireLog: () => (direction, line) => {
      if (direction === 'out') lines.push(line);
    },
  });
  const { link } = lab.launch(scripted());
  await link.initialize();
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: 1,
      clientInfo: { name: 'roost', version: '0.0.0-test' },
      clientCapabilities: {
        fs: { readTextFile: true, writeTextFile: true },
        terminal: true,
        auth: { terminal: true },
        session: { configOptions: { boolean: {} }, notices: {}, compaction: {} },
        elicitation: { form: {}, url: {} },
        _meta: { terminal_output: true, 'terminal-auth': true },
      },
    },
  });
});

test('updates are delivered in order, none dropped, all before the prompt resolves', async () => {
  await using lab = new Lab();
  const { events, id, say } = await lab.open(scripted());
  await say('flood 20000 60');
  const numbers = events.of('text').map((update) => Number.parseInt(update.text, 10));
  expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  expect(new Set(events.updates.map((one) => one.id))).toEqual(new Set([id]));
});

test('what waits for an answer runs before anything that came after it', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted('--late-updates'));
  await say('say before', 'late after');
  const seenAtResolve = events.text();
  await events.until(() => events.of('usage').length > 0 && events.text().endsWith('(late)'));
  expect(seenAtResolve).toBe('before');
  expect(events.text()).toBe('beforeafter (late)');
  expect(events.of('title')).toEqual([{ type: 'title', title: 'A late title' }]);
});

test('updates before the answer to session/new, and for other conversations, keep their ids', async () => {
  await using lab = new Lab();
  const { events, id, say } = await lab.open(scripted('--early-updates'));
  expect(events.updates[0]).toMatchObject({ id, update: { type: 'commands' } });
  expect(events.text(id)).toBe('early');
  await say('for stranger hello there');
  expect(events.text('stranger')).toBe('hello there');
});

test('every update of a turn is kept, the odd ones too', async () => {
  await using lab = new Lab();
  const { events, id, say } = await lab.open(scripted());
  expect(await say('odd', 'say still here')).toEqual({ stopReason: 'end_turn' });
  expect(events.of('unknown').map((update) => update.variant)).toEqual([
    'hologram',
    'agent_message_chunk',
    'tool_call',
    '(none)',
    '(no session)',
    '(no session)',
  ]);
  expect(events.of('block')[0]?.block).toEqual({ type: 'smell', of: 'roses' });
  expect(events.of('toolCall')[0]?.patch).toMatchObject({ kind: 'levitate', status: 'dreaming' });
  // Even those that name no conversation belong to the only one there is.
  expect(new Set(events.updates.map((one) => one.id))).toEqual(new Set([id]));
  expect(events.text()).toBe('still here');
});

test('garbage on standard output is ignored, logged within bounds and never answered', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted('--garbage'));
  await say(...Array.from({ length: 50 }, () => 'garbage oh no'), 'say fine');
  expect(events.text()).toBe('fine');
  const logged = lab.logger.lines.filter((line) => line.includes('no message'));
  expect(logged).toHaveLength(20);
  expect(events.messages.filter((one) => one.direction === 'out').map((one) => one.kind)).toEqual([
    'initialize',
    'session/new',
    'session/prompt',
  ]);
});

test('unknown requests are answered with -32601, unknown notifications are ignored', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted('--first-id', '0'));
  await say('unknown-notification', 'unknown-request');
  expect(events.text()).toBe('unknown: -32601');
});

test('a message that is too long is skipped and said to have been there', async () => {
  await using lab = new Lab().with({ maxMessageBytes: 100_000 });
  const { events, id, say } = await lab.open(scripted());
  await say('say before', 'longline 5000000', 'say after');
  expect(events.text()).toBe('beforeafter');
  expect(events.updates.map((one) => one.update.type)).toEqual(['text', 'unknown', 'text']);
  expect(events.updates[1]).toMatchObject({
    id,
    update: { variant: 'messageTooLarge', raw: { method: 'session/update' } },
  });
});

test('an answer that is too long rejects the request it belongs to', async () => {
  await using lab = new Lab().with({ maxMessageBytes: 10_000 });
  const { say } = await lab.open(scripted());
  expect((await failure(say(`fail -32603 ${'x'.repeat(20_000)}`))).code).toBe('messageTooLarge');
  expect(await say('say on')).toEqual({ stopReason: 'end_turn' });
});

test('a single line of 50 MB arrives whole', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('longline 50000000');
  expect(events.text().length).toBe(50_000_000);
});

test('cancel ends the turn by the answer of the agent', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(scripted());
  const turn = say('say a', 'silent', 'say b');
  await events.until(() => events.text() === 'a');
  link.cancel(id);
  expect(await turn).toEqual({ stopReason: 'cancelled' });
  expect(events.text()).toBe('a');
});

test('errors of the agent are told apart by their codes', async () => {
  await using lab = new Lab();
  const { link, id, say } = await lab
    .open(scripted('--needs-auth', '--auth-file', '/'))
    .catch(() => {
      throw new Error('an existing auth file should have let it in');
    });
  const refused = await failure(say('fail -32603 The model is on fire'));
  expect(refused).toMatchObject({ code: 'agentError', details: { cause: -32603 } });
  expect(refused.message).toContain('The model is on fire');
  const unknown = await failure(link.prompt('nobody', [{ type: 'text', text: 'x' }]));
  expect(unknown).toMatchObject({ code: 'agentError', details: { cause: -32002 } });
  expect(unknown.message).toContain('Session not found: nobody');
  const first = say('sleep 10000');
  const second = await failure(link.prompt(id, [{ type: 'text', text: 'x' }]));
  expect(second).toMatchObject({ code: 'agentError', details: { cause: -32600 } });
  link.cancel(id);
  await first;
});

test('an agent that wants a login says so, and goes on after it', async () => {
  await using lab = new Lab();
  const { link } = lab.launch(scripted('--needs-auth'));
  const { authMethods } = await link.initialize();
  expect(authMethods.map(({ id, type }) => [id, type])).toEqual([
    ['login', 'agent'],
    ['shell', 'terminal'],
  ]);
  expect((await failure(link.newSession({ cwd: lab.folder }))).code).toBe('authRequired');
  await link.authenticate('login');
  expect((await link.newSession({ cwd: lab.folder })).agentSessionId).toMatch(/^s/);
});

test('another version of the protocol is refused by name', async () => {
  await using lab = new Lab();
  const { link } = lab.launch(scripted('--protocol', '2'));
  const error = await failure(link.initialize());
  expect(error.code).toBe('protocolVersion');
  expect(error.message).toContain('version 2');
  expect(error.message).toContain('version 1');
});

test.each(['load', 'resume'] as const)('a conversation is brought back by %s', async (how) => {
  await using lab = new Lab();
  const store = `${lab.folder}/store`;
  const before = await lab.open(scripted('--store', store));
  await before.say('say remember me');
  await before.link.stop({ force: true, graceMs: 0 });
  const { link, events } = lab.launch(scripted('--store', store));
  await link.initialize();
  const options = { cwd: lab.folder, agentSessionId: before.id };
  const opened =
    how === 'load' ? await link.loadSession(options) : await link.resumeSession(options);
  expect(opened.agentSessionId).toBe(before.id);
  // A load replays before it answers, a resume does not.
  expect(events.text(before.id)).toBe(how === 'load' ? 'remember me' : '');
  await link.prompt(before.id, [{ type: 'text', text: 'say again' }]);
  expect(events.text(before.id)).toBe(how === 'load' ? 'remember meagain' : 'again');
});

test('a replay after the answer is delivered too', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(scripted('--replay-after'));
  await say('say once');
  events.updates.length = 0;
  await link.loadSession({ cwd: lab.folder, agentSessionId: id });
  expect(events.updates).toEqual([]);
  await events.until(() => events.updates.length === 2);
  expect(events.text()).toBe('once');
});

test.each([
  ['load', 'resume'],
  ['resume', 'load'],
])('an agent that offers only %s refuses %s by code', async (offered) => {
  await using lab = new Lab();
  const { link, id } = await lab.open(scripted('--caps', offered));
  const options = { cwd: lab.folder, agentSessionId: id };
  const other = offered === 'load' ? link.resumeSession(options) : link.loadSession(options);
  expect(await failure(other)).toMatchObject({ code: 'agentError', details: { cause: -32601 } });
});

test('modes and options are set', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(scripted('--modes'));
  await link.setMode(id, 'plan');
  const options = await link.setConfigOption(id, 'fast', true);
  expect(options).toMatchObject([{ id: 'model' }, { id: 'fast', currentValue: true }]);
  await say('mode code', 'config model large');
  expect(events.of('mode')).toEqual([{ type: 'mode', modeId: 'code' }]);
  expect(events.of('configOptions')[0]?.configOptions[0]).toMatchObject({ currentValue: 'large' });
});

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
