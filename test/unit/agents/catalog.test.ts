// The agent catalog: the shipped agent, agents from settings, trust, and what an unknown id is told.
import { describe, expect, it } from 'vitest';
import { createAgentCatalog, type ListableAgentCatalog } from '../../../src/agents/catalog.ts';
import { isSessionError, type SessionError } from '../../../src/session/errors.ts';
import { parseSettings, type SettingName } from '../../../src/session/settings.ts';

const shipped = { execPath: '/editor/node', script: '/roost/dist/workspaceAgent.cjs' };

function catalog(
  raw: Partial<Record<SettingName, unknown>> = {},
  more: { trusted?: boolean; home?: string } = {},
): ListableAgentCatalog {
  return createAgentCatalog({
    settings: () => parseSettings((name) => raw[name]).settings,
    isTrusted: () => more.trusted ?? true,
    workspaceAgent: { ...shipped, ...(more.home === undefined ? {} : { home: more.home }) },
  });
}

function errorOf(run: () => unknown): SessionError {
  try {
    run();
  } catch (error) {
    if (isSessionError(error)) return error;
    throw error;
  }
  throw new Error('expected a SessionError');
}

describe('agent catalog', () => {
  it("runs the shipped agent with the editor's own Node", () => {
    expect(catalog().defaultAgentId).toBe('workspace');
    expect(catalog().resolve('workspace')).toEqual({
      id: 'workspace',
      name: 'Workspace',
      command: '/editor/node',
      args: ['/roost/dist/workspaceAgent.cjs'],
      env: { ELECTRON_RUN_AS_NODE: '1' },
      usesEditorModels: true,
    });
  });

  it('hands the shipped agent the folder for its history', () => {
    expect(catalog({}, { home: '/state' }).resolve('workspace').env).toEqual({
      ELECTRON_RUN_AS_NODE: '1',
      ROOST_WORKSPACE_AGENT_HOME: '/state',
    });
  });

  it('takes agents from the settings as they are at each call', () => {
    const raw: Partial<Record<SettingName, unknown>> = {};
    const live = catalog(raw);
    expect(errorOf(() => live.resolve('codex')).code).toBe('agentUnknown');
    raw.agents = { codex: { command: 'codex-acp', args: ['-v'], env: { A: '1' }, cwd: '/srv' } };
    expect(live.resolve('codex')).toEqual({
      id: 'codex',
      name: 'codex',
      command: 'codex-acp',
      args: ['-v'],
      env: { A: '1' },
      cwd: '/srv',
    });
  });

  it('lets a setting replace the shipped agent', () => {
    const own = catalog({ agents: { workspace: { command: 'mine', name: 'Mine' } } });
    expect(own.resolve('workspace')).toEqual({
      id: 'workspace',
      name: 'Mine',
      namedByUser: true,
      command: 'mine',
      args: [],
      env: {},
    });
    expect(own.list()).toEqual([
      { id: 'workspace', name: 'Mine', commandLine: 'mine', shipped: false, isDefault: true },
    ]);
  });

  it('lists the shipped agent first, marks the default, and shows no environment', () => {
    const listed = catalog({
      defaultAgent: 'b',
      agents: {
        b: { command: 'b', args: ['--acp'], env: { KEY: 'secret' } },
        a: { name: 'Agent A', command: 'a' },
      },
    }).list();
    expect(listed.map((agent) => [agent.id, agent.name, agent.shipped, agent.isDefault])).toEqual([
      ['workspace', 'Workspace', true, false],
      ['b', 'b', false, true],
      ['a', 'Agent A', false, false],
    ]);
    expect(listed[1]?.commandLine).toBe('b --acp');
    expect(JSON.stringify(listed)).not.toContain('secret');
  });

  it('starts nothing in an untrusted workspace, and says why', () => {
    const untrusted = catalog({ agents: { a: { command: 'a' } } }, { trusted: false });
    for (const id of ['workspace', 'a', 'unheard-of']) {
      const error = errorOf(() => untrusted.resolve(id));
      expect(error.code).toBe('workspaceUntrusted');
      expect(error.hint).toContain('trust');
    }
    expect(untrusted.list()).toHaveLength(2);
  });

  it('names the known agents when an id is unknown', () => {
    const error = errorOf(() => catalog({ agents: { a: { command: 'a' } } }).resolve('b'));
    expect(error.code).toBe('agentUnknown');
    expect(error.message).toContain('"b"');
    expect(error.hint).toContain('workspace, a');
    expect(error.hint).not.toContain('roost.defaultAgent');
  });

  it('points at the setting when the default agent is unknown', () => {
    const wrong = catalog({ defaultAgent: 'gone' });
    expect(errorOf(() => wrong.resolve(wrong.defaultAgentId)).hint).toContain('roost.defaultAgent');
  });
});
