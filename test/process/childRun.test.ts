// One run: starts that fail in every way a system has, output to its last byte, and ends that are told by events.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHosts } from './support/host.ts';
import { agents, shapesSpec, started, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, untilGone, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();

describe('a start that fails', () => {
  async function failure(
    command: string,
    more: { cwd?: string; args?: string[] } = {},
  ): Promise<string> {
    const run = hosts
      .create()
      .spawn({ sessionId: 's', command, args: more.args ?? [], cwd: more.cwd ?? hosts.folder() });
    expect(await run.started).toBeUndefined();
    const end = await run.gone;
    expect(await run.exited).toEqual(end);
    expect(run.pid).toBeUndefined();
    expect(run.alive).toBe(false);
    expect(run.signal.aborted).toBe(true);
    expect(end).toMatchObject({ exitCode: null, signal: null, stderrTail: '' });
    expect(end.spawnError?.message).not.toBe('');
    return end.spawnError?.code ?? 'none';
  }

  it('because there is no such command', async () => {
    expect(await failure('no-such-command-anywhere')).toBe('ENOENT');
    expect(await failure('./no-such-file')).toBe('ENOENT');
    expect(await failure('')).toBe('ENOENT');
  });

  it('because the file is not executable', async () => {
    writeFileSync(join(hosts.folder(), 'plain.txt'), 'text');
    expect(await failure('./plain.txt')).toBe('EACCES');
  });

  it('because the command is a folder', async () => {
    mkdirSync(join(hosts.folder(), 'a-folder'));
    expect(await failure('./a-folder')).toBe('EISDIR');
  });

  it('because the folder to start in is missing, which is not a missing command', async () => {
    expect(await failure('node', { cwd: join(hosts.folder(), 'missing') })).toBe('ENOCWD');
  });

  it('because the folder to start in is a file', async () => {
    const file = join(hosts.folder(), 'file');
    writeFileSync(file, '');
    expect(await failure('node', { cwd: file })).toBe('ENOTDIR');
  });

  it('because the arguments are too long for the system', async () => {
    expect(await failure('node', { args: ['x'.repeat(4_000_000)] })).toBe('E2BIG');
  });

  it('because an argument cannot be passed on', async () => {
    expect(await failure('node', { args: ['a\0b'] })).toBe('ERR_INVALID_ARG_VALUE');
  });

  it('because it was stopped before it began', async () => {
    const host = hosts.create();
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'stubborn'));
    const report = await host.stop(run, { force: false, graceMs: 1000 });
    expect(report).toEqual({ exitCode: null, signal: null, forced: false, descendantsKilled: 0 });
    expect((await run.gone).spawnError?.code).toBe('ECANCELED');
    expect(await run.started).toBeUndefined();
  });

  it('because the host is shutting down', async () => {
    const host = hosts.create();
    await host.shutdown();
    const run = host.spawn(shapesSpec(newTag(), ''));
    expect((await run.gone).spawnError?.code).toBe('ECANCELED');
  });
});

