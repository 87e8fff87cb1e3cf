// Finding agents: on the PATH, also that of the login shell, and in the registry’s list when it is fetched anew.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../src/session/errors.ts';
import { failure, RecordingEvents } from './acpAgents.ts';
import { fixtures, never, useAgentPlaces } from './support/agentPlace.ts';
import { RegistryServer } from './support/registryServer.ts';

const { place, parts } = useAgentPlaces();

describe('agents on the PATH', () => {
  it('are found with their version, and started by their name', async () => {
    const home = join(place().folder, 'lib', 'opencode-ai');
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ name: 'opencode-ai', version: '1.2.3' }),
    );
    writeFileSync(join(home, 'bin', 'opencode'), '#!/bin/sh\n');
    chmodSync(join(home, 'bin', 'opencode'), 0o755);
    place().program('goose', join(fixtures, 'scripted.mjs'));
    const { offer, catalog, directory } = parts({
      PATH: `${place().bin}:${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
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
    place().program('goose', join(fixtures, 'scripted.mjs'));
    writeFileSync(join(place().folder, '.bash_profile'), `export PATH="${place().bin}:$PATH"\n`);
    const dock = {
      HOME: place().folder,
      SHELL: '/bin/bash',
      PATH: '/usr/bin:/bin',
      VSCODE_CLI: '',
    };
    const { offer, catalog, directory } = parts(dock);
    expect(await offer('goose')).toMatchObject({
      kind: 'ready',
      source: 'path',
      commandLine: `${join(place().bin, 'goose')} acp`,
    });
    const options = { cwd: place().folder, signal: never, deadlineMs: 20_000 };
    expect((await directory.tryCommand(await catalog.find('goose'), options)).name).toBe(
      'scripted',
    );
  });
});

describe('the list of agents', () => {
  it('is refreshed on demand, and a failure harms nothing', async () => {
    const registry = await RegistryServer.start();
    try {
      const { directory, offer } = parts({}, registry.url);
      const refused = (): Promise<SessionError> =>
        failure(directory.refresh(never).then(() => undefined));
      const before = await directory.offers();
      registry.answer = [500, 'out of order'];
      expect(await refused()).toMatchObject({ code: 'registryUnreachable' });
      registry.answer = [200, '<html>hello</html>'];
      expect((await refused()).message).toMatch(/registry\.json could not be read: it answered/);
      const taken = registry.floods(50_000_000);
      expect((await refused()).message).toContain('its answer is too long');
      // Eight of them are read, and some more are on their way in pipes.
      expect(taken()).toBeLessThan(25_000_000);
      expect(await directory.offers()).toEqual(before);
      const distribution = { npx: { package: 'x@9.0.0' } };
      const fresh = { id: 'fresh', name: 'Fresh', version: '9.0.0', description: '', distribution };
      const newer = { ...fresh, id: 'gemini', name: 'Gemini CLI', version: '999.0.0' };
      registry.lists([fresh, newer, { id: 'bad' }]);
      expect(await directory.refresh(never)).toEqual({ added: 1, updated: 1 });
      expect(await offer('fresh')).toMatchObject({ kind: 'installable', version: '9.0.0' });
      // Kept: the next window has it without asking.
      expect(await parts({}, registry.url).offer('fresh')).toMatchObject({ version: '9.0.0' });
      expect(await directory.refresh(AbortSignal.abort())).toBeUndefined();
    } finally {
      await registry[Symbol.asyncDispose]();
    }
    const { directory } = parts({}, registry.url);
    expect(await failure(directory.refresh(never).then(() => undefined))).toMatchObject({
      code: 'registryUnreachable',
      message: expect.stringMatching(/ECONNREFUSED|connect/) as string,
    });
    const nowhere = parts({}, 'not an address').directory;
    expect(await failure(nowhere.refresh(never).then(() => undefined))).toMatchObject({
      code: 'registryUnreachable',
      hint: expect.stringContaining('roost.registry.url') as string,
    });
  });

  it('goes on holding an agent that is installed and no longer named by the registry', async () => {
    place().installed('gone', '1.2.3');
    const { offer, catalog, directory } = parts();
    expect(await offer('gone')).toMatchObject({
      kind: 'ready',
      source: 'installed',
      name: 'Fixture',
      version: '1.2.3',
    });
    expect((await catalog.find('gone')).args[0]).toContain('1.2.3');
    await directory.remove('gone');
    expect(await offer('gone')).toBeUndefined();
  });
});

it('an agent keeps its id when it is started', async () => {
  place().program('goose', join(fixtures, 'scripted.mjs'));
  const { catalog, launcher } = parts();
  const agent = await catalog.find('goose');
  const link = launcher.launch(
    { sessionId: 'test', agent, cwd: place().folder },
    new RecordingEvents(),
  );
  expect((await link.initialize()).name).toBe('scripted');
  await link.stop({ force: true, graceMs: 0 });
});
