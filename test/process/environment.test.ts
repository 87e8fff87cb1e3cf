// What children are given and how they are found: real shells with real rc files, and real folders in the PATH.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFolder, resolveCommand } from '../../src/process/commandLookup.ts';
import { UserEnvironment } from '../../src/process/environment.ts';
import { readStat } from '../../src/process/linuxTable.ts';
import { PidNamespace } from '../../src/process/pidNamespace.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import { useHosts, useHostProcesses } from './support/host.ts';
import { recordingLogger, shapesSpec, started, untilSpeaks } from './support/shapes.ts';
import { alive, expectNoSurvivors, newTag, until, untilGone, untilUp } from './support/tags.ts';

expectNoSurvivors();
const hosts = useHosts();
const createHost = useHostProcesses(hosts.guardPath);
let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'roost-home-'));
});
afterAll(() => {
  rmSync(home, { recursive: true });
});

/** What an editor started from the dock has: no SHLVL, hardly a PATH. */
function fromDock(profile: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const shellHome = mkdtempSync(join(home, 'home-'));
  writeFileSync(join(shellHome, '.bash_profile'), profile);
  return { PATH: '/usr/bin:/bin', HOME: shellHome, SHELL: '/bin/bash', VSCODE_PID: '1', ...more };
}

function asking(
  base: NodeJS.ProcessEnv,
  deadlineMs = 30_000,
): { readonly environment: UserEnvironment; readonly lines: string[]; readonly shells: number[] } {
  const logger = recordingLogger();
  const shells: number[] = [];
  const environment = new UserEnvironment({
    logger,
    clock: systemClock(),
    base,
    deadlineMs,
    onShell: (pid) => {
      shells.push(pid);
      return { dispose: () => undefined };
    },
  });
  return { environment, lines: logger.lines, shells };
}

describe('the user’s environment', () => {
  it('is the login shell’s, whatever that prints, and without what is not the user’s', async () => {
    const profile = `echo hello; echo >&2 oops; export PATH="/opt/mine:$PATH" MULTI=$'a\\nb' UMLAUT=ä; exec 3>&1`;
    const { environment, lines, shells } = asking(
      fromDock(profile, { ELECTRON_RUN_AS_NODE: '1', ROOST_OWNER: 'outer' }),
    );
    const [one, two] = await Promise.all([environment.get(), environment.get()]);
    expect(two).toBe(one);
    expect(one['PATH']).toMatch(/^\/opt\/mine:/);
    expect(one).toMatchObject({ MULTI: 'a\nb', UMLAUT: 'ä' });
    for (const name of [
      'VSCODE_PID',
      'ELECTRON_RUN_AS_NODE',
      'VSCODE_RESOLVING_ENVIRONMENT',
      'ROOST_OWNER',
      'SHLVL',
      '_',
    ]) {
      expect(one).not.toHaveProperty(name);
    }
    expect(environment.source).toBe('login shell /bin/bash');
    expect(lines).toEqual([]);
    expect(shells).toHaveLength(1);
    await until('the shell has ended', () => readStat(shells[0] ?? 0)?.dead !== false);
  });

  it('is this process’s own, with a warning, when the shell hangs; and the shell is ended', async () => {
    const tag = newTag();
    const { environment, lines, shells } = asking(
      fromDock(`export PATH=/never; /bin/sleep ${tag}`),
      300,
    );
    expect(await environment.get()).toMatchObject({ PATH: '/usr/bin:/bin' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^warn .*no answer within 0\.3 s/);
    await until('the shell has ended', () => readStat(shells[0] ?? 0)?.dead !== false);
    await untilGone(tag);
  });

  describe('when its shell takes too long', () => {
    /** As a version manager does: a script of its own, which removes its lock when it ends. */
    function lockingManager(tag: string): { readonly manager: string; readonly lock: string } {
      const lock = join(home, `lock-${tag}`);
      const manager = join(home, `manager-${tag}`);
      const lines = ['#!/bin/bash', `trap 'rm -f ${lock}' EXIT`, `touch ${lock}`, `sleep ${tag}`];
      writeFileSync(manager, `${lines.join('\n')}\n`);
      chmodSync(manager, 0o755);
      return { manager, lock };
    }

    it('leaves no lock of what the shell ran behind', async () => {
      const tag = newTag();
      const { manager, lock } = lockingManager(tag);
      const { environment } = asking(fromDock(manager), 1000);
      const waited = environment.get();
      await until('the lock is taken', () => existsSync(lock));
      await waited;
      await until('the lock is given back', () => !existsSync(lock));
      await untilGone(tag);
    });

    it('leaves none either when the host is killed meanwhile', async () => {
      const tag = newTag();
      const { manager, lock } = lockingManager(tag);
      const host = createHost('off', fromDock(manager));
      await host.ask({ do: 'spawn', tags: [tag], shapes: 'plain', wait: false });
      await until('the lock is taken', () => existsSync(lock));
      await host.guardPid();
      host.kill('SIGKILL');
      await until('the lock is given back', () => !existsSync(lock));
      await untilGone(tag);
    });
  });

  for (const [what, profile, shell] of [
    ['ends without an answer', 'exit 3', '/bin/bash'],
    ['does not exist', '', '/nonexistent/bash'],
    ['is none', '', '/usr/sbin/nologin'],
    ['answers nonsense', 'node() { echo; }; exec true', '/bin/bash'],
  ] as const) {
    it(`is this process’s own, with a warning, when the shell ${what}`, async () => {
      const { environment, lines } = asking(fromDock(profile, { SHELL: shell }));
      expect(await environment.get()).toMatchObject({ PATH: '/usr/bin:/bin' });
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^warn /);
    });
  }

  it('is this process’s own without asking anybody in an editor started from a terminal', async () => {
    const { environment, shells } = asking(fromDock('export PATH=/never', { VSCODE_CLI: '1' }));
    expect(await environment.get()).toMatchObject({ PATH: '/usr/bin:/bin' });
    expect(shells).toEqual([]);
  });

  it('leaves a daemon that an rc file starts to the user', async () => {
    const tag = newTag();
    const { environment } = asking(fromDock(`(setsid sleep ${tag} >/dev/null 2>&1 &)`));
    await environment.get();
    await untilUp(tag, 1);
    for (const pid of alive(tag)) process.kill(pid, 'SIGKILL');
    await untilGone(tag);
  });

  it('is what a child gets', async () => {
    const host = hosts.create({
      environment: fromDock(`export PATH="$PATH:${dirname(process.execPath)}" FROM_SHELL=1`),
    });
    await host.warmUp();
    const run = host.spawn({
      sessionId: 's',
      command: 'sh',
      args: ['-c', 'echo $FROM_SHELL $PATH'],
      cwd: '/',
    });
    const { stdout } = await started(run);
    let text = '';
    stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await run.gone;
    expect(text).toMatch(new RegExp(`^1 .*:${dirname(process.execPath)}\n$`));
    expect((await host.describe())['environment']).toBe('login shell /bin/bash');
  });
});

