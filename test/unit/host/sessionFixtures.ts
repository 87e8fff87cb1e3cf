// Sessions as the list sees them, made up for tests of what is shown of them.
import { Emitter } from '../../../src/session/event.ts';
import type { ListedSession } from '../../../src/session/info.ts';
import type { SessionDetails, Sessions } from '../../../src/session/sessions.ts';
import type { Translate } from '../../../src/host/translate.ts';

/** English, as the editor gives it without a translation. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));

/** A session that is ready. */
export function info(sessionId: string, more: Partial<ListedSession> = {}): ListedSession {
  return {
    sessionId,
    title: `Title of ${sessionId}`,
    agentId: 'workspace',
    cwd: '/work',
    status: 'ready',
    processAlive: true,
    pid: 4711,
    createdAt: '2026-01-01T00:00:00.000Z',
    lastActivityAt: '2026-01-01T00:00:00.000Z',
    messageCount: 2,
    keepAwake: false,
    changedFiles: 0,
    pendingRequests: [],
    ...more,
  };
}

/** A session at rest. */
export function dormant(sessionId: string, more: Partial<ListedSession> = {}): ListedSession {
  const { pid: _pid, ...rest } = info(sessionId, {
    status: 'dormant',
    processAlive: false,
    ...more,
  });
  return rest;
}

/** A request for permission with the usual options. */
export function permission(requestId: string): ListedSession['pendingRequests'][number] {
  return {
    requestId,
    kind: 'permission',
    title: 'Run npm test',
    options: [
      { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
      { optionId: 'once', name: 'Allow', kind: 'allow_once' },
      { optionId: 'no', name: 'Reject', kind: 'reject_once' },
    ],
  };
}

/** What a panel or row knows besides the info: nothing remarkable. */
export function details(of: ListedSession, more: Partial<SessionDetails> = {}): SessionDetails {
  return {
    info: of,
    config: { timeoutMinutes: 30, restart: 'onCrash', permissionMode: 'ask' },
    agentName: 'Workspace',
    facts: { commands: [], modes: [], configOptions: [] },
    can: undefined,
    pending: [],
    queue: [],
    restartAt: undefined,
    stalledSince: undefined,
    readOnly: undefined,
    changedElsewhere: 0,
    stoppedAfterIdleMinutes: undefined,
    storageFailing: false,
    storageError: undefined,
    interrupted: false,
    remembered: [],
    ...more,
  };
}

/** A list of sessions that a test changes by hand. */
export class FakeList implements Pick<Sessions, 'list' | 'get' | 'onDidChange'> {
  readonly #rows = new Map<string, ListedSession>();
  readonly #changed = new Emitter<Parameters<Parameters<Sessions['onDidChange']>[0]>[0]>();
  readonly onDidChange = this.#changed.event;

  constructor(rows: readonly ListedSession[] = []) {
    for (const row of rows) this.#rows.set(row.sessionId, row);
  }

  list(): readonly ListedSession[] {
    return [...this.#rows.values()];
  }

  get(sessionId: string): ListedSession | undefined {
    return this.#rows.get(sessionId);
  }

  /** Adds or replaces a row. */
  set(row: ListedSession): void {
    this.#rows.set(row.sessionId, row);
    this.#changed.fire({ sessionId: row.sessionId, status: row.status, statusChanged: true });
  }

  /** Takes a row out. */
  remove(sessionId: string): void {
    this.#rows.delete(sessionId);
    this.#changed.fire({ sessionId, status: 'deleted', statusChanged: true });
  }
}
