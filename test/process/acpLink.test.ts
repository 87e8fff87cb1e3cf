// The life of a link with real agents: opening, prompts, order, errors, and what is tolerated on the way.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { SessionError } from '../../src/session/errors.ts';
import { failure, Lab, scripted, type Opened } from './acpAgents.ts';

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

test('what an agent says before it may be heard is kept, also when it has ended by then', async () => {
  await using lab = new Lab();
  const content = { type: 'text', text: 'first words' };
  const update = { sessionUpdate: 'agent_message_chunk', content };
  const message = {
    ...{ jsonrpc: '2.0', method: 'session/update' },
    params: { sessionId: 'a', update },
  };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const program = `
    console.log(${JSON.stringify(JSON.stringify(message))});
    require('node:net').connect(${port}, '127.0.0.1', () => process.exit());
  `;
  const heardFrom = Promise.withResolvers<undefined>();
  const { link, events } = lab.launch(
    { ...scripted(), args: ['-e', program] },
    { heardFrom: heardFrom.promise },
  );
  // The system closes it with the process.
  const [socket] = (await once(server, 'connection')) as [Socket];
  await once(socket.resume(), 'close');
  expect(events.updates).toEqual([]);
  heardFrom.resolve(undefined);
  expect(await link.ended).toMatchObject({ exitCode: 0 });
  expect(events.text()).toBe('first words');
  server.close();
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

test('a turn that fails with the code of a missing sign-in is a matter of signing in only where somebody can', async () => {
  await using lab = new Lab();
  const prompt = (from: Opened): Promise<SessionError> =>
    failure(from.say('fail -32000 Out of tokens'));
  expect(await prompt(await lab.open(scripted()))).toMatchObject({
    code: 'agentError',
    message: 'Lab answered session/prompt with: Out of tokens',
    details: { cause: -32000 },
  });
  const offering = scripted('--needs-auth', '--auth-at-prompt');
  expect(await prompt(await lab.open(offering))).toMatchObject({ code: 'authRequired' });
  const known = await lab.open(scripted(), { signInKnown: () => Promise.resolve(true) });
  expect(await prompt(known)).toMatchObject({
    code: 'authRequired',
    message: 'Lab wants you to log in: Out of tokens',
  });
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
