// Rows of the registry: values that change by being replaced, and what of them outlives their host.
import { describe, expect, it } from 'vitest';
import {
  active,
  createEntry,
  fromPlain,
  isActive,
  terminated,
  toPlain,
  touchActivity,
  withStatus,
} from '../../../src/session/entry.ts';
import type { AgentEnd } from '../../../src/session/agentPort.ts';
import type { SessionState } from '../../../src/session/state.ts';

const state: SessionState = {
  title: 'T',
  titleSource: 'user',
  agentId: 'a',
  cwd: '/w',
  status: 'dormant',
  createdAt: '2026-01-01T00:00:00.000Z',
  lastActivityAt: '2026-01-01T00:00:00.000Z',
  messageCount: 3,
  config: {},
  keepAwake: false,
  turnRunning: false,
};
const end: AgentEnd = { exitCode: 0, signal: null, stderrTail: '' };

describe('a row', () => {
  it('gets a process and loses it again, and is never changed in place', () => {
    const born = Object.freeze(createEntry('s', state, 5));
    const monitor = Promise.resolve(end);
    const alive = Object.freeze(active(born, { pid: 7 }, monitor));
    expect([isActive(born), isActive(alive)]).toEqual([false, true]);
    const over = terminated(alive, end);
    expect(over).toMatchObject({ kind: 'terminated', end: { exitCode: 0, signal: null }, monitor });
    expect(touchActivity(alive, 9, 'later')).toMatchObject({
      kind: 'active',
      lastActivity: 9,
      state: { lastActivityAt: 'later' },
    });
    expect(alive.lastActivity).toBe(5);
  });

  it('moves only along the table', () => {
    const born = createEntry('s', state, 0);
    expect(withStatus(born, 'starting').state.status).toBe('starting');
    expect(() => withStatus(born, 'working')).toThrow(/dormant cannot become working/);
  });

  it('survives as plain data, at rest whatever its host was doing', () => {
    const working = createEntry('s', { ...state, status: 'working', fromTheFuture: 1 }, 0);
    const back = fromPlain(structuredClone(toPlain(working)), 11);
    expect(back).toMatchObject({
      sessionId: 's',
      lastActivity: 11,
      state: { status: 'dormant', aliveAtShutdown: true, fromTheFuture: 1 },
    });
    expect(fromPlain(toPlain(back), 11)).toEqual(back);
  });
});
