// The registry's format: the bundled copy, foreign entries, versions, and what may be installed.
import { describe, expect, it } from 'vitest';
import { bundledAgents, noteOn, pathDefinition } from '../../../src/agents/knownAgents.ts';
import registryData from '../../../src/agents/registry.json' with { type: 'json' };
import notesData from '../../../src/agents/agentNotes.json' with { type: 'json' };
import {
  compareVersions,
  mergeRegistries,
  npmPackageOf,
  parseRegistry,
  type RegistryAgent,
} from '../../../src/agents/registry.ts';

function agent(id: string, version: string, distribution: unknown = {}): RegistryAgent {
  const parsed = parseRegistry({ agents: [{ id, name: id, version, distribution }] });
  const [first] = parsed?.agents ?? [];
  if (first === undefined) throw new Error(parsed?.problems.join());
  return first;
}

describe('the bundled copy', () => {
  it('is whole: every entry is read, and has notes', () => {
    expect(parseRegistry(registryData)?.problems).toEqual([]);
    expect(bundledAgents()).toHaveLength(registryData.agents.length);
    expect(
      bundledAgents()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Object.keys(notesData).sort());
    for (const { id } of bundledAgents()) expect(noteOn(id)?.command, id).toBeTruthy();
  });

  it('pins what it installs to the version that it names', () => {
    const installable = bundledAgents().filter(({ distribution }) => distribution.npx);
    expect(installable.length).toBeGreaterThan(9);
    for (const one of installable) expect(npmPackageOf(one)?.version, one.id).toBe(one.version);
  });

  it('knows how to start an agent that is on the PATH', () => {
    const [gemini] = bundledAgents().filter(({ id }) => id === 'gemini');
    expect(gemini && pathDefinition(gemini)).toEqual({
      id: 'gemini',
      name: 'Gemini CLI',
      command: 'gemini',
      args: ['--acp'],
      env: {},
    });
  });

  it('says nothing of an agent it does not know, not even of those every object has', () => {
    expect(noteOn('nobody')).toBeUndefined();
    expect(noteOn('constructor')).toBeUndefined();
  });
});

describe('a registry from elsewhere', () => {
  it('loses a bad entry and keeps the others', () => {
    const parsed = parseRegistry({
      version: '9',
      agents: [
        { id: 'good', name: 'Good', version: '1.0.0', description: '', distribution: {} },
        { id: '../evil', name: 'Evil', version: '1.0.0', distribution: {} },
        'not even an object',
      ],
      unknown: true,
    });
    expect(parsed?.agents.map(({ id }) => id)).toEqual(['good']);
    expect(parsed?.problems).toHaveLength(2);
  });

  it('is none when it has no agents', () => {
    expect(parseRegistry({ message: 'moved' })).toBeUndefined();
    expect(parseRegistry('<html>')).toBeUndefined();
  });

  it('names web pages, and nothing else that would be opened', () => {
    const parsed = parseRegistry({
      agents: [
        {
          id: 'a',
          name: 'A',
          version: '1.0.0',
          website: 'command:workbench.action.quit',
          distribution: {},
        },
      ],
    });
    expect(parsed?.agents[0]?.website).toBeUndefined();
  });

  it('takes the place of an older entry only', () => {
    const merged = mergeRegistries(
      [agent('a', '1.2.0'), agent('b', '2.0.0')],
      [agent('a', '1.10.0'), agent('b', '1.9.9'), agent('c', '0.0.1')],
    );
    expect(merged.map(({ id, version }) => `${id} ${version}`)).toEqual([
      'a 1.10.0',
      'b 2.0.0',
      'c 0.0.1',
    ]);
  });

  it.each([
    ['@scope/x@1.2.3', { name: '@scope/x', version: '1.2.3' }],
    ['cline@3.0.65', { name: 'cline', version: '3.0.65' }],
    ['x@1.0.0-preview.2', { name: 'x', version: '1.0.0-preview.2' }],
    ['x@latest', undefined],
    ['x', undefined],
    ['x@^1.0.0', undefined],
    ['git+https://example.invalid/x.git', undefined],
    ['file:../x@1.0.0', undefined],
    ['--registry=http://x@1.0.0', undefined],
    ['x@1.0.0 --ignore', undefined],
  ])('installs %s only where that is one published version', (spec, wanted) => {
    expect(npmPackageOf(agent('x', '1.0.0', { npx: { package: spec } }))).toEqual(wanted);
  });
});

describe('versions', () => {
  it.each([
    ['1.0.0', '1.0.0', 0],
    ['1.10.0', '1.9.0', 1],
    ['0.36.0 (commit 7c61)', '0.36.1', -1],
    ['v22.3.0', '22.19.0', -1],
    ['2.0.0-preview.1', '2.0.0', -1],
    ['2026.10.01', '2026.9.30', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});
