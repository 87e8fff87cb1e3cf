// Settings from whatever an editor has: defaults, and one wrong value that takes no other with it.
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/session/settings.ts';

describe('settings', () => {
  it('have defaults', () => {
    const { settings, problems } = parseSettings(() => undefined);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      agents: {},
      defaultAgent: 'workspace',
      'idle.timeoutMinutes': 30,
      'supervision.graceSeconds': 5,
      'restore.policy': 'lazy',
      'permissions.mode': 'ask',
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('fall back one by one and say which was wrong', () => {
    const given: Record<string, unknown> = {
      'idle.timeoutMinutes': -1,
      'restore.policy': 'sometimes',
      'supervision.maxRestarts': 7,
      agents: {
        mine: { command: 'x', args: 'not a list' },
        good: { command: 'y' },
        'no id': { command: 'z' },
      },
    };
    const { settings, problems } = parseSettings((name) => given[name]);
    expect(settings['idle.timeoutMinutes']).toBe(30);
    expect(settings['restore.policy']).toBe('lazy');
    expect(settings['supervision.maxRestarts']).toBe(7);
    expect(settings.agents).toEqual({ good: { command: 'y', args: [], env: {} } });
    expect(Object.isFrozen(settings.agents['good']?.args)).toBe(true);
    expect(problems[0]).toContain('left out');
    expect(problems.at(-1)).toContain('the default is used');
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'roost.agents › mine › args',
      'roost.agents › no id',
      'roost.idle.timeoutMinutes',
      'roost.restore.policy',
    ]);
  });
});
