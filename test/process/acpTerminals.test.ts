// Commands that agents have Roost run: real programs, their output, and their ends.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failure, isAlive, Lab, scripted, type RecordingEvents } from './acpAgents.ts';

/** What the agent was told in the end: the JSON after `label`. */
function told(events: RecordingEvents, label: string): unknown {
  const text = events.text();
  return JSON.parse(text.slice(text.lastIndexOf(`${label}: `) + label.length + 2));
}

const node = process.execPath;
const run = (program: string, more: object = {}): string =>
  `terminal-args ${JSON.stringify({ command: node, args: ['-e', program], ...more })}`;

/** The pid that a command printed as its first output. */
async function printedPid(events: RecordingEvents): Promise<number> {
  const output = (): string =>
    events
      .of('terminalOutput')
      .map((update) => update.data)
      .join('');
  await events.until(() => /\d+\n/.test(output()));
  return Number(/\d+/.exec(output())?.[0]);
}

test('a command line runs in a shell; its output and end are told and shown', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('terminal echo out; echo err >&2; echo "$((40 + 2))"; pwd; exit 3');
  const result = told(events, 'terminal') as { output: string };
  expect(result).toMatchObject({
    truncated: false,
    exitStatus: { exitCode: 3, signal: null },
    exit: { exitCode: 3, signal: null },
  });
  // Two pipes: their lines may mix in any order.
  expect(new Set(result.output.split('\n'))).toEqual(new Set(['out', 'err', '42', lab.folder, '']));
  const [terminal] = events.of('terminal');
  expect(terminal).toMatchObject({ command: expect.stringContaining('echo out') as unknown });
  expect(terminal?.cwd).toBe(lab.folder);
  const shown = events.of('terminalOutput').map((update) => update.data);
  expect(shown.join('')).toBe(result.output);
  expect(events.of('terminalExit')).toEqual([
    { type: 'terminalExit', terminalId: terminal?.terminalId, exitCode: 3, signal: null },
  ]);
  expect(events.terminals).toEqual([1, 0]);
});

test('a program with arguments runs without a shell in between', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say(`terminal-args ${JSON.stringify([node, '-p', '"a  $HOME `id` *"'])}`);
  expect(told(events, 'terminal')).toMatchObject({ output: 'a  $HOME `id` *\n' });
});

test('environment, folder and standard input are as asked', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  const program = `process.stdin.on('data', () => {}).on('end', () => console.log(process.env.LAB_VALUE, process.cwd()))`;
  await say(run(program, { env: [{ name: 'LAB_VALUE', value: 'x=y' }], cwd: lab.folder }));
  expect(told(events, 'terminal')).toMatchObject({ output: `x=y ${lab.folder}\n` });
});

test('a folder outside of the workspace is refused', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  symlinkSync('/', join(lab.folder, 'root'));
  for (const cwd of ['/', join(lab.folder, 'root'), join(lab.folder, '..'), 'relative']) {
    await say(run('1', { cwd }));
    expect(told(events, 'terminal error')).toMatchObject({ code: -32602 });
  }
  expect(events.terminals).toEqual([]);
});

test('a command that does not exist is an error that names it', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('terminal-args ["/nowhere/program","x"]');
  expect(told(events, 'terminal error')).toMatchObject({ data: { cause: 'ENOENT' } });
  expect(events.text()).toContain('/nowhere/program');
});

test('output is kept to the limit, cut at its start and at a whole character', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say(run(`process.stdout.write('€'.repeat(100) + 'end')`, { outputByteLimit: 10 }));
  expect(told(events, 'terminal')).toMatchObject({ output: '€€end', truncated: true });
});

test('a character split between two writes stays whole', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  const program = `const b = Buffer.from('a€b'); process.stdout.write(b.subarray(0, 2)); setTimeout(() => process.stdout.write(b.subarray(2)), 200)`;
  await say(run(program));
  expect(told(events, 'terminal')).toMatchObject({ output: 'a€b' });
  expect(
    events
      .of('terminalOutput')
      .map((update) => update.data)
      .join(''),
  ).toBe('a€b');
});

