// What agents ask of their client, with real agents: permissions, questions and files.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failure, Lab, scripted } from './acpAgents.ts';

test('a permission is asked with the options of the agent, and the choice is told', async () => {
  await using lab = new Lab();
  const { events, id, say } = await lab.open(scripted());
  events.answer = () => Promise.resolve('always');
  await say('permit Delete it');
  expect(events.asks[0]?.ask).toEqual({
    agentSessionId: id,
    toolCall: { toolCallId: 'tool-1' },
    options: [
      { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
      { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
      { optionId: 'never', name: 'Always reject', kind: 'reject_always' },
    ],
  });
  expect(events.text()).toBe('permission: always');
  // The tool call was told before the question about it.
  expect(events.of('toolCall').map(({ patch }) => patch.status)).toEqual(['pending', 'completed']);
});

test('no choice is a cancelled permission', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  events.answer = () => Promise.resolve(undefined);
  await say('permit');
  expect(events.text()).toBe('permission: cancelled');
});

test('an option of a kind that nobody knows is kept and can be chosen', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted('--string-ids'));
  events.answer = (ask) => Promise.resolve(ask.options.at(-1)?.optionId);
  await say('permit-odd');
  expect(events.asks[0]?.ask.options.at(-1)?.kind).toBe('allow_until_monday');
  expect(events.text()).toBe('permission: monday');
});

test('a tool call that only the permission tells of comes with it', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  events.answer = () => Promise.resolve('no');
  await say('permit-only Push it');
  expect(events.asks[0]?.ask.toolCall).toMatchObject({ title: 'Push it', kind: 'execute' });
});

test('a permission that the agent takes back is withdrawn, and answered as cancelled', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('permit-withdraw 20');
  expect(events.asks[0]?.signal.aborted).toBe(true);
  expect(events.text()).toBe('permission: error -32800');
});

test('a permission of an agent that dies is withdrawn', async () => {
  await using lab = new Lab();
  const { link, events, say } = await lab.open(scripted());
  await failure(say('permit-crash 20'));
  await link.ended;
  expect(events.asks[0]?.signal.aborted).toBe(true);
});

test('a stop answers a waiting permission as cancelled, so that the agent can end its turn', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(scripted());
  const turn = say('permit');
  await events.until(() => events.asks.length === 1);
  const report = await link.stop({ force: false, graceMs: 10_000, agentSessionId: id });
  expect(report).toMatchObject({ exitCode: 0, forced: false });
  expect(await turn).toEqual({ stopReason: 'cancelled' });
  expect(events.text()).toBe('permission: cancelled');
});

test('a form and its answer', async () => {
  await using lab = new Lab();
  const { events, id, say } = await lab.open(scripted());
  events.answerQuestion = () => Promise.resolve({ action: 'accept', content: { name: 'Ada' } });
  await say('ask form');
  expect(events.questions[0]).toMatchObject({
    agentSessionId: id,
    mode: 'form',
    message: 'Who are you?',
    requestedSchema: { type: 'object', required: ['name'] },
  });
  expect(events.text()).toBe('answer: {"action":"accept","content":{"name":"Ada"}}');
});

test('a question by web page, and its completion', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('ask url');
  expect(events.questions[0]).toMatchObject({
    mode: 'url',
    url: 'https://example.invalid/login',
    elicitationId: 'e1',
  });
  expect(events.completed).toEqual(['e1']);
  expect(events.text()).toBe('answer: {"action":"decline"}');
});

test('a question of a kind that nobody knows is asked as such', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('ask voice');
  expect(events.questions[0]).toMatchObject({ mode: 'other', message: 'Who are you?' });
});

test('files inside the workspace are read and written', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  const file = join(lab.folder, 'a.txt');
  writeFileSync(file, 'one\ntwo\nthree\nfour');
  await say(`read ${file}`, `read ${file} 2 2`);
  expect(events.text()).toBe(
    'read: {"content":"one\\ntwo\\nthree\\nfour"}read: {"content":"two\\nthree"}',
  );
  await say(`write ${join(lab.folder, 'new.txt')} some words`);
  expect(readFileSync(join(lab.folder, 'new.txt'), 'utf8')).toBe('some words');
});

