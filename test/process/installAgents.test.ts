// Installing agents: with the real npm from loopback, and with one that dies, hangs, floods, or leaves half of everything.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcpAgentLauncher } from '../../src/acp/agentLauncher.ts';
import { createAgentParts, type AgentParts } from '../../src/agents/agentParts.ts';
import { createAgentCatalog, type ListableAgentCatalog } from '../../src/agents/catalog.ts';
import { processIdentities } from '../../src/process/ownerIdentity.ts';
import { runProgram } from '../../src/process/programRun.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import type { AgentOffer } from '../../src/session/agentOffers.ts';
import { parseSettings } from '../../src/session/settings.ts';
import { recordingLogger } from '../fakes/domain.ts';
import { failure, isAlive, RecordingEvents, scripted } from './acpAgents.ts';
import { useHosts } from './support/host.ts';
import { PackageServer, packageName } from './support/packageServer.ts';

const hosts = useHosts();
const fixtures = join(import.meta.dirname, '../fixtures/agents');
const never = new AbortController().signal;

let folder: string;
let bin: string;
let root: string;
let logger: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roost-install-'));
  bin = join(folder, 'bin');
  root = join(folder, 'storage', 'agents');
  mkdirSync(bin, { recursive: true });
  logger = recordingLogger();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program on the PATH that runs a script with this Node. */
