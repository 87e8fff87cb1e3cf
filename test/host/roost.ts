// What the host suites share: the API, agents that do as they are told, and waits that end with an event.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'mocha';
import * as vscode from 'vscode';
import type { RoostApi, SessionInfo } from '../../src/api.ts';

/** Longest wait for something that must happen, in milliseconds. */
const patienceMs = 20_000;

/** Roost, activated. */
export async function roost(): Promise<RoostApi> {
  return extension().activate();
}

/** Roost as the editor knows it. */
export function extension(): vscode.Extension<RoostApi> {
  const found = vscode.extensions.getExtension<RoostApi>('roost.roost');
  assert.ok(found, 'roost.roost is not installed in this window');
  return found;
}

/** The scripted agent as a setting; flags are described at its top. */
export function scripted(...flags: string[]): Record<string, unknown> {
  return {
    name: 'Scripted',
    command: process.execPath,
    args: [join(extension().extensionPath, 'test/fixtures/agents/scripted.mjs'), ...flags],
    env: { ELECTRON_RUN_AS_NODE: '1' },
  };
}

/** Settings with the scripted agent as the default, and one that cannot be started, called `missing`. */
export function scriptedAgents(): Readonly<Record<string, unknown>> {
  return {
    agents: { scripted: scripted(), missing: { command: 'roost-no-such-command' } },
    defaultAgent: 'scripted',
  };
}

/** Settings that were set and are to be taken back. */
const changed = new Set<string>();

/** Sets a setting for the user; `undefined` takes it back. */
export async function setSetting(name: string, value: unknown): Promise<void> {
  changed.add(name);
  await vscode.workspace
    .getConfiguration('roost')
    .update(name, value, vscode.ConfigurationTarget.Global);
}

/**
 * Sets these before the tests of the block it is called in, and hands out Roost. After each test its panels
 * and sessions are gone, after the last one every setting that was changed.
 */
export function withSettings(
  settings: () => Readonly<Record<string, unknown>>,
  ready: (api: RoostApi) => void,
): void {
  let api: RoostApi;

  before(async () => {
    api = await roost();
    for (const [name, value] of Object.entries(settings())) await setSetting(name, value);
    ready(api);
  });

  afterEach(async () => {
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs));
    await removeAllSessions(api);
  });

  after(async () => {
    for (const name of changed) await setSetting(name, undefined);
  });
}

/** Runs a command of Roost. */
export async function run<T = unknown>(name: string, argument?: unknown): Promise<T> {
  return vscode.commands.executeCommand<T>(`roost.${name}`, argument);
}

/** Resolves with the session once `is` holds of it; looks at once and at every change. */
export async function whenSession(
  api: RoostApi,
  sessionId: string,
  is: (info: SessionInfo | undefined) => boolean,
): Promise<SessionInfo | undefined> {
  return when(
    (look) => api.onDidChangeSessions(look),
    () => (is(api.getSession(sessionId)) ? { found: api.getSession(sessionId) } : undefined),
    `session ${sessionId}`,
  ).then(({ found }) => found);
}

/** Resolves with what `find` finds, looking now and whenever `subscribe` says that something changed. */
export async function when<T>(
  subscribe: (look: () => void) => vscode.Disposable,
  find: () => T | undefined,
  what: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let subscription: vscode.Disposable | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found !== undefined) resolve(found);
      };
      timer = setTimeout(() => {
        reject(new Error(`waited in vain for ${what}`));
      }, patienceMs);
      subscription = subscribe(look);
      look();
    });
  } finally {
    clearTimeout(timer);
    subscription?.dispose();
  }
}

/** Every status change of a session from here on, until it is disposed. */
export class StatusRecord {
  readonly seen: string[] = [];
  readonly #subscription: vscode.Disposable;

  constructor(api: RoostApi, sessionId: string) {
    let last: string | undefined = api.getSession(sessionId)?.status;
    this.#subscription = api.onDidChangeSessions((change) => {
      const { status } = change;
      if (change.sessionId !== sessionId || status === last) return;
      last = status;
      this.seen.push(status);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Pids whose environment carries a session's marker, as the system tells; Linux only, elsewhere empty. */
export function processesOf(sessionId: string): readonly number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        const alive = !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
        return alive && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(sessionId);
      } catch {
        return false;
      }
    });
}

/** Stops and deletes every session, so that the next suite finds none. */
export async function removeAllSessions(api: RoostApi): Promise<void> {
  for (const { sessionId } of api.listSessions()) {
    await api.terminateSession(sessionId, { force: true });
    if (api.getSession(sessionId) !== undefined) await api.deleteSavedSession(sessionId);
  }
}
