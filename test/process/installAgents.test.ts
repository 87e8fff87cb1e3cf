// Installing agents: with the real npm from loopback, and with one that dies, hangs, floods, or leaves half of everything.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure, isAlive } from './acpAgents.ts';
import { fixtures, never, useAgentPlaces } from './support/agentPlace.ts';
import { PackageServer, packageName } from './support/packageServer.ts';

const { place, parts } = useAgentPlaces();

describe('with the real npm', () => {
  it('an agent is installed whole, started by its own program, and updated when asked', async () => {
    await using packages = await PackageServer.start(join(place().folder, 'packed'), [
      '1.0.0',
      '1.1.0',
    ]);
    const env = {
      npm_config_registry: packages.url,
      npm_config_cache: join(place().folder, 'cache'),
    };
    place().registry('1.0.0');
    const first = parts(env);
    expect(await first.offer('fixture')).toMatchObject({ kind: 'installable', version: '1.0.0' });
    const fetched: number[] = [];
    const onFetched = (count: number): void => void fetched.push(count);
    expect(await first.directory.install('fixture', { signal: never, onFetched })).toBe('1.0.0');
    expect(fetched).toContain(1);
    expect(place().contents()).toEqual(['1.0.0', 'agent.json']);
    const definition = await first.catalog.find('fixture');
    expect(definition).toMatchObject({
      command: 'node',
      args: [
        join(place().root, 'fixture', '1.0.0', 'node_modules', packageName, 'agent.mjs'),
        '--name',
        'installed',
      ],
    });
    const options = { cwd: place().folder, signal: never, deadlineMs: 20_000 };
    expect(await first.directory.tryCommand(definition, options)).toMatchObject({
      name: 'installed',
    });

    // A newer version is offered, and what is there goes on being what is started.
    place().registry('1.1.0');
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
    expect(place().contents()).toEqual(['1.0.0', '1.1.0', 'agent.json']);

    // Half of it is lost: seen, said, and repaired.
    rmSync(join(place().root, 'fixture', '1.1.0', 'node_modules'), { recursive: true });
    expect(await second.offer('fixture')).toMatchObject({ kind: 'broken', version: '1.1.0' });
    expect((await failure(second.catalog.find('fixture'))).code).toBe('installFailed');
    expect(await second.directory.install('fixture', { signal: never })).toBe('1.1.0');
    expect(await second.offer('fixture')).toMatchObject({ kind: 'ready', version: '1.1.0' });

    await second.directory.remove('fixture');
    expect(place().contents()).toEqual([]);
    expect(await second.offer('fixture')).toMatchObject({ kind: 'installable' });
  });
});

describe('an installation that', () => {
  it.each(['die', 'kill', 'empty', 'flood'])(
    'goes wrong (%s) leaves nothing, and says so',
    async (how) => {
      place().registry('1.0.0');
      place().program('npm', join(fixtures, 'npm.mjs'));
      const { directory, offer } = parts({ NPM_FIXTURE: how });
      const error = await failure(directory.install('fixture', { signal: never }));
      expect(error).toMatchObject({ code: 'installFailed' });
      expect(error.message).toMatch(
        { die: /exit code 1\. .*EHALF/s, kill: /signal SIGKILL/, flood: /EHALF$/ }[how] ??
          /has no program/,
      );
      expect(error.message.length).toBeLessThan(800);
      expect(place().contents()).toEqual([]);
      expect(await offer('fixture')).toMatchObject({ kind: 'installable' });
    },
  );

  it('is cancelled ends npm with everything below it, and leaves nothing', async () => {
    place().registry('1.0.0');
    place().program('npm', join(fixtures, 'npm.mjs'));
    const log = join(place().folder, 'pids');
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
    expect(place().contents()).toEqual([]);
  });

  it('fails leaves the version before it as it was', async () => {
    place().registry('1.1.0');
    place().program('npm', join(fixtures, 'npm.mjs'));
    place().installed('fixture', '1.0.0');
    const { directory, offer } = parts({ NPM_FIXTURE: 'die' });
    await failure(directory.install('fixture', { signal: never }));
    expect(place().contents()).toEqual(['1.0.0', 'agent.json']);
    expect(await offer('fixture')).toMatchObject({ kind: 'ready', update: '1.1.0' });
  });

  it('died with its window is cleaned up by the next one', async () => {
    place().registry('1.0.0');
    place().program('npm', join(fixtures, 'npm.mjs'));
    const staging = join(place().root, 'fixture', 'staging-of-the-dead');
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, 'owner.json'), JSON.stringify({ pid: 2 ** 22, startedAt: 'x' }));
    const { directory, offer } = parts({ NPM_FIXTURE: 'die' });
    expect(await offer('fixture')).toMatchObject({ kind: 'broken' });
    await failure(directory.install('fixture', { signal: never }));
    expect(place().contents()).toEqual([]);
  });

  it('finds no npm says what to do', async () => {
    place().registry('1.0.0');
    const { directory } = parts({ PATH: place().bin });
    const error = await failure(directory.install('fixture', { signal: never }));
    expect(error).toMatchObject({
      code: 'installFailed',
      details: { command: 'npm', cause: 'ENOENT' },
    });
    expect(error.hint).toContain('Install Node');
  });

  it('needs a newer Node says so first', async () => {
    const script = join(place().folder, 'version.mjs');
    writeFileSync(script, "process.stdout.write('v20.11.1\\n')");
    place().program('node', script);
    const { directory } = parts();
    expect(await directory.nodeProblem('kimi')).toBe(
      'Kimi Code needs Node 22.19.0, and the one on your PATH is 20.11.1.',
    );
    expect(await directory.nodeProblem('gemini')).toBeUndefined();
    const none = parts({ PATH: join(place().folder, 'nowhere') });
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
