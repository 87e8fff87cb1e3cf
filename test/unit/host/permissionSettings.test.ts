// The permission modes of the settings: a workspace can make them stricter and never wider.
import { describe, expect, it } from 'vitest';
import { permissionSettings } from '../../../src/host/permissionSettings.ts';

const unset = { user: undefined, workspace: undefined };

describe('permission settings', () => {
  it('are what the user set', () => {
    expect(permissionSettings(unset, unset)).toEqual({ mode: 'ask', byAgent: {} });
    expect(
      permissionSettings(
        { user: 'allowReads', workspace: undefined },
        { user: { codex: 'allowAll' }, workspace: undefined },
      ),
    ).toEqual({ mode: 'allowReads', byAgent: { codex: 'allowAll' } });
  });

  it('are not widened by a workspace, whose files agents can write', () => {
    expect(
      permissionSettings(
        { user: undefined, workspace: 'allowAll' },
        { user: { a: 'allowReads' }, workspace: { a: 'allowAll', b: 'allowAll' } },
      ),
    ).toEqual({ mode: 'ask', byAgent: { a: 'allowReads', b: 'ask' } });
  });

  it('are made stricter by a workspace, also for agents that it does not name', () => {
    expect(
      permissionSettings(
        { user: 'allowAll', workspace: 'allowReads' },
        { user: { a: 'allowAll', b: 'ask' }, workspace: { c: 'ask' } },
      ),
    ).toEqual({ mode: 'allowReads', byAgent: { a: 'allowReads', b: 'ask', c: 'ask' } });
  });

  it('count as not set when they are wrong', () => {
    expect(permissionSettings({ user: 'yolo', workspace: 7 }, { user: [], workspace: 1 })).toEqual({
      mode: 'ask',
      byAgent: {},
    });
  });
});