function program(name: string, script: string): string {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** The registry as it would have been refreshed: one agent that can be installed. */
function registry(version: string, id = 'fixture'): void {
  mkdirSync(root, { recursive: true });
  const npx = { package: `${packageName}@${version}`, args: ['--name', 'installed'] };
  const agent = { id, name: 'Fixture', version, description: 'A test', distribution: { npx } };
  writeFileSync(join(root, 'registry.json'), JSON.stringify({ agents: [agent] }));
}

interface Parts extends AgentParts {
  readonly catalog: ListableAgentCatalog;
  readonly launcher: AcpAgentLauncher;
  readonly offer: (id: string) => Promise<AgentOffer | undefined>;
}

/** Everything as activation wires it. @param env over that of this process; the PATH begins with `bin` */
function parts(env: Readonly<Record<string, string>> = {}, registryUrl?: string): Parts {
  const clock = systemClock();
  const path = env['PATH'] ?? `${bin}:${process.env['PATH'] ?? ''}`;
  const processHost = hosts.create({
    environment: { ...process.env, VSCODE_CLI: '1', ...env, PATH: path },
  });
  const launcher = new AcpAgentLauncher({
    processHost,
    clock,
    logger,
    files: {
      readTextFile: () => Promise.reject(new Error('no files here')),
      writeTextFile: () => Promise.reject(new Error('no files here')),
    },
    roots: { folders: () => [folder] },
    clientVersion: '0.0.0-test',
  });
  const catalog: ListableAgentCatalog = createAgentCatalog({
    settings: () => parseSettings(() => undefined).settings,
    isTrusted: () => true,
    workspaceAgent: { execPath: process.execPath, script: '' },
    others: (id) => made.definitionOf(id),
  });
  const made = createAgentParts({
    root,
    catalog,
    launcher: () => Promise.resolve(launcher),
    locate: (command) => processHost.locate(command),
    run: (request) => runProgram(processHost, clock, request),
    owners: processIdentities(),
    clock,
    logger,
    ...(registryUrl === undefined ? {} : { registryUrl }),
  });
  return {
    ...made,
    catalog,
    launcher,
    offer: async (id) => (await made.directory.offers()).find((one) => one.id === id),
  };
}

/** What is in the folder of an agent, without the receipt's own words. */
function contents(id = 'fixture'): readonly string[] {
  return existsSync(join(root, id)) ? readdirSync(join(root, id)).sort() : [];
}

describe('with the real npm', () => {
  it('an agent is installed whole, started by its own program, and updated when asked', async () => {
    await using packages = await PackageServer.start(join(folder, 'packed'), ['1.0.0', '1.1.0']);
    const env = {
      npm_config_registry: packages.url,
      npm_config_cache: join(folder, 'cache'),
    };
    registry('1.0.0');
    const first = parts(env);
    expect(await first.offer('fixture')).toMatchObject({ kind: 'installable', version: '1.0.0' });
    const fetched: number[] = [];
    const onFetched = (count: number): void => void fetched.push(count);
    expect(await first.directory.install('fixture', { signal: never, onFetched })).toBe('1.0.0');
    expect(fetched).toContain(1);
    expect(contents()).toEqual(['1.0.0', 'agent.json']);
    const definition = await first.catalog.find('fixture');
    expect(definition).toMatchObject({
      command: 'node',
      args: [
        join(root, 'fixture', '1.0.0', 'node_modules', packageName, 'agent.mjs'),
        '--name',
        'installed',
      ],
    });
    const options = { cwd: folder, signal: never, deadlineMs: 20_000 };
    expect(await first.directory.tryCommand(definition, options)).toMatchObject({
      name: 'installed',
    });

    // A newer version is offered, and what is there goes on being what is started.
    registry('1.1.0');
    const second = parts(env);
    expect(await second.offer('fixture')).toMatchObject({
      kind: 'ready',
      source: 'installed',
      version: '1.0.0',
      update: '1.1.0',
    });
    expect((await second.catalog.find('fixture')).args[0]).toContain('1.0.0');
    expect(await second.directory.install('fixture', { signal: never })).toBe('1.1.0');
    expect((await second.catalog.find('fixture')).args[0]).toContain('1.1.0');
    // Another window sees it without being told, and could still have started the version before.
    expect((await first.catalog.find('fixture')).args[0]).toContain('1.1.0');
    expect(contents()).toEqual(['1.0.0', '1.1.0', 'agent.json']);

    // Half of it is lost: seen, said, and repaired.
    rmSync(join(root, 'fixture', '1.1.0', 'node_modules'), { recursive: true });
    expect(await second.offer('fixture')).toMatchObject({ kind: 'broken', version: '1.1.0' });
    expect((await failure(second.catalog.find('fixture'))).code).toBe('installFailed');
    expect(await second.directory.install('fixture', { signal: never })).toBe('1.1.0');
    expect(await second.offer('fixture')).toMatchObject({ kind: 'ready', version: '1.1.0' });

    await second.directory.remove('fixture');
    expect(contents()).toEqual([]);
    expect(await second.offer('fixture')).toMatchObject({ kind: 'installable' });
  });
});

describe('an installation that', () => {
  it.each(['die', 'kill', 'empty', 'flood'])(
    'goes wrong (%s) leaves nothing, and says so',
    async (how) => {
      registry('1.0.0');
      program('npm', join(fixtures, 'npm.mjs'));
      const { directory, offer } = parts({ NPM_FIXTURE: how });
      const error = await failure(directory.install('fixture', { signal: never }));
      expect(error).toMatchObject({ code: 'installFailed' });
      expect(error.message).toMatch(
        { die: /exit code 1\. .*EHALF/s, kill: /signal SIGKILL/, flood: /EHALF$/ }[how] ??
          /has no program/,
      );
      expect(error.message.length).toBeLessThan(800);
      expect(contents()).toEqual([]);
      expect(await offer('fixture')).toMatchObject({ kind: 'installable' });
    },
  );

  it('is cancelled ends npm with everything below it, and leaves nothing', async () => {
    registry('1.0.0');
    program('npm', join(fixtures, 'npm.mjs'));
    const log = join(folder, 'pids');
    const { directory, offer } = parts({ NPM_FIXTURE: 'hang', NPM_FIXTURE_LOG: log });
    const cancel = new AbortController();
    const hung = Promise.withResolvers<undefined>();
    const installing = directory.install('fixture', {
      signal: cancel.signal,
      onFetched: (count) => {
        if (count === 2) hung.resolve(undefined);
      },
    });
    await hung.promise;
    expect(await offer('fixture')).toMatchObject({ kind: 'installing' });
    // Asked for a second time it is the same one, and whoever asked can end it.
    const second = new AbortController();
    const joined = directory.install('fixture', { signal: second.signal });
    const pids = readFileSync(log, 'utf8').split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    second.abort();
    expect(await Promise.all([installing, joined])).toEqual([undefined, undefined]);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(contents()).toEqual([]);
  });

  it('fails leaves the version before it as it was', async () => {
    registry('1.1.0');
    program('npm', join(fixtures, 'npm.mjs'));
    mkdirSync(join(root, 'fixture', '1.0.0'), { recursive: true });
    writeFileSync(join(root, 'fixture', '1.0.0', 'agent.mjs'), '');
    const receipt = {
      ...{ format: 1, id: 'fixture', name: 'Fixture', version: '1.0.0', args: [], env: {} },
      ...{ program: '1.0.0/agent.mjs', runBy: 'node', installedAt: '' },
    };
    writeFileSync(join(root, 'fixture', 'agent.json'), JSON.stringify(receipt));
    const { directory, offer } = parts({ NPM_FIXTURE: 'die' });
    await failure(directory.install('fixture', { signal: never }));
    expect(contents()).toEqual(['1.0.0', 'agent.json']);
    expect(await offer('fixture')).toMatchObject({ kind: 'ready', update: '1.1.0' });
  });

  it('died with its window is cleaned up by the next one', async () => {
    registry('1.0.0');
    program('npm', join(fixtures, 'npm.mjs'));
    const staging = join(root, 'fixture', 'staging-of-the-dead');
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, 'owner.json'), JSON.stringify({ pid: 2 ** 22, startedAt: 'x' }));
    const { directory, offer } = parts({ NPM_FIXTURE: 'die' });
    expect(await offer('fixture')).toMatchObject({ kind: 'broken' });
    await failure(directory.install('fixture', { signal: never }));
    expect(contents()).toEqual([]);
  });

  it('finds no npm says what to do', async () => {
    registry('1.0.0');
    const { directory } = parts({ PATH: bin });
    const error = await failure(directory.install('fixture', { signal: never }));
    expect(error).toMatchObject({
      code: 'installFailed',
      details: { command: 'npm', cause: 'ENOENT' },
    });
    expect(error.hint).toContain('Install Node');
  });

  it('needs a newer Node says so first', async () => {
    const script = join(folder, 'version.mjs');
    writeFileSync(script, "process.stdout.write('v20.11.1\\n')");
    program('node', script);
    const { directory } = parts();
    expect(await directory.nodeProblem('kimi')).toBe(
      'Kimi Code needs Node 22.19.0, and the one on your PATH is 20.11.1.',
    );
    expect(await directory.nodeProblem('gemini')).toBeUndefined();
    const none = parts({ PATH: join(folder, 'nowhere') });
    expect(await none.directory.nodeProblem('gemini')).toContain('there is none on your PATH');
  });

  it('is of no published version is none', async () => {
    const { directory } = parts();
    expect(await failure(directory.install('goose', { signal: never }))).toMatchObject({
      code: 'installFailed',
    });
    expect(await failure(directory.install('nobody', { signal: never }))).toMatchObject({
      code: 'agentUnknown',
    });
  });
});