test('kill ends the command and what it started; its output can still be read', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say(`terminal-open sleep 1000 & echo $!; wait`);
  const child = await printedPid(events);
  const id = events.of('terminal')[0]?.terminalId ?? '';
  expect(events.terminals).toEqual([1]);
  await say(`terminal-kill ${id}`);
  expect(isAlive(child)).toBe(false);
  await say(`terminal-output ${id}`);
  expect(told(events, 'output')).toMatchObject({ output: `${child}\n`, exitStatus: {} });
  await say(`terminal-wait ${id}`);
  expect(told(events, 'exit')).toHaveProperty('exitCode');
  expect(events.terminals).toEqual([1, 0]);
});

test('release ends the command and forgets its id', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say(`terminal-open echo $$; exec sleep 1000`);
  const pid = await printedPid(events);
  const id = events.of('terminal')[0]?.terminalId ?? '';
  await say(`terminal-release ${id}`);
  expect(isAlive(pid)).toBe(false);
  for (const what of ['output', 'wait', 'kill', 'release']) {
    events.updates.length = 0;
    await say(`terminal-${what} ${id}`);
    expect(events.text()).toContain('-32602');
  }
});

test('commands die with an agent that is killed', async () => {
  await using lab = new Lab();
  const { link, events, say } = await lab.open(scripted());
  await say(`terminal-open echo $$; exec sleep 1000`);
  const pid = await printedPid(events);
  process.kill(link.pid ?? 0, 'SIGKILL');
  await link.ended;
  expect(isAlive(pid)).toBe(false);
  expect(events.of('terminalExit')).toHaveLength(1);
  expect(events.terminals).toEqual([1, 0]);
});

test.each([true, false])(
  'commands die with an agent that is stopped (force: %s)',
  async (force) => {
    await using lab = new Lab();
    const { link, events, id, say } = await lab.open(scripted());
    const turn = say(`terminal echo $$; exec sleep 1000`).catch(() => undefined);
    const pid = await printedPid(events);
    const report = await link.stop({ force, graceMs: 10_000, agentSessionId: id });
    await turn;
    expect(isAlive(pid)).toBe(false);
    expect(report.forced).toBe(force);
    expect(report.descendantsKilled).toBeGreaterThanOrEqual(1);
    expect(await failure(say('x'))).toMatchObject({ code: 'agentExited' });
  },
);

test('a command that floods is read at its own pace and leaves the loop alone', async () => {
  await using lab = new Lab();
  const { link, events, id, say } = await lab.open(scripted());
  const turn = say('terminal yes');
  await events.until(() => events.of('terminalOutput').length >= 10);
  link.cancel(id);
  expect(await turn).toEqual({ stopReason: 'cancelled' });
  const result = told(events, 'terminal') as { output: string; truncated: boolean };
  expect(result.truncated).toBe(true);
  expect(result.output.length).toBeLessThanOrEqual(256 * 1024);
  for (const update of events.of('terminalOutput')) {
    expect(update.data.length).toBeLessThanOrEqual(256 * 1024 + 2 * 65_536);
  }
});

test('a command that floods beside an agent that talks is read more slowly', async () => {
  await using lab = new Lab();
  const [flood, other] = [await lab.open(scripted()), await lab.open(scripted())];
  const over = new AbortController();
  const talking = (async () => {
    while (!over.signal.aborted) await other.say('say x');
  })();
  const turn = flood.say('terminal yes');
  await flood.events.until(() => flood.events.of('terminalOutput').length >= 10);
  over.abort();
  flood.link.cancel(flood.id);
  await Promise.all([turn, talking]);
  for (const { data } of flood.events.of('terminalOutput').slice(0, 10)) {
    expect(data.length).toBeLessThan(128 * 1024 + 65_536);
  }
});

test('terminals of the agent itself are shown like terminals', async () => {
  await using lab = new Lab();
  const { events, say } = await lab.open(scripted());
  await say('terminal-meta some output', 'terminal-delta more output');
  expect(events.of('terminal').map((update) => update.terminalId)).toEqual(['own-1', 'own-2']);
  const outputOf = (id: string): string =>
    events
      .of('terminalOutput')
      .map((update) => (update.terminalId === id ? update.data : ''))
      .join('');
  expect([outputOf('own-1'), outputOf('own-2')]).toEqual(['some output', 'more output']);
  expect(events.of('terminalExit')).toHaveLength(2);
  expect(events.terminals).toEqual([]);
});
