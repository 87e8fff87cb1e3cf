// The SessionManager: registry and operations of all sessions; knows no editor.
import { stamp } from './clock.ts';
import { createEntry, fromPlain, isActive } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import { Emitter, type Event } from './event.ts';
import type { SavedSessionInfo, SessionInfo, TerminationReport } from './info.ts';
import type { ContentBlock, ElicitationAnswer, StoredSession, TranscriptSlice } from './ports.ts';
import type { CreateOptions, SessionDetails, Sessions } from './sessions.ts';
import { sessionDetails, sessionInfo, type ReadOnlyReason } from './sessionView.ts';
import { sessionConfigSchema, type SessionConfig, type SessionState } from './state.ts';
import type { SessionStatus } from './status.ts';
import { SessionSupervisor, type StopReason } from './supervisor.ts';
import type { DomainDeps } from './supervisorDeps.ts';
import type { TranscriptChange, TranscriptEntry } from './transcript.ts';

/** What the manager works with. */
export interface ManagerDeps extends DomainDeps {
  /** The folder of a session for which none is named. */
  defaultCwd(): string;
}

interface Held {
  readonly supervisor: SessionSupervisor;
  readonly readOnly: ReadOnlyReason;
}

/** All sessions of this window. One failing session never keeps another from anything. */
export class SessionManager implements Sessions {
  readonly #deps: ManagerDeps;
  readonly #held = new Map<string, Held>();
  /** Restores under way: restored twice is restored once. */
  readonly #restoring = new Map<string, Promise<SessionInfo>>();
  readonly #changed: Emitter<{
    sessionId: string;
    status: SessionStatus | 'deleted';
    statusChanged: boolean;
  }>;
  readonly #transcriptChanged: Emitter<{ sessionId: string; change: TranscriptChange }>;
  #disposed = false;

  constructor(deps: ManagerDeps) {
    this.#deps = deps;
    const onListenerError = (error: unknown): void => {
      deps.logger.error('a listener of session changes failed', error);
    };
    this.#changed = new Emitter(onListenerError);
    this.#transcriptChanged = new Emitter(onListenerError);
    this.onDidChange = this.#changed.event;
    this.onDidChangeTranscript = this.#transcriptChanged.event;
  }

  readonly onDidChange: Event<{
    readonly sessionId: string;
    readonly status: SessionStatus | 'deleted';
    readonly statusChanged: boolean;
  }>;
  readonly onDidChangeTranscript: Event<{
    readonly sessionId: string;
    readonly change: TranscriptChange;
  }>;

  async create(options: CreateOptions = {}): Promise<SessionInfo> {
    this.#assertUsable();
    const { catalog, clock, ids, registry } = this.#deps;
    const agent = catalog.resolve(options.agent ?? catalog.defaultAgentId);
    const at = stamp(clock);
    const state: SessionState = {
      title: options.title ?? agent.name,
      titleSource: options.title === undefined ? 'default' : 'user',
      agentId: agent.id,
      cwd: options.cwd ?? agent.cwd ?? this.#deps.defaultCwd(),
      status: 'starting',
      createdAt: at,
      lastActivityAt: at,
      messageCount: 0,
      config: this.#config(options.config ?? {}),
      keepAwake: false,
      turnRunning: false,
    };
    const sessionId = ids.sessionId();
    // The row is dormant for the instant between being born and being started.
    registry.add(createEntry(sessionId, { ...state, status: 'dormant' }, clock.monotonic()));
    const supervisor = this.#hold(sessionId, undefined, false);
    await supervisor.start();
    return this.#info(sessionId);
  }

  list(): readonly SessionInfo[] {
    return [...this.#held.keys()].map((sessionId) => this.#info(sessionId));
  }

  get(sessionId: string): SessionInfo | undefined {
    return this.#held.has(sessionId) ? this.#info(sessionId) : undefined;
  }

  details(sessionId: string): SessionDetails {
    const { supervisor, readOnly } = this.#get(sessionId);
    const { state } = supervisor.entry;
    return sessionDetails(supervisor, {
      info: this.#info(sessionId),
      agentName: this.#agentName(state.agentId),
      readOnly,
      interrupted: state.turnRunning && !isActive(supervisor.entry),
    });
  }

  async prompt(
    sessionId: string,
    prompt: string | readonly ContentBlock[],
  ): Promise<{ readonly stopReason: string }> {
    const { supervisor } = this.#writable(sessionId);
    const blocks = typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt;
    if (blocks.length === 0) {
      throw new SessionError('invalidArgument', 'A prompt needs at least one block.', {
        sessionId,
      });
    }
    return supervisor.prompt(blocks);
  }

  unqueue(sessionId: string, promptId: string): void {
    const { supervisor } = this.#get(sessionId);
    if (supervisor.queue.remove(promptId)) this.#fireChanged(sessionId);
  }

  async cancel(sessionId: string): Promise<void> {
    await this.#get(sessionId).supervisor.cancel();
  }

  async respondToPermission(
    sessionId: string,
    requestId: string,
    optionId: string | undefined,
  ): Promise<void> {
    const { supervisor } = this.#get(sessionId);
    this.#named(sessionId, () => {
      supervisor.pending.respondToPermission(requestId, optionId);
    });
    supervisor.touch();
    await supervisor.reported();
  }

  async respondToElicitation(
    sessionId: string,
    requestId: string,
    answer: ElicitationAnswer,
  ): Promise<void> {
    const { supervisor } = this.#get(sessionId);
    this.#named(sessionId, () => {
      supervisor.pending.respondToElicitation(requestId, answer);
    });
    supervisor.touch();
    await supervisor.reported();
  }

  async setMode(sessionId: string, modeId: string): Promise<void> {
    await this.#writable(sessionId).supervisor.setMode(modeId);
  }

  async setConfigOption(sessionId: string, configId: string, value: unknown): Promise<void> {
    await this.#writable(sessionId).supervisor.setConfigOption(configId, value);
  }

  async terminate(
    sessionId: string,
    options: { readonly force?: boolean } = {},
  ): Promise<TerminationReport> {
    const { supervisor } = this.#get(sessionId);
    const report = await supervisor.stop('user', options.force === true);
    const nothingSaid = supervisor.neverReady && supervisor.entry.state.messageCount === 0;
    if (nothingSaid && supervisor.entry.state.status === 'dormant') {
      await this.#remove(sessionId);
    }
    return report;
  }

  async restart(sessionId: string): Promise<SessionInfo> {
    const { supervisor } = this.#writable(sessionId);
    await supervisor.stop('user', false);
    await supervisor.start();
    return this.#info(sessionId);
  }

  async resume(sessionId: string): Promise<SessionInfo> {
    await this.#writable(sessionId).supervisor.start();
    return this.#info(sessionId);
  }

  async rename(sessionId: string, title: string): Promise<void> {
    const trimmed = title.trim();
    if (trimmed === '') {
      throw new SessionError('invalidArgument', 'A title needs at least one character.', {
        sessionId,
      });
    }
    await this.#writable(sessionId).supervisor.change({ title: trimmed, titleSource: 'user' });
  }

  async setKeepAwake(sessionId: string, keepAwake: boolean): Promise<void> {
    await this.#writable(sessionId).supervisor.change({ keepAwake });
  }

  async configure(sessionId: string, config: Partial<SessionConfig>): Promise<void> {
    const { supervisor } = this.#writable(sessionId);
    const merged = { ...supervisor.entry.state.config, ...config };
    await supervisor.change({ config: this.#parseConfig(merged, sessionId) });
  }

  async save(sessionId: string): Promise<SavedSessionInfo> {
    return this.#writable(sessionId).supervisor.save();
  }

  async restore(sessionId: string): Promise<SessionInfo> {
    this.#assertUsable();
    if (this.#held.has(sessionId)) return this.#info(sessionId);
    const underWay = this.#restoring.get(sessionId);
    if (underWay !== undefined) return underWay;
    const restoring = this.#deps.store
      .load(sessionId)
      .then((stored) => this.#restored(stored))
      .finally(() => this.#restoring.delete(sessionId));
    this.#restoring.set(sessionId, restoring);
    return restoring;
  }

  /**
   * Brings every saved session into the list as a row at rest; no process starts. One that cannot be
   * read is logged and left where it is.
   * @returns the ids now in the list that were not before
   */
  async restoreAll(): Promise<readonly string[]> {
    const added: string[] = [];
    for (const stored of await this.#deps.store.list()) {
      const { sessionId } = stored.info;
      if (this.#held.has(sessionId) || this.#restoring.has(sessionId)) continue;
      try {
        await this.#restored(stored);
        added.push(sessionId);
      } catch (error) {
        this.#deps.logger.warn(`${sessionId} was not restored: ${toSessionError(error).message}`);
      }
    }
    return added;
  }

  async listSaved(): Promise<readonly SavedSessionInfo[]> {
    const stored = await this.#deps.store.list();
    return stored.map(({ info }) => info);
  }

  async deleteSaved(sessionId: string): Promise<void> {
    const held = this.#held.get(sessionId);
    if (held !== undefined) {
      this.#writable(sessionId);
      await held.supervisor.stop('user', false);
    }
    await this.#deps.store.delete(sessionId);
    if (held !== undefined) this.#drop(sessionId);
  }

  async undoDelete(sessionId?: string): Promise<SessionInfo> {
    return this.restore(await this.#deps.store.undoDelete(sessionId));
  }

  async transcript(sessionId: string): Promise<readonly TranscriptEntry[]> {
    this.#held.get(sessionId)?.supervisor.context.flush();
    if (!this.#held.has(sessionId)) await this.#deps.store.load(sessionId);
    return this.#deps.store.readTranscript(sessionId);
  }

  async transcriptSlice(
    sessionId: string,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<TranscriptSlice> {
    this.#get(sessionId).supervisor.context.flush();
    return this.#deps.store.readSlice(sessionId, options);
  }

  touch(sessionId: string): void {
    this.#held.get(sessionId)?.supervisor.touch();
  }

  setVisible(sessionId: string, visible: boolean): void {
    if (visible) this.touch(sessionId);
  }

  /** Whether any row has a process. */
  get anyAlive(): boolean {
    return this.#deps.registry.all().some(isActive);
  }

  /** Saves and stops everything; never rejects. Afterwards every operation rejects with `disposed`. */
  async shutdown(force: boolean): Promise<void> {
    this.#disposed = true;
    const reason: StopReason = 'shutdown';
    await Promise.all(
      [...this.#held.values()].map(async ({ supervisor, readOnly }) => {
        try {
          if (readOnly === undefined && isActive(supervisor.entry)) {
            await supervisor.save().catch((error: unknown) => {
              this.#deps.logger.error(`${supervisor.sessionId} could not be saved`, error);
            });
          }
          await supervisor.stop(reason, force);
        } catch (error) {
          this.#deps.logger.error(`${supervisor.sessionId} could not be stopped`, error);
        }
      }),
    );
    this.#changed.dispose();
    this.#transcriptChanged.dispose();
  }

  // ---- rows -----------------------------------------------------------------------------------

  #hold(sessionId: string, readOnly: ReadOnlyReason, everReady: boolean): SessionSupervisor {
    const supervisor = new SessionSupervisor(
      sessionId,
      {
        ...this.#deps,
        events: {
          onStatus: (status) => {
            this.#changed.fire({ sessionId, status, statusChanged: true });
            this.#publishCounts();
          },
          onChange: () => {
            this.#fireChanged(sessionId);
          },
          onTranscript: (change) => {
            this.#transcriptChanged.fire({ sessionId, change });
          },
        },
      },
      everReady,
    );
    this.#held.set(sessionId, { supervisor, readOnly });
    return supervisor;
  }

  async #restored(stored: StoredSession): Promise<SessionInfo> {
    const { registry, clock, telemetry } = this.#deps;
    const { sessionId, bytes } = stored.info;
    const startedAt = clock.monotonic();
    if (stored.state === undefined) {
      throw new SessionError(
        'storageDamaged',
        stored.info.damaged ?? 'The saved session is damaged.',
        {
          sessionId,
          hint: 'Its file is kept as it is. Run "Roost: Show Log" for its path.',
        },
      );
    }
    const readOnly = stored.kind === 'whole' ? stored.readOnly : undefined;
    registry.add(fromPlain({ session_id: sessionId, state: stored.state }, clock.monotonic()));
    const supervisor = this.#hold(sessionId, readOnly, true);
    if (stored.state.turnRunning && readOnly === undefined) await this.#markInterrupted(supervisor);
    this.#fireChanged(sessionId);
    telemetry.publish(
      'roost.session.restored',
      { sessionId, agentId: stored.info.agentId },
      { bytes, durationMs: clock.monotonic() - startedAt, how: 'readonly' },
    );
    return this.#info(sessionId);
  }

  /** A turn ran when the host that wrote this died: said in the transcript, once. */
  async #markInterrupted(supervisor: SessionSupervisor): Promise<void> {
    const { sessionId, context } = supervisor;
    try {
      context.attach(await this.#deps.store.open(sessionId));
      context.notice(
        'interrupted',
        'This turn was cut short: the window it ran in ended. It is not sent again by itself.',
      );
      await context.close();
      await supervisor.change({ turnRunning: false });
    } catch (error) {
      this.#deps.logger.warn(
        `${sessionId}: the interrupted turn could not be marked: ${toSessionError(error).message}`,
      );
    }
  }

  async #remove(sessionId: string): Promise<void> {
    try {
      await this.#deps.store.delete(sessionId);
    } catch (error) {
      this.#deps.logger.warn(
        `${sessionId}: its files were not removed: ${toSessionError(error).message}`,
      );
    }
    this.#drop(sessionId);
  }

  #drop(sessionId: string): void {
    if (!this.#held.delete(sessionId)) return;
    this.#deps.registry.remove(sessionId);
    this.#changed.fire({ sessionId, status: 'deleted', statusChanged: true });
    this.#publishCounts();
  }

  #get(sessionId: string): Held {
    this.#assertUsable();
    const held = this.#held.get(sessionId);
    if (held === undefined) {
      this.#deps.registry.get(sessionId);
      throw new Error(`row ${sessionId} has no supervisor`);
    }
    return held;
  }

  #writable(sessionId: string): Held {
    const held = this.#get(sessionId);
    if (held.readOnly === undefined) return held;
    const why =
      held.readOnly === 'newerVersion'
        ? 'It was written by a newer version of Roost.'
        : 'Another window has it open.';
    throw new SessionError('sessionReadOnly', `This session can only be read here. ${why}`, {
      sessionId,
      hint:
        held.readOnly === 'newerVersion'
          ? 'Update Roost to go on with it.'
          : 'Close the other window, then reload this one.',
    });
  }

  #info(sessionId: string): SessionInfo {
    return sessionInfo(this.#get(sessionId).supervisor);
  }

  #fireChanged(sessionId: string): void {
    const status = this.#deps.registry.find(sessionId)?.state.status;
    if (status !== undefined) this.#changed.fire({ sessionId, status, statusChanged: false });
  }

  #agentName(agentId: string): string {
    try {
      return this.#deps.catalog.resolve(agentId).name;
    } catch {
      // The agent is not configured here any more: its id is all there is to show.
      return agentId;
    }
  }

  #config(patch: Partial<SessionConfig>): SessionConfig {
    const settings = this.#deps.settings();
    return this.#parseConfig({
      timeoutMinutes: settings['idle.timeoutMinutes'],
      restart: 'onCrash',
      permissionMode: settings['permissions.mode'],
      ...patch,
    });
  }

  #parseConfig(config: unknown, sessionId?: string): SessionConfig {
    const parsed = sessionConfigSchema.safeParse(config);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new SessionError(
      'invalidArgument',
      `config.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong value'}`,
      { sessionId },
    );
  }

  #named(sessionId: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      throw toSessionError(error, sessionId);
    }
  }

  #assertUsable(): void {
    if (this.#disposed) {
      throw new SessionError('disposed', 'Roost has been shut down in this window.', {
        hint: 'Reload the window.',
      });
    }
  }

  #publishCounts(): void {
    const { registry, telemetry } = this.#deps;
    if (!telemetry.listening) return;
    const rows = registry.all();
    const count = (status: SessionStatus): number =>
      rows.filter((row) => row.state.status === status).length;
    telemetry.publish('roost.sessions.active', undefined, {
      active: rows.filter(isActive).length,
      working: count('working'),
      needsInput: count('needsInput'),
      dormant: count('dormant'),
    });
  }
}
