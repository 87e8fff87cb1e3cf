// The table of states: what it allows, and that sessions driven at random never step outside it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canTransition,
  IllegalTransition,
  sessionStatuses,
  statusAtRest,
  transition,
  transitions,
  type SessionStatus,
} from '../../../src/session/status.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { settle } from '../../fakes/fakeClock.ts';

const anyStatus = fc.constantFrom(...sessionStatuses);

describe('the table of states', () => {
  it('moves exactly where it says', () => {
    fc.assert(
      fc.property(
        anyStatus,
        fc.constantFrom(...sessionStatuses, 'deleted' as const),
        (from, to) => {
          if (canTransition(from, to)) expect(transition(from, to)).toBe(to);
          else expect(() => transition(from, to)).toThrow(IllegalTransition);
        },
      ),
    );
  });

  it('leads from every state to rest and to the end', () => {
    const reaches = (from: SessionStatus, goal: string, seen = new Set<string>()): boolean =>
      transitions[from].some((to) => {
        if (to === goal) return true;
        if (to === 'deleted' || seen.has(to)) return false;
        return reaches(to, goal, seen.add(to));
      });
    for (const status of sessionStatuses) {
      expect(reaches(status, 'deleted')).toBe(true);
      expect(reaches(status, 'ready')).toBe(true);
    }
  });

  it('knows only states without a process after the host has gone', () => {
    for (const status of sessionStatuses) {
      expect(['dormant', 'crashed', 'failed']).toContain(statusAtRest(status));
    }
  });
});

describe('a session driven at random', () => {
  /** What can happen to a session, in any order. */
  const steps = {
    prompt: (domain) => void domain.manager.prompt('session-1', 'go').catch(() => undefined),
    answer: (domain) => {
      const { held } = domain.agents.last;
      if (held.some(({ method }) => method === 'session/prompt')) {
        domain.agents.last.answer('session/prompt', { stopReason: 'end_turn' });
      }
    },
    ask: (domain) =>
      void domain.agents.last.events.requestPermission(
        {
          agentSessionId: 'fake-1',
          toolCall: { toolCallId: 't' },
          options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
        },
        new AbortController().signal,
      ),
    allow: (domain) => {
      const [request] = domain.manager.get('session-1')?.pendingRequests ?? [];
      if (request === undefined) return;
      void domain.manager
        .respondToPermission('session-1', request.requestId, 'yes')
        .catch(() => undefined);
    },
    exit: (domain) => {
      domain.agents.last.exit();
    },
    leave: (domain) => {
      domain.agents.last.exit({ exitCode: 0 });
    },
    stop: (domain) => void domain.manager.terminate('session-1').catch(() => undefined),
    kill: (domain) =>
      void domain.manager.terminate('session-1', { force: true }).catch(() => undefined),
    resume: (domain) => void domain.manager.resume('session-1').catch(() => undefined),
    restart: (domain) => void domain.manager.restart('session-1').catch(() => undefined),
    cancel: (domain) => void domain.manager.cancel('session-1').catch(() => undefined),
    wait: (domain) => domain.clock.advance(1500),
    breathe: () => settle(),
  } satisfies Record<string, (domain: ReturnType<typeof fakeDomain>) => void | Promise<void>>;

  it('keeps to the table, ends at rest, and leaves neither timers nor open files', async () => {
    // Object.keys widens; these are exactly the steps above.
    const names = Object.keys(steps) as (keyof typeof steps)[];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 40 }), async (script) => {
        const domain = fakeDomain({ 'supervision.stallMinutes': 0, 'idle.timeoutMinutes': 0 });
        domain.agents.script = { hold: ['session/prompt'] };
        await domain.manager.create();
        for (const name of script) await steps[name](domain);
        await settle();
        await domain.manager.terminate('session-1', { force: true }).catch(() => undefined);
        await domain.clock.advance(120_000);
        const row = domain.manager.get('session-1');
        expect(row).toMatchObject({ processAlive: false, pendingRequests: [] });
        expect(['dormant', 'failed']).toContain(row?.status);
        expect(domain.clock.timers).toBe(0);
        expect(domain.store.open_.size).toBe(0);
        const reported = domain.statuses.map((line) => line.split(' ')[1] as SessionStatus);
        reported.reduce((from, to) => {
          expect([from, to, canTransition(from, to)]).toEqual([from, to, true]);
          return to;
        });
        const entries = await domain.manager.transcript('session-1');
        expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      }),
      { numRuns: 150 },
    );
  });
});
