// Roost without an editor: the real session manager, protocol, processes and store, as activation wires them, for real agents.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AcpAgentLauncher } from '../../src/acp/agentLauncher.ts';
import { createAgentCatalog } from '../../src/agents/catalog.ts';
import { createIds } from '../../src/host/ids.ts';
import { processIdentities } from '../../src/process/ownerIdentity.ts';
import { ProcessHost } from '../../src/process/processHost.ts';
import { systemClock } from '../../src/process/systemClock.ts';
import type { Clock } from '../../src/session/clock.ts';
import { SessionError } from '../../src/session/errors.ts';
import type { PendingRequest } from '../../src/session/info.ts';
import type { LanguageModels } from '../../src/session/languageModels.ts';
import { SessionManager } from '../../src/session/manager.ts';
import type { WorkspaceFiles } from '../../src/session/ports.ts';
import { SessionRegistry } from '../../src/session/registry.ts';
import { parseSettings, type SettingName } from '../../src/session/settings.ts';
import { TelemetryBus } from '../../src/session/telemetryBus.ts';
import { openStore, type DiskStore } from '../../src/storage/sessionStore.ts';
import { recordingLogger } from '../fakes/domain.ts';

/** What a stack is made of. */
export interface StackOptions {
  /** The folder of the sessions. */
  readonly folder: string;
  /** Where sessions are stored. */
  readonly storage: string;
  /** The value of `roost.agents`. */
  readonly agents?: unknown;
  /** Other settings. */
  readonly settings?: Partial<Record<SettingName, unknown>>;
  /** Whether the workspace is trusted; it is when this is absent. */
  readonly trusted?: () => boolean;
  /** Time; the system's when this is absent. */
  readonly clock?: Clock;
  /** Longest message taken from an agent, in bytes. */
  readonly maxMessageBytes?: number;
  /** The editor's language models; none when absent. */
  readonly models?: LanguageModels;
  /** The shipped agent's bundle and history, for tests of that agent. */
  readonly workspaceAgent?: {
    readonly script: string;
    readonly home: string;
    readonly modelEnv?: () => Readonly<Record<string, string>>;
  };
}

/** Files as they are on disk: unsaved text is the editor's matter. */
const diskFiles: WorkspaceFiles = {
  async readTextFile(path, { line = 1, limit }) {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new SessionError('agentError', `Cannot read ${path}`, { details: { cause } });
    });
    const end = limit === undefined ? undefined : line - 1 + limit;
    return text
      .split('\n')
      .slice(line - 1, end)
      .join('\n');
  },
  async writeTextFile(path, content) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  },
};

/** One life of an extension host. `dispose` ends it as deactivation does. */
export class RoostStack implements AsyncDisposable {
  readonly sessions: SessionManager;
  readonly logger = recordingLogger();
  /** `name how` of what was told about restoring, and the codes of errors. */
  readonly told: string[] = [];
  readonly #processHost: ProcessHost;
  readonly #store: DiskStore;

  constructor(options: StackOptions) {
    const { folder, storage, agents, workspaceAgent, trusted, maxMessageBytes, models } = options;
    const { logger } = this;
    const clock = options.clock ?? systemClock();
    const { settings, problems } = parseSettings((name) =>
      name === 'agents' ? agents : options.settings?.[name],
    );
    if (problems.length > 0) throw new Error(problems.join('; '));
    this.#store = openStore({ directory: storage, clock, logger, identity: processIdentities() });
    this.#processHost = new ProcessHost({
      logger,
      clock,
      guardPath: join(import.meta.dirname, '../../src/process/guardMain.ts'),
    });
    const roots = { folders: () => [folder] };
    const telemetry = new TelemetryBus(clock);
    telemetry.onEvent((event) => {
      if (event.name === 'roost.session.restored') this.told.push(`restored ${event.how}`);
      if (event.name === 'roost.session.error') this.told.push(`error ${event.code}`);
    });
    const launcher = new AcpAgentLauncher({
      processHost: this.#processHost,
      clock,
      logger,
      files: diskFiles,
      roots,
      clientVersion: '0.0.0-test',
      shell: '/bin/sh',
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
      ...(models === undefined ? {} : { models: () => Promise.resolve(models) }),
    });
    this.sessions = new SessionManager({
      registry: new SessionRegistry(),
      launcher: () => Promise.resolve(launcher),
      catalog: createAgentCatalog({
        settings: () => settings,
        isTrusted: trusted ?? (() => true),
        workspaceAgent: { execPath: process.execPath, script: '', ...workspaceAgent },
      }),
      store: this.#store,
      clock,
      ids: createIds(),
      logger,
      telemetry,
      chance: () => 0.5,
      settings: () => settings,
      defaultCwd: () => folder,
    });
  }

  /** Resolves as soon as something holds; it is looked at after everything that happens to a session. */
  async until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (holds()) resolve(undefined);
    };
    const watches = [this.sessions.onDidChange(look), this.sessions.onDidChangeTranscript(look)];
    look();
    try {
      await promise;
    } finally {
      for (const watch of watches) watch.dispose();
    }
  }

  /** The next thing a session asks its user. */
  async asked(sessionId: string): Promise<PendingRequest> {
    const first = (): PendingRequest | undefined =>
      this.sessions.get(sessionId)?.pendingRequests[0];
    await this.until(() => first() !== undefined);
    const request = first();
    if (request === undefined) throw new Error('the request was taken back');
    return request;
  }

  /** Answers what a session asks with the option of a kind (`allow_once`, `reject_once`, …). */
  async answer(sessionId: string, kind: string): Promise<void> {
    const { requestId, options } = await this.asked(sessionId);
    const option = options.find((one) => one.kind === kind);
    if (option === undefined) throw new Error(`no ${kind} among ${JSON.stringify(options)}`);
    await this.sessions.respondToPermission(sessionId, requestId, option.optionId);
  }

  /** What the agent has said, all of it, as it is stored. */
  async said(sessionId: string): Promise<string> {
    const entries = await this.sessions.transcript(sessionId);
    return entries.map((entry) => (entry.type === 'agent' ? entry.text : '')).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions.shutdown(2500);
    await this.#processHost.shutdown({ graceMs: 0 });
    await this.#store.shutdown();
  }
}
