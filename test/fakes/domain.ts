// A whole domain in memory: a SessionManager on fake agents, a fake clock and a memory store.
import { SessionError } from '../../src/session/errors.ts';
import { SessionManager } from '../../src/session/manager.ts';
import type { Logger } from '../../src/session/ports.ts';
import type { AgentProvisions } from '../../src/session/provisions.ts';
import { SessionRegistry } from '../../src/session/registry.ts';
import { parseSettings, type SettingName, type Settings } from '../../src/session/settings.ts';
import { TelemetryBus } from '../../src/session/telemetryBus.ts';
import type { TelemetryEvent } from '../../src/session/telemetry.ts';
import { fakeAgent, FakeAgents } from './fakeAgents.ts';
import { FakeClock } from './fakeClock.ts';
import { MemoryStore } from './memoryStore.ts';

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level}: ${message}`);
  return {
    lines,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

/** Entry ids stay unique over the lives of a store, as real ones do. */
let entryIds = 0;

/** The parts of a domain in memory, and what it has reported. */
export interface FakeDomain {
  readonly manager: SessionManager;
  readonly agents: FakeAgents;
  readonly clock: FakeClock;
  readonly store: MemoryStore;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly telemetry: TelemetryEvent[];
  readonly bus: TelemetryBus;
  /** `sessionId status` of every status change, in order. */
  readonly statuses: string[];
  /** The user changes settings. */
  set(changed: Partial<Record<SettingName, unknown>>): void;
  /** A second manager on the same store: the next life of the host. */
  nextLife(): FakeDomain;
}

/** Builds one. */
export function fakeDomain(
  given: Partial<Record<SettingName, unknown>> = {},
  store = new MemoryStore(),
  provisions?: AgentProvisions,
): FakeDomain {
  const settings = { ...given };
  const clock = new FakeClock();
  const agents = new FakeAgents();
  const logger = recordingLogger();
  const bus = new TelemetryBus(clock);
  const telemetry: TelemetryEvent[] = [];
  const statuses: string[] = [];
  let nextSession = store.heads.size;
  let snapshot: Settings = parseSettings((name) => settings[name]).settings;
  const manager = new SessionManager({
    registry: new SessionRegistry(),
    launcher: () => Promise.resolve(agents),
    catalog: {
      defaultAgentId: 'fake',
      resolve: (id) => {
        if (id === 'fake') return fakeAgent;
        throw new SessionError('agentUnknown', `no agent ${id}`);
      },
      find: (id) =>
        id === 'fake'
          ? Promise.resolve(fakeAgent)
          : Promise.reject(new SessionError('agentUnknown', `no agent ${id}`)),
    },
    provisions,
    store,
    clock,
    ids: {
      sessionId: () => `session-${++nextSession}`,
      entryId: () => `e${++entryIds}`,
    },
    logger,
    telemetry: bus,
    chance: () => 1,
    settings: () => snapshot,
    defaultCwd: () => '/work',
  });
  // Held for as long as the domain: a test's domain ends with the test.
  const subscriptions = [
    bus.onEvent((event) => telemetry.push(event)),
    manager.onDidChange(({ sessionId, status, statusChanged }) => {
      if (statusChanged) statuses.push(`${sessionId} ${status}`);
    }),
  ];
  return {
    manager,
    agents,
    clock,
    store,
    logger,
    telemetry,
    bus,
    statuses,
    set: (changed) => {
      Object.assign(settings, changed);
      snapshot = parseSettings((name) => settings[name]).settings;
      manager.onSettingsChanged();
    },
    nextLife: () => {
      for (const subscription of subscriptions) subscription.dispose();
      store.open_.clear();
      return fakeDomain(settings, store, provisions);
    },
  };
}