describe('agents on the PATH', () => {
  it('are found with their version, and started by their name', async () => {
    const home = join(folder, 'lib', 'opencode-ai');
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name: 'opencode-ai', version: '1.2.3' }),
    );
    writeFileSync(join(home, 'bin', 'opencode'), '#!/bin/sh\n');
    chmodSync(join(home, 'bin', 'opencode'), 0o755);
    program('goose', join(fixtures, 'scripted.mjs'));
    const { offer, catalog, directory } = parts({
      PATH: `${bin}:${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    });
    expect(await offer('opencode')).toMatchObject({
      kind: 'ready',
      source: 'path',
      version: '1.2.3',
    });
    // What is on the PATH is its owner's to update.
    expect(await offer('opencode')).not.toHaveProperty('update');
    expect(await offer('goose')).toMatchObject({ kind: 'ready', source: 'path' });
    expect(await offer('cursor')).toMatchObject({ kind: 'elsewhere' });
    expect(await catalog.find('goose')).toMatchObject({ command: 'goose', args: ['acp'] });
    const kinds = (await directory.offers()).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['ready', 'ready', 'ready']);
    expect(kinds.indexOf('installable')).toBeLessThan(kinds.indexOf('elsewhere'));
  });

  it('of the login shell are found when the editor was started from the dock', async () => {
    program('goose', join(fixtures, 'scripted.mjs'));
    writeFileSync(join(folder, '.bash_profile'), `export PATH="${bin}:$PATH"\n`);
    const dock = { HOME: folder, SHELL: '/bin/bash', PATH: '/usr/bin:/bin', VSCODE_CLI: '' };
    const { offer, catalog, directory } = parts(dock);
    expect(await offer('goose')).toMatchObject({
      kind: 'ready',
      source: 'path',
      commandLine: `${join(bin, 'goose')} acp`,
    });
    const options = { cwd: folder, signal: never, deadlineMs: 20_000 };
    expect((await directory.tryCommand(await catalog.find('goose'), options)).name).toBe(
      'scripted',
    );
  });
});

describe('the list of agents', () => {
  it('is refreshed on demand, and a failure harms nothing', async () => {
    let answer = (): readonly [number, string] => [500, 'out of order'];
    const server = createServer((_request, response) => {
      const [status, text] = answer();
      response.statusCode = status;
      response.end(text);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    // Listening on a port, it has an address of this kind.
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/registry.json`;
    try {
      const { directory, offer } = parts({}, url);
      const before = await directory.offers();
      for (const bad of [
        [500, 'out of order'],
        [200, '<html>hello</html>'],
      ] as const) {
        answer = () => bad;
        expect(await failure(directory.refresh(never).then(() => undefined))).toMatchObject({
          code: 'registryUnreachable',
        });
      }
      expect(await directory.offers()).toEqual(before);
      const distribution = { npx: { package: 'x@9.0.0' } };
      const fresh = { id: 'fresh', name: 'Fresh', version: '9.0.0', description: '', distribution };
      const newer = { ...fresh, id: 'gemini', name: 'Gemini CLI', version: '999.0.0' };
      answer = () => [200, JSON.stringify({ agents: [fresh, newer, { id: 'bad' }] })];
      expect(await directory.refresh(never)).toEqual({ added: 1, updated: 1 });
      expect(await offer('fresh')).toMatchObject({ kind: 'installable', version: '9.0.0' });
      // Kept: the next window has it without asking.
      expect(await parts({}, url).offer('fresh')).toMatchObject({ version: '9.0.0' });
      expect(await directory.refresh(AbortSignal.abort())).toBeUndefined();
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const { directory } = parts({}, url);
    expect(await failure(directory.refresh(never).then(() => undefined))).toMatchObject({
      code: 'registryUnreachable',
      message: expect.stringMatching(/ECONNREFUSED|connect/) as string,
    });
  });
});