describe('a run', () => {
  it('is told where it is and whose it is', async () => {
    const host = hosts.create({
      environment: {
        PATH: process.env['PATH'],
        VSCODE_CLI: '1',
        VSCODE_PID: '1',
        ELECTRON_RUN_AS_NODE: '1',
        ROOST_OWNER: 'outer',
        HOME: '/home',
      },
    });
    const run = host.spawn({
      sessionId: 'my session',
      command: 'node',
      args: ['-p', 'JSON.stringify([process.cwd(), process.env])'],
      cwd: tmpdir(),
      env: { ADDED: '1', HOME: '/other', ROOST_OWNER: 'forged' },
    });
    const { stdout } = await started(run);
    let text = '';
    stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await run.closed;
    const [cwd, env] = JSON.parse(text) as [string, Record<string, string>];
    expect(cwd).toBe(tmpdir());
    expect(env).toEqual({
      PATH: process.env['PATH'],
      HOME: '/other',
      ADDED: '1',
      ROOST_OWNER: expect.stringMatching(/^outer,[\w-]+:\d+:\d+:\d+:my%20session:1$/) as string,
    });
  });

  it('says how it ended and what it said last, without colours', async () => {
    const run = hosts.create().spawn(shapesSpec(newTag(), 'says-last-words'));
    const end = await run.gone;
    expect(end).toMatchObject({ exitCode: 3, signal: null });
    expect(end.stderrTail).toMatch(/^x+\nlast words\n$/);
    expect(end.stderrTail.length).toBeLessThanOrEqual(8192);
  });

  it('gives its whole output to a reader that takes its time', async () => {
    const run = hosts.create().spawn(shapesSpec(newTag(), 'writes-a-lot'));
    const { stdout } = await started(run);
    let bytes = 0;
    for await (const piece of stdout) {
      bytes += (piece as Buffer).length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bytes).toBeGreaterThanOrEqual(5_000_000);
    expect(await run.gone).toMatchObject({ exitCode: 0 });
  });

  it('swallows what is written after its end', async () => {
    const run = hosts.create().spawn(shapesSpec(newTag(), 'exits-at-once'));
    const { stdin } = await started(run);
    stdin.write('x'.repeat(1_000_000));
    expect(await run.exited).toMatchObject({ exitCode: 7 });
    stdin.write('more');
    await run.gone;
    stdin.write('and more');
  });

  it('has its input closed from the start when asked to', async () => {
    const run = hosts.create().spawn(shapesSpec(newTag(), '', { stdin: 'closed' }));
    expect(await run.gone).toMatchObject({ exitCode: 0 });
  });

  it('leaves standard error to a caller who wants it', async () => {
    const tag = newTag();
    const run = hosts.create().spawn(shapesSpec(tag, 'says-last-words', { stderr: 'pipe' }));
    const { stderr } = await started(run);
    let text = '';
    stderr?.on('data', (piece: Buffer) => (text += piece.toString()));
    expect((await run.gone).stderrTail).toBe('');
    expect(text.endsWith('last words\n')).toBe(true);
  });

  it('may be awaited by any number of waiters', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const host = hosts.create();
    const run = host.spawn(shapesSpec(newTag(), ''));
    const waiters = Array.from({ length: 50 }, () => [
      run.started,
      run.exited,
      run.closed,
      run.gone,
    ]);
    run.signal.addEventListener('abort', () => undefined);
    await started(run);
    const stops = Array.from({ length: 50 }, () => host.stop(run, { force: false, graceMs: 5000 }));
    await Promise.all([...waiters.flat(), ...stops]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('after an end nobody asked for', () => {
  it('what the agent started is ended, and another session is left alone', async () => {
    const host = hosts.create();
    const [crashing, other] = [newTag(), newTag()];
    const shapes = 'stubborn,grandchildren,setsid,daemon';
    const run = host.spawn(shapesSpec(crashing, shapes));
    const bystander = host.spawn(shapesSpec(other, shapes));
    const { stdin } = await untilSpeaks(run);
    await untilSpeaks(bystander);
    await untilUp(crashing, 8);
    await untilUp(other, 8);
    stdin.write('crash\n');
    expect(await run.gone).toMatchObject({ exitCode: null, signal: 'SIGABRT' });
    expect(alive(crashing)).toEqual([]);
    expect(alive(other)).toHaveLength(8);
    expect(await host.stop(run, { force: false, graceMs: 1000 })).toMatchObject({
      signal: 'SIGABRT',
    });
    await host.stop(bystander, { force: true, graceMs: 0 });
  });

  it('an agent that its launcher left behind is ended', async () => {
    const tag = newTag();
    const run = hosts.create().spawn({
      ...shapesSpec(tag, ''),
      args: [join(agents, 'wrapper-exits-first.mjs'), tag, 'stubborn,grandchildren'],
    });
    expect(await run.gone).toMatchObject({ exitCode: 0 });
    expect(alive(tag)).toEqual([]);
  });

  it('pipes that a grandchild holds are closed', async () => {
    const tag = newTag();
    const run = hosts.create().spawn(shapesSpec(tag, 'holds-pipes'));
    const { stdin } = await untilSpeaks(run);
    stdin.write('exit\n');
    expect(await run.gone).toMatchObject({ exitCode: 5 });
    expect(alive(tag)).toEqual([]);
  });

  it('pipes that somebody out of reach holds are given up', async () => {
    const tag = newTag();
    const run = hosts.create().spawn(shapesSpec(tag, 'holds-pipes-unmarked'));
    const { stdin, stdout } = await untilSpeaks(run);
    await untilUp(tag, 2);
    stdin.write('exit\n');
    await run.gone;
    expect(stdout.destroyed).toBe(true);
    // Known and documented: without a pid namespace nothing ties it to the agent.
    for (const pid of alive(tag)) process.kill(pid, 'SIGKILL');
    await untilGone(tag);
  });
});

describe('a run on behalf of another', () => {
  it('keeps what its command left running until the other one ends', async () => {
    const host = hosts.create();
    const [agentTag, tag] = [newTag(), newTag()];
    const agent = host.spawn(shapesSpec(agentTag, 'stubborn'));
    await untilSpeaks(agent);
    const terminal = host.spawn({
      sessionId: 's',
      command: 'sh',
      args: ['-c', `sleep ${tag} & exit 4`],
      cwd: tmpdir(),
      parent: agent,
      stdin: 'closed',
      stderr: 'pipe',
    });
    expect(await terminal.closed).toMatchObject({ exitCode: 4 });
    await untilUp(tag, 1);
    await host.stop(agent, { force: false, graceMs: 100 });
    expect(alive(tag)).toEqual([]);
    await terminal.gone;
  });

  it('is stopped by itself, without the other one', async () => {
    const host = hosts.create();
    const [agentTag, tag] = [newTag(), newTag()];
    const agent = host.spawn(shapesSpec(agentTag, 'grandchildren'));
    await untilSpeaks(agent);
    await untilUp(agentTag, 4);
    const terminal = host.spawn(shapesSpec(tag, 'stubborn,setsid,daemon', { parent: agent }));
    await untilSpeaks(terminal);
    await untilUp(tag, 5);
    const report = await host.stop(terminal, { force: true, graceMs: 0 });
    expect(report.descendantsKilled).toBe(4);
    expect(alive(tag)).toEqual([]);
    expect(alive(agentTag)).toHaveLength(4);
  });
});
