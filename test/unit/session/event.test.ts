// The event emitter and telemetry: a listener that throws harms nobody, and what nobody hears costs nothing.
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/session/event.ts';
import type { TelemetryEvent } from '../../../src/session/telemetry.ts';
import { TelemetryBus, type TelemetryChannel } from '../../../src/session/telemetryBus.ts';
import { FakeClock } from '../../fakes/fakeClock.ts';

describe('an emitter', () => {
  it('tells everybody although one throws', () => {
    const failures: unknown[] = [];
    const emitter = new Emitter<number>((error) => failures.push(error));
    const heard: string[] = [];
    const held = [
      emitter.event((n) => heard.push(`a${n}`)),
      emitter.event(() => {
        throw new Error('mine');
      }),
      emitter.event((n) => heard.push(`c${n}`)),
    ];
    emitter.fire(1);
    emitter.fire(2);
    expect(heard).toEqual(['a1', 'c1', 'a2', 'c2']);
    expect(failures).toHaveLength(2);
    held.forEach((one) => {
      one.dispose();
    });
    expect(emitter.hasListeners).toBe(false);
  });

  it('does not tell one that left while others were told', () => {
    const emitter = new Emitter<string>();
    const heard: string[] = [];
    const first = emitter.event(() => {
      second.dispose();
    });
    const second = emitter.event((text) => heard.push(text));
    emitter.fire('x');
    first.dispose();
    expect(heard).toEqual([]);
  });
});

describe('telemetry', () => {
  it('goes to listeners and to the channel of its name', () => {
    const published: TelemetryEvent[] = [];
    const channels: Record<string, TelemetryChannel> = {
      'roost.session.restarted': {
        hasSubscribers: true,
        publish: (event) => published.push(event),
      },
    };
    const silent = { hasSubscribers: false, publish: () => undefined };
    const bus = new TelemetryBus(new FakeClock(), (name) => channels[name] ?? silent);
    expect(bus.isHeard('roost.session.message')).toBe(false);
    const subject = { sessionId: 's', agentId: 'a' };
    bus.publish('roost.session.restarted', subject, { attempt: 1, delayMs: 2 });
    bus.publish('roost.session.error', subject, { code: 'internal' });
    expect(published).toEqual([
      {
        name: 'roost.session.restarted',
        at: '2026-01-01T00:00:00.000Z',
        sessionId: 's',
        agentId: 'a',
        attempt: 1,
        delayMs: 2,
      },
    ]);
  });

  it('sums up what a wire carries once a second, only while it is busy and somebody listens', async () => {
    const clock = new FakeClock();
    const bus = new TelemetryBus(clock);
    const subject = { sessionId: 's', agentId: 'a' };
    bus.message(subject, 'in', 'session/update', 10);
    expect(clock.timers).toBe(0);
    const heard: TelemetryEvent[] = [];
    const subscription = bus.onEvent((event) => heard.push(event));
    bus.message(subject, 'in', 'session/update', 10);
    bus.message({ ...subject, sessionId: 't' }, 'out', 'read my diary', 5);
    bus.message(subject, 'in', 'response', 7);
    await clock.advance(999);
    expect(heard.map((event) => ('kind' in event ? event.kind : event.name))).toEqual([
      'session/update',
      'other',
      'response',
    ]);
    await clock.advance(1);
    expect(heard.slice(3)).toMatchObject([
      { name: 'roost.session.throughput', sessionId: 's', messages: 2, bytes: 17 },
      { name: 'roost.session.throughput', sessionId: 't', messages: 1, bytes: 5 },
    ]);
    await clock.advance(60_000);
    expect(heard).toHaveLength(5);
    expect(clock.timers).toBe(0);
    bus.message(subject, 'in', 'response', 1);
    subscription.dispose();
    bus.dispose();
    expect(clock.timers).toBe(0);
  });
});
