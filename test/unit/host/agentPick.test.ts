// The pick list of agents, and the small parts around it: rows, command lines, free ids, keys.
import { describe, expect, it } from 'vitest';
import { AgentKeys } from '../../../src/host/agents/agentKeys.ts';
import { agentRows } from '../../../src/host/agents/agentPickItems.ts';
import { commandWords } from '../../../src/host/agents/commandWords.ts';
import type { AgentOffer } from '../../../src/session/agentOffers.ts';

const t = (message: string, ...args: (string | number)[]): string =>
  message.replaceAll(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));

const offers: readonly AgentOffer[] = [
  {
    id: 'workspace',
    name: 'Workspace',
    kind: 'ready',
    source: 'shipped',
    isDefault: true,
    commandLine: '/node x',
  },
  {
    id: 'a',
    name: 'A',
    kind: 'ready',
    source: 'installed',
    isDefault: false,
    version: '1.0.0',
    update: '1.1.0',
    website: 'https://a.example',
  },
  { id: 'b', name: 'B', kind: 'ready', source: 'path', isDefault: false, version: '2.0.0' },
  { id: 'c', name: 'C', kind: 'broken', isDefault: false, version: '1.0.0' },
  {
    id: 'd',
    name: 'D $(bug)',
    kind: 'installable',
    isDefault: false,
    version: '3.0.0',
    description: 'A coding agent',
    note: {
      command: 'd',
      minNode: '22.0.0',
      megabytes: 100,
      signIn: { keys: [] },
      sessions: ['load', 'fork'],
      quirks: [],
    },
  },
  { id: 'e', name: 'E', kind: 'elsewhere', isDefault: false, website: 'https://e.example' },
];

describe('the rows', () => {
  const rows = agentRows(offers, t);

  it('stand in groups, what can be started first and one’s own command last', () => {
    expect(rows.map((row) => (row.kind === 'heading' ? `# ${row.label}` : row.label))).toEqual([
      '# Installed',
      'Workspace',
      'A',
      'B',
      '# Can be installed',
      '$(tools) C',
      expect.stringMatching(/^\$\(cloud-download\) D /),
      '# From their makers',
      '$(link-external) E',
      '# Your own',
      '$(add) Add Your Own Command…',
    ]);
  });

  it('say versions, where they are from, and what they need', () => {
    const words = rows.flatMap((row) => (row.kind === 'row' ? [row.description] : []));
    expect(words).toEqual([
      'default · comes with Roost',
      '1.0.0 · 1.1.0 is available',
      '2.0.0 · on your PATH',
      '1.0.0 · not installed to its end; choose it to repair it',
      '3.0.0 · about 100 MB · needs Node 22 · can fork',
      '',
      '',
    ]);
  });

  it('say how each is started, and of the one that comes with Roost what it is good for', () => {
    const details = rows.flatMap((row) => (row.kind === 'row' ? [row.detail] : []));
    expect(details[0]).toMatch(/^Slash commands without a key/);
    expect(details[4]).toBe('A coding agent');
  });

  it('offer an update without forcing it: choosing the row still starts what is there', () => {
    const a = rows.find((row) => row.kind === 'row' && row.offer?.id === 'a');
    expect(a).toMatchObject({ action: 'start' });
    expect(a?.kind === 'row' && a.buttons.map(({ action }) => action)).toEqual([
      'update',
      'website',
      'remove',
    ]);
  });

  it('show an icon that a name asks for as the text it is', () => {
    const d = rows.find((row) => row.kind === 'row' && row.offer?.id === 'd');
    expect(d?.label).toBe(String.raw`$(cloud-download) D \$(bug)`);
  });
});

describe('a command line', () => {
  it.each([
    ['agent --acp', ['agent', '--acp']],
    ['  "/my tools/agent"  \'--a b\' ', ['/my tools/agent', '--a b']],
    [String.raw`my\ agent "a\"b" 'c\d'`, ['my agent', 'a"b', String.raw`c\d`]],
    ['agent ""', ['agent', '']],
    ['', []],
    ['agent "open', undefined],
  ])('%s', (line, words) => {
    expect(commandWords(line, 'linux')).toEqual(words);
  });

  it('keeps backslashes on Windows', () => {
    expect(commandWords(String.raw`C:\a\b.exe --x`, 'win32')).toEqual([
      String.raw`C:\a\b.exe`,
      '--x',
    ]);
  });
});

describe('keys', () => {
  function keys(): { readonly keys: AgentKeys; readonly stored: Map<string, string> } {
    const stored = new Map<string, string>();
    return {
      stored,
      keys: new AgentKeys({
        get: (name) => Promise.resolve(stored.get(name)),
        store: (name, value) => Promise.resolve(void stored.set(name, value)),
        delete: (name) => Promise.resolve(void stored.delete(name)),
      }),
    };
  }

  it('are one secret for each agent, and gone when the last is forgotten', async () => {
    const { keys: kept, stored } = keys();
    await kept.set('a', 'A_KEY', 'one');
    await kept.set('a', 'B_KEY', 'two');
    expect(await kept.of('a')).toEqual({ A_KEY: 'one', B_KEY: 'two' });
    expect(await kept.of('b')).toEqual({});
    expect(await kept.forget('a', 'B_KEY')).toEqual(['B_KEY']);
    expect(await kept.of('a')).toEqual({ A_KEY: 'one' });
    expect(await kept.forget('a')).toEqual(['A_KEY']);
    expect(stored.size).toBe(0);
  });

  it('in a form of somebody else are none', async () => {
    const { keys: kept, stored } = keys();
    stored.set('roost.keys.a', 'not JSON');
    expect(await kept.of('a')).toEqual({});
  });
});
