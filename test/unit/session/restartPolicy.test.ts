// The restart policy: a sliding window, growing delays, and no memory but its own value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RestartPolicy, type RestartLimits } from '../../../src/session/restartPolicy.ts';

const limits: RestartLimits = {
  maxRestarts: 3,
  withinMs: 60_000,
  firstDelayMs: 500,
  maxDelayMs: 3000,
};

describe('the restart policy', () => {
  it('grows its delay up to the limit, then gives up', () => {
    let policy = new RestartPolicy();
    const delays: number[] = [];
    for (let crash = 0; crash < 3; crash++) {
      const decision = policy.decide(limits, crash, 1);
      if (!decision.restart) break;
      delays.push(decision.delayMs);
      policy = decision.next;
    }
    expect(delays).toEqual([500, 1000, 2000]);
    expect(policy.decide(limits, 3, 1)).toEqual({ restart: false });
  });

  it('forgets what lies outside the window', () => {
    const policy = new RestartPolicy([0, 1, 2]);
    expect(policy.decide(limits, 59_999, 1).restart).toBe(false);
    expect(policy.decide(limits, 60_000, 1)).toMatchObject({ restart: true, attempt: 3 });
  });

  it('never restarts where no restart is allowed', () => {
    expect(new RestartPolicy().decide({ ...limits, maxRestarts: 0 }, 0, 1).restart).toBe(false);
  });

  it('holds its limits whatever happens, and never changes a value it handed out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 40_000 }), fc.double({ min: 0, max: 1, noNaN: true })), {
          maxLength: 60,
        }),
        fc.integer({ min: 0, max: 5 }),
        (crashes, maxRestarts) => {
          const these = { ...limits, maxRestarts };
          let policy = new RestartPolicy();
          let now = 0;
          const restarts: number[] = [];
          for (const [gap, chance] of crashes) {
            now += gap;
            const decision = policy.decide(these, now, chance);
            expect(policy.decide(these, now, chance)).toEqual(decision);
            if (!decision.restart) continue;
            restarts.push(now);
            expect(decision.delayMs).toBeGreaterThanOrEqual(limits.firstDelayMs / 2);
            expect(decision.delayMs).toBeLessThanOrEqual(limits.maxDelayMs);
            policy = decision.next;
            const inWindow = restarts.filter((at) => now - at < limits.withinMs).length;
            expect(inWindow).toBeLessThanOrEqual(maxRestarts);
          }
        },
      ),
    );
  });
});