describe('a command', () => {
  function program(path: string, mode = 0o755): string {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), '#!/bin/sh\n');
    chmodSync(join(home, path), mode);
    return join(home, path);
  }

  async function find(command: string, env: Record<string, string> = {}): Promise<string> {
    const found = await resolveCommand(command, ['x'], { env, cwd: home, platform: 'linux' });
    return 'code' in found ? found.code : found.file;
  }

  it('is looked up in the PATH, past what cannot be executed', async () => {
    program('p1/tool', 0o644);
    mkdirSync(join(home, 'p2/tool'), { recursive: true });
    const right = program('p3/tool');
    const path = ['p0', 'p1', 'p2', 'p3'].map((one) => join(home, one)).join(':');
    expect(await find('tool', { PATH: path })).toBe(right);
    expect(await find('tool', { PATH: join(home, 'p1') })).toBe('EACCES');
    expect(await find('tool', { PATH: join(home, 'p2') })).toBe('EISDIR');
    expect(await find('tool', { PATH: `:${join(home, 'p0')}` })).toBe('ENOENT');
    expect(await find('tool', {})).toBe('ENOENT');
  });

  it('may be a path: absolute, from the folder, from home, through a link', async () => {
    const right = program('bin/agent');
    symlinkSync(right, join(home, 'link'));
    expect(await find(right)).toBe(right);
    expect(await find('./bin/agent')).toBe(right);
    expect(await find('bin/agent')).toBe(right);
    expect(await find('~/bin/agent', { HOME: home })).toBe(right);
    expect(await find('./link')).toBe(join(home, 'link'));
    expect(await find('./bin')).toBe('EISDIR');
    expect(await find('./bin/agent/x')).toBe('ENOENT');
  });

  it('on Windows is looked up with the extensions there are', async () => {
    program('win/tool.CMD', 0o644);
    program('win/other.EXE', 0o644);
    const where = {
      env: { Path: join(home, 'win'), PATHEXT: '.EXE;.CMD' },
      cwd: home,
      platform: 'win32',
    } as const;
    expect(await resolveCommand('other', ['a'], where)).toEqual({
      file: join(home, 'win/other.EXE'),
      args: ['a'],
      verbatimArguments: false,
    });
    expect(await resolveCommand('tool', ['a'], where)).toMatchObject({
      file: 'cmd.exe',
      verbatimArguments: true,
    });
  });

  it('needs a folder to start in', () => {
    writeFileSync(join(home, 'file'), '');
    expect(checkFolder(home)).toBeUndefined();
    expect(checkFolder(join(home, 'file'))?.code).toBe('ENOTDIR');
    expect(checkFolder(join(home, 'none'))?.code).toBe('ENOCWD');
  });
});

describe('a pid namespace', () => {
  it('wraps an agent where the system allows it, and changes nothing else', async () => {
    const host = hosts.create({ pidNamespace: () => 'auto' });
    const available = (await new PidNamespace().prefix()) !== undefined;
    const tag = newTag();
    const run = host.spawn(shapesSpec(tag, 'stubborn,grandchildren'));
    await untilSpeaks(run);
    // The wrapper has the tag in its arguments, too; as a descendant neither it nor the agent counts.
    await untilUp(tag, available ? 5 : 4);
    const report = await host.stop(run, { force: true, graceMs: 0 });
    expect(alive(tag)).toEqual([]);
    expect(report).toEqual({
      exitCode: null,
      signal: 'SIGKILL',
      forced: true,
      descendantsKilled: 3,
    });
    const hidden = newTag();
    const hiding = host.spawn(shapesSpec(hidden, available ? 'daemon-unmarked' : 'daemon'));
    await untilSpeaks(hiding);
    await untilUp(hidden, available ? 4 : 3);
    await host.stop(hiding, { force: false, graceMs: 500 });
    expect(alive(hidden)).toEqual([]);
    const polite = host.spawn(shapesSpec(newTag(), 'grandchildren'));
    await untilSpeaks(polite);
    expect(await host.stop(polite, { force: false, graceMs: 60_000 })).toMatchObject({
      exitCode: 0,
      signal: null,
      forced: false,
    });
    const failing = host.spawn(shapesSpec(newTag(), 'says-last-words'));
    expect(await failing.gone).toMatchObject({ exitCode: 3, signal: null });
    expect((await failing.gone).stderrTail).toMatch(/last words\n$/);
  });
});
