// Finding agents: on the PATH, also that of the login shell, and in the registry’s list when it is fetched anew.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure, RecordingEvents } from './acpAgents.ts';
import { fixtures, never, useAgentPlaces } from './support/agentPlace.ts';

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