describe('a command that is tried', () => {
  const options = { cwd: tmpdir(), signal: never, deadlineMs: 20_000 };

  it('is taken when it offers nothing optional, and when it floods its errors', async () => {
    const { directory } = parts();
    const bare = await directory.tryCommand(scripted('--caps', 'none'), options);
    expect(Object.values(bare.can)).not.toContain(true);
    const loud = await directory.tryCommand(
      scripted('--flood-stderr', '3000000', '--name', 'loud'),
      options,
    );
    expect(loud.name).toBe('loud');
  });

  it.each([
    ['speaks a newer protocol', scripted('--protocol', '2'), 'protocolVersion'],
    ['is no agent', { ...scripted(), args: ['-e', '1'] }, 'exitedDuringStart'],
    ['is not there', { ...scripted(), command: 'roost-no-such-command' }, 'commandNotFound'],
  ])('and %s is refused by name', async (_what, agent, code) => {
    const { directory } = parts();
    expect((await failure(directory.tryCommand(agent, options))).code).toBe(code);
  });

  it('and never answers is ended with everything it started', async () => {
    const { directory } = parts();
    const late = { ...options, deadlineMs: 1500 };
    const log = join(folder, 'log');
    const silent = scripted('--silent-at', 'initialize', '--log', log, '--ignore-eof');
    expect((await failure(directory.tryCommand(silent, late))).code).toBe('startTimeout');
    // The fixture's own first line.
    const { started } = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] ?? '') as {
      started: number;
    };
    expect(isAlive(started)).toBe(false);
  });
});

it('an agent keeps its id when it is started', async () => {
  program('goose', join(fixtures, 'scripted.mjs'));
  const { catalog, launcher } = parts();
  const agent = await catalog.find('goose');
  const link = launcher.launch({ sessionId: 'test', agent, cwd: folder }, new RecordingEvents());
  expect((await link.initialize()).name).toBe('scripted');
  await link.stop({ force: true, graceMs: 0 });
});
