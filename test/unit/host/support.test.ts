// What says how Roost is doing: the cost of sessions, the doctor's report, the figures of the metrics view.
import { describe, expect, it } from 'vitest';
import { examineAll, type DoctorDeps } from '../../../src/host/support/doctorReport.ts';
import { Metrics, metricsSeconds } from '../../../src/host/support/metrics.ts';
import {
  cpuText,
  memoryText,
  ResourceMeter,
  sizeText,
} from '../../../src/host/support/resourceMeter.ts';
import type { Machine, ResourceUse } from '../../../src/session/ports.ts';
import { fakeDomain } from '../../fakes/domain.ts';
import { FakeClock, settle } from '../../fakes/fakeClock.ts';
import { details, dormant, english, info } from './sessionFixtures.ts';

describe('the cost of a session', () => {
  it('is measured over a moment at first, and since the last look soon after', async () => {
    const clock = new FakeClock();
    let cpuMs = 1000;
    let looks = 0;
    const meter = new ResourceMeter({
      clock,
      machine: {
        useOf: () => {
          looks += 1;
          cpuMs += 100;
          return Promise.resolve({ cpuMs, rssBytes: 300 * 1024 * 1024, processes: 3 });
        },
      },
    });
    const first = meter.measure('a');
    await clock.advance(400);
    expect(await first).toMatchObject({ processes: 3, cpuPercent: 25 });
    expect(looks).toBe(2);
    await clock.advance(10_000);
    expect((await meter.measure('a')).cpuPercent).toBeCloseTo(1, 0);
    expect(looks).toBe(3);
    expect(clock.timers).toBe(0);
  });

  it('is nothing, at once, where nothing runs', async () => {
    const clock = new FakeClock();
    const none: ResourceUse = { cpuMs: 0, rssBytes: 0, processes: 0 };
    const meter = new ResourceMeter({ clock, machine: { useOf: () => Promise.resolve(none) } });
    expect(await meter.measure('a')).toMatchObject({ processes: 0, cpuPercent: undefined });
    expect(clock.timers).toBe(0);
  });

  it('reads as a person says it', () => {
    expect([0, 999, 1536, 340 * 1024 * 1024, 1.25 * 1024 ** 3].map(sizeText)).toEqual([
      '0 B',
      '999 B',
      '1.5 KB',
      '340 MB',
      '1.3 GB',
    ]);
    const use = { cpuMs: 12_345, rssBytes: 1024 * 1024, processes: 1, cpuPercent: 2.6 };
    expect(memoryText(use, english)).toBe('1.0 MB in 1 process');
    expect(memoryText({ ...use, processes: 4 }, english)).toBe('1.0 MB in 4 processes');
    expect(cpuText(use, english)).toBe('3 % now, 12 s so far');
    expect(cpuText({ ...use, cpuMs: 1500, cpuPercent: undefined }, english)).toBe('1.5 s so far');
  });
});

describe('the doctor', () => {
  const machine: Machine = {
    useOf: () => Promise.resolve({ cpuMs: 1200, rssBytes: 50 * 1024 * 1024, processes: 2 }),
    pidsOf: () => Promise.resolve([4711, 4712]),
    describe: () => Promise.resolve({ guard: 'process 99, ready', environment: 'login shell' }),
    sweep: () => Promise.resolve({ deadHosts: 1, killed: 3 }),
  };
  const well = [details(info('live'))];
  const deps = (all = well, more: Partial<DoctorDeps> = {}): DoctorDeps => ({
    sessions: {
      list: () => all.map((one) => one.info),
      details: (sessionId) =>
        all.find((one) => one.info.sessionId === sessionId) ?? details(info('?')),
      listSaved: () => Promise.resolve([]),
    },
    machine,
    about: { Roost: '0.1.0', Editor: 'Code 1.103' },
    ownerOf: () => Promise.resolve('process 5'),
    at: '2026-01-01T00:00:00.000Z',
    ...more,
  });

  it('says what runs, what was left behind, and that nothing is wrong', async () => {
    const { report, findings } = await examineAll(deps());
    expect(findings).toEqual([]);
    expect(report).toContain('Nothing is wrong.');
    expect(report).toContain('| Title of live | workspace | ready | 4711 | 4711 4712 | 50 MB |');
    expect(report).toContain('Found and ended now: 3, of 1 dead windows.');
    expect(report).toContain('process 99, ready');
    expect(report).toContain('| Roost | 0.1.0 |');
  });

  it('finds what is wrong, each with what mends it', async () => {
    const all = [
      details(dormant('c', { status: 'crashed', error: { code: 'agentExited', message: 'gone' } })),
      details(info('s'), { storageFailing: true }),
      details(info('q', { status: 'working' }), { stalledSince: '2026-01-01T00:00:00.000Z' }),
      details(dormant('elsewhere'), { readOnly: 'ownedElsewhere' }),
    ];
    const { report, findings } = await examineAll(
      deps(all, {
        sessions: {
          ...deps(all).sessions,
          listSaved: () =>
            Promise.resolve([
              {
                ...{ sessionId: 'd', title: '', agentId: 'a', cwd: '/', savedAt: '' },
                ...{ messageCount: 0, bytes: 7, damaged: 'The head is no JSON.' },
              },
            ]),
        },
      }),
    );
    expect(findings.map(({ sessionId, repair }) => [sessionId, repair])).toEqual([
      ['c', 'restart'],
      ['s', 'save'],
      ['q', 'cancel'],
      ['d', 'trash'],
    ]);
    expect(report).toContain('1 sessions, 7 B, 1 damaged.');
    expect(report).toContain('| Title of elsewhere | process 5 |');
  });

  it('reports what it can when parts of it fail, and lets no title become a link', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('no such table'));
    const { report } = await examineAll(
      deps([details(info('x', { title: '[click](command:evil) | `x`' }))], {
        machine: { useOf: failing, pidsOf: failing, describe: failing, sweep: failing },
      }),
    );
    expect(report).toContain('Could not be looked for: no such table');
    expect(report).not.toMatch(/[^\\]\]\(/);
    expect(report).toContain('## Versions and places');
  });
});

describe('metrics', () => {
  it('are what telemetry told while they were watched, second by second', async () => {
    const { manager, bus, clock, agents } = fakeDomain();
    const level = (): { active: number; working: number; needsInput: number; dormant: number } => {
      const all = manager.list();
      const of = (status: string): number => all.filter((one) => one.status === status).length;
      const active = all.filter(({ processAlive }) => processAlive).length;
      return {
        active,
        working: of('working'),
        needsInput: of('needsInput'),
        dormant: of('dormant'),
      };
    };
    const metrics = new Metrics({
      clock,
      onTelemetry: bus.onEvent,
      level,
      titleOf: (sessionId) => sessionId,
    });
    await manager.create();
    agents.last.events.onMessage('in', 'session/update', 100);
    agents.last.events.onMessage('in', 'session/update', 20);
    await clock.advance(1000);
    metrics.tick();
    agents.last.exit({ exitCode: 1 });
    await settle();
    metrics.tick();
    const view = metrics.view();
    expect(view.levels.active).toEqual([0, 1, 0]);
    expect(view.wires).toEqual([{ title: 'session-1', bytes: [120, 0], messages: 2, total: 120 }]);
    expect(view.counts).toMatchObject({ started: 1, crashes: 1, errors: 1, idle: 0 });
    for (let second = 0; second < 2 * metricsSeconds; second++) metrics.tick();
    expect(metrics.view().levels.active).toHaveLength(metricsSeconds);
    expect(metrics.view().wires).toEqual([]);
    metrics.dispose();
  });
});