test('a file that is not there is answered with -32002, so that an agent can make it', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say(`read ${join(lab.folder, 'none.txt')}`);
  expect(events.text()).toContain('"code":-32002');
});

test('paths outside of the workspace are refused, also through links, and nothing is written', async () => {
  await using outside = new Lab();
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  const secret = join(outside.folder, 'secret.txt');
  writeFileSync(secret, 'secret');
  symlinkSync(outside.folder, join(lab.folder, 'link'));
  symlinkSync(join(outside.folder, 'not-yet.txt'), join(lab.folder, 'dangling'));
  mkdirSync(join(lab.folder, 'sub'));
  const paths = [
    secret,
    'relative.txt',
    join(lab.folder, 'link', 'secret.txt'),
    `${lab.folder}/sub/../../${secret.split('/').slice(-2).join('/')}`,
  ];
  for (const path of paths) {
    events.updates.length = 0;
    await say(`read ${path}`, `write ${path} overwritten`);
    const refusals = events.of('text').map((update) => update.text);
    expect(refusals, path).toHaveLength(2);
    for (const refusal of refusals) expect(refusal, path).toContain('"code":-32602');
  }
  events.updates.length = 0;
  await say(`write ${join(lab.folder, 'dangling')} overwritten`);
  expect(events.text()).toContain('outside of the workspace');
  expect(readFileSync(secret, 'utf8')).toBe('secret');
  expect(() => readFileSync(join(outside.folder, 'not-yet.txt'))).toThrow('ENOENT');
});

test('an agent that writes unasked in a mode that promises to ask is asked for', async () => {
  await using lab = new Lab();
  const kimi = { ...scripted('--modes'), id: 'Kimi Code CLI' };
  const { events, say } = await lab.open(kimi);
  const file = join(lab.folder, 'new.txt');
  await say(`write ${file} freely`);
  expect(events.asks).toEqual([]);

  await say('mode default');
  events.answer = () => Promise.resolve('allow');
  await say(`write ${file} with leave`);
  expect(events.asks[0]?.ask.toolCall).toMatchObject({
    kind: 'edit',
    content: [{ type: 'diff', path: file, oldText: 'freely', newText: 'with leave' }],
  });
  expect(readFileSync(file, 'utf8')).toBe('with leave');

  events.answer = () => Promise.resolve('reject');
  await say(`write ${file} in spite`);
  expect(events.asks).toHaveLength(2);
  expect(events.text()).toContain('error:');
  expect(readFileSync(file, 'utf8')).toBe('with leave');

  events.answer = () => Promise.resolve('always');
  await say(`write ${file} once`, `write ${file} and again`);
  expect(events.asks).toHaveLength(3);
  expect(readFileSync(file, 'utf8')).toBe('and again');
  const statuses = events.of('toolCall').map(({ patch }) => patch.status);
  expect(statuses).toEqual(['completed', 'failed', 'completed']);
});

test('an agent known to be wrong about files is not offered any', async () => {
  const lines: string[] = [];
  await using lab = new Lab().with({
    wireLog: () => (direction, line) => {
      if (direction === 'out') lines.push(line);
    },
  });
  const { link } = lab.launch({ ...scripted(), id: 'gemini' });
  await link.initialize();
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    params: { clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } } },
  });
  const { agentSessionId } = await link.newSession({ cwd: lab.folder });
  const begunAt = Date.now();
  const tooYoung = await failure(link.loadSession({ cwd: lab.folder, agentSessionId, begunAt }));
  expect(tooYoung).toMatchObject({ code: 'agentError', details: { cause: 'tooYoung' } });
  // Not even asked: that alone would destroy what the agent has stored.
  expect(lines.filter((line) => line.includes('session/load'))).toEqual([]);
});
