// The SessionManager: registry and operations of all sessions; knows no editor.
import { agentName } from './agentLookup.ts';
import { isActive } from './entry.ts';
import { SessionError, toSessionError } from './errors.ts';
import type { FileBefore } from './fileChanges.ts';
import { HeldSessions, type HeldSession } from './heldSessions.ts';
import { IdleSessions } from './idleSessions.ts';
import type { ListedSession, SavedSessionInfo, SessionInfo, TerminationReport } from './info.ts';
import type { ContentBlock, ElicitationAnswer } from './agentPort.ts';
import { savedInfoOf, type TranscriptSlice } from './storePort.ts';
import { SessionRestorer, type RestorerDeps } from './restorer.ts';
import { SavedSessions } from './savedSessions.ts';
import { SessionReader } from './sessionReader.ts';
import { createSession } from './sessionCreation.ts';
import { forkSession } from './sessionFork.ts';
import { SessionMarks } from './sessionMarks.ts';
import type { SearchOptions, SessionDetails, Sessions } from './sessions.ts';
import { sessionDetails, sessionInfo } from './sessionView.ts';
import { stopAll } from './shutdown.ts';
import { checkedConfig } from './config.ts';
import type { TranscriptEntry } from './transcript.ts';

/** What the manager works with. `defaultCwd` is the folder of a session for which none is named. */
export type ManagerDeps = RestorerDeps;

/** All sessions of this window. One failing session never keeps another from anything. */
export class SessionManager implements Sessions {
  readonly #deps: ManagerDeps;
  readonly #held: HeldSessions;
  readonly #restorer: SessionRestorer;
  readonly #idle: IdleSessions;
  readonly #saved: SavedSessions;
  readonly onDidChange: Sessions['onDidChange'];
  readonly onDidChangeTranscript: Sessions['onDidChangeTranscript'];
  readonly onDidEndTurn: Sessions['onDidEndTurn'];
  readonly #marks: SessionMarks;
  readonly #reader: SessionReader;

  constructor(deps: ManagerDeps) {
    this.#deps = deps;
    this.#held = new HeldSessions(deps);
    this.#reader = new SessionReader(deps, this.#held);
    this.#restorer = new SessionRestorer(deps, this.#held);
    this.#idle = new IdleSessions(deps, this.#held);
    this.#saved = new SavedSessions({ ...deps, held: this.#held, restorer: this.#restorer });
    this.onDidChange = this.#held.changed.event;
    this.onDidChangeTranscript = this.#held.transcriptChanged.event;
    this.onDidEndTurn = this.#held.turnEnded.event;
    this.#marks = new SessionMarks(deps, this.#held, (id) => this.#idle.isVisible(id));
  }

  async create(...[options = {}, onListed]: Parameters<Sessions['create']>): Promise<SessionInfo> {
    return this.#info(await createSession(this.#deps, this.#held, options, onListed));
  }

  list(): readonly ListedSession[] {
    return this.#held.all().map((held) => this.#view(held));
  }

  get(sessionId: string): ListedSession | undefined {
    const held = this.#held.find(sessionId);
    return held === undefined ? undefined : this.#view(held);
  }

  details(sessionId: string): SessionDetails {
    const { supervisor, readOnly, changedElsewhere } = this.#held.get(sessionId);
    const { state } = supervisor.entry;
    return sessionDetails(supervisor, {
      info: this.#info(sessionId),
      agentName: agentName(this.#deps.catalog, state.agentId, state.facts?.agentName),
      readOnly,
      changedElsewhere,
      interrupted: (state.interrupted ?? state.turnRunning) && !isActive(supervisor.entry),
    });
  }

  async prompt(
    sessionId: string,
    prompt: string | readonly ContentBlock[],
    again?: boolean,
  ): Promise<{ readonly stopReason: string }> {
    const supervisor = this.#held.writable(sessionId);
    const blocks = typeof prompt === 'string' ? [{ type: 'text', text: prompt }] : prompt;
    if (blocks.length === 0) {
      throw new SessionError('invalidArgument', 'A prompt needs a block.', { sessionId });
    }
    return supervisor.prompt(blocks, again);
  }

  unqueue(sessionId: string, promptId: string): readonly ContentBlock[] | undefined {
    const prompt = this.#held.get(sessionId).supervisor.queue.remove(promptId);
    if (prompt !== undefined) this.#held.fireChanged(sessionId);
    return prompt?.blocks;
  }

  moveQueued(sessionId: string, promptId: string, to: number): void {
    const { supervisor } = this.#held.get(sessionId);
    if (supervisor.queue.move(promptId, to)) this.#held.fireChanged(sessionId);
  }

  async cancel(sessionId: string): Promise<void> {
    await this.#held.get(sessionId).supervisor.cancel();
  }

  async respondToPermission(
    sessionId: string,
    requestId: string,
    optionId: string | undefined,
  ): Promise<void> {
    const { supervisor } = this.#held.get(sessionId);
    const asked = supervisor.pendingRequests.find((one) => one.requestId === requestId);
    this.#named(sessionId, () => {
      supervisor.pending.respondToPermission(requestId, optionId);
    });
    supervisor.touch();
    if (asked?.kind === 'permission' && optionId !== undefined) {
      this.#marks.remember(sessionId, asked.ask, optionId);
    }
    await supervisor.reported();
  }

  async respondToElicitation(
    sessionId: string,
    requestId: string,
    answer: ElicitationAnswer,
  ): Promise<void> {
    const { supervisor } = this.#held.get(sessionId);
    this.#named(sessionId, () => {
      supervisor.pending.respondToElicitation(requestId, answer);
    });
    supervisor.touch();
    await supervisor.reported();
  }

  async setMode(sessionId: string, modeId: string): Promise<void> {
    await this.#held.writable(sessionId).setMode(modeId);
  }

  async setConfigOption(sessionId: string, configId: string, value: unknown): Promise<void> {
    await this.#held.writable(sessionId).setConfigOption(configId, value);
  }

  async terminate(
    sessionId: string,
    options: { readonly force?: boolean } = {},
  ): Promise<TerminationReport> {
    const { supervisor } = this.#held.get(sessionId);
    const report = await supervisor.stop('user', options.force === true);
    const nothingSaid = supervisor.neverReady && supervisor.entry.state.messageCount === 0;
    if (nothingSaid && supervisor.entry.state.status === 'dormant') {
      await this.#saved.forget(sessionId);
    }
    return report;
  }

  async restart(sessionId: string): Promise<SessionInfo> {
    // The stop takes a moment: the session may have been deleted meanwhile, or the window closed.
    await this.#held.writable(sessionId).restart(() => this.#held.writable(sessionId));
    return this.#info(sessionId);
  }

  async resume(sessionId: string): Promise<SessionInfo> {
    await this.#held.writable(sessionId).start();
    return this.#info(sessionId);
  }

  async fork(sessionId: string, title?: string): Promise<SessionInfo> {
    return this.#info(
      await forkSession(this.#deps, this.#held, this.#reader, { sessionId, title }),
    );
  }

  async signIn(sessionId: string, methodId: string): Promise<SessionInfo> {
    await this.#held.writable(sessionId).signIn(methodId);
    return this.#info(sessionId);
  }

  async rename(sessionId: string, title: string): Promise<void> {
    const trimmed = title.trim();
    if (trimmed === '') {
      throw new SessionError('invalidArgument', 'A title needs at least one character.', {
        sessionId,
      });
    }
    await this.#held.writable(sessionId).change({ title: trimmed, titleSource: 'user' });
  }

  async setKeepAwake(sessionId: string, keepAwake: boolean): Promise<void> {
    await this.#held.writable(sessionId).change({ keepAwake });
  }

  async configure(...[sessionId, config]: Parameters<Sessions['configure']>): Promise<void> {
    const supervisor = this.#held.writable(sessionId);
    await supervisor.look();
    const merged = Object.entries({ ...supervisor.entry.state.config, ...config });
    // What is undefined is not set: it follows the settings.
    const set = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
    const saved = supervisor.change({ config: checkedConfig(set, sessionId) });
    supervisor.reconsider();
    await saved;
  }

  async forgetAnswer(sessionId: string, answerId: string): Promise<void> {
    await this.#marks.forgetAnswer(sessionId, answerId);
  }

  async markRead(sessionId: string): Promise<void> {
    await this.#held.writable(sessionId).clear('unread');
  }

  async setPinned(sessionId: string, place: number | undefined): Promise<void> {
    await this.#marks.setPinned(sessionId, place);
  }

  async setArchived(sessionId: string, archived: boolean): Promise<void> {
    await this.#marks.setArchived(sessionId, archived);
  }

  async save(sessionId: string): Promise<SavedSessionInfo> {
    return this.#held.writable(sessionId).save();
  }

  async restore(sessionId: string): Promise<SessionInfo> {
    this.#held.assertUsable();
    const isNew = this.#held.find(sessionId) === undefined;
    await this.#restorer.restore(sessionId);
    const { supervisor, readOnly } = this.#held.get(sessionId);
    if (isNew && readOnly === undefined && this.#deps.settings()['restore.policy'] === 'eager') {
      // Restored means in the list; how the start went shows on the row.
      supervisor.start().catch(() => undefined);
    }
    return this.#info(sessionId);
  }

  async restoreAll(): Promise<readonly string[]> {
    this.#held.assertUsable();
    return this.#restorer.restoreAll();
  }

  /** Starts the agents that ran when the last window closed, two at a time; failures show on their rows. */
  async resumeInterrupted(): Promise<void> {
    await this.#restorer.resumeInterrupted();
  }

  /** Starts none of those agents, and lets no later window start them for having run then. Never rejects. */
  async leaveInterrupted(): Promise<void> {
    await this.#restorer.leaveInterrupted();
  }

  async listSaved(): Promise<readonly SavedSessionInfo[]> {
    this.#held.assertUsable();
    return this.#saved.list();
  }

  damaged(): readonly SavedSessionInfo[] {
    return this.#restorer.damaged;
  }

  async saved(sessionId: string): Promise<SavedSessionInfo> {
    return savedInfoOf(await this.#deps.store.load(sessionId));
  }

  async deleteSaved(sessionId: string): Promise<void> {
    await this.#saved.delete(sessionId);
  }

  async undoDelete(sessionId?: string): Promise<SessionInfo> {
    return this.#info(await this.#saved.undoDelete(sessionId));
  }

  async trashed(): Promise<readonly string[]> {
    return this.#deps.store.trashed();
  }

  async emptyTrash(): Promise<number> {
    this.#held.assertUsable();
    return this.#deps.store.emptyTrash();
  }

  async exportSession(sessionId: string, file: string): Promise<void> {
    await this.#saved.export(sessionId, file);
  }

  async importSession(file: string): Promise<SessionInfo> {
    return this.#info(await this.#saved.import(file));
  }

  async listSavedIn(directory: string): Promise<readonly SavedSessionInfo[]> {
    return this.#saved.listIn(directory);
  }

  async bringOver(directory: string, sessionId: string): Promise<SessionInfo> {
    await this.#saved.bringOver(directory, sessionId);
    return this.#info(sessionId);
  }

  async changeFolder(sessionId: string, cwd: string): Promise<void> {
    await this.#held.writable(sessionId).change({ cwd });
  }

  async transcript(sessionId: string): Promise<readonly TranscriptEntry[]> {
    this.#held.assertUsable();
    return this.#reader.transcript(sessionId);
  }

  async transcriptSlice(
    ...asked: Parameters<Sessions['transcriptSlice']>
  ): Promise<TranscriptSlice> {
    return this.#reader.slice(...asked);
  }

  async filesBefore(sessionId: string): Promise<readonly FileBefore[]> {
    this.#held.assertUsable();
    return this.#reader.filesBefore(sessionId);
  }

  async search(words: string, options: SearchOptions): Promise<void> {
    this.#held.assertUsable();
    await this.#reader.search(words, options);
  }

  touch(sessionId: string): void {
    this.#idle.touch(sessionId);
  }

  setVisible(sessionId: string, visible: boolean): void {
    this.#idle.setVisible(sessionId, visible);
    if (!visible) return;
    this.#marks.seen(sessionId);
    this.#restorer.lookAt(sessionId);
  }

  async terminateIdle(): Promise<readonly string[]> {
    this.#held.assertUsable();
    return this.#idle.terminateIdle();
  }

  /** Settings have changed: what follows them follows now. */
  onSettingsChanged(): void {
    this.#idle.update();
    for (const { supervisor } of this.#held.all()) this.#held.fireChanged(supervisor.sessionId);
  }

  /**
   * Saves everything, then stops it, politely for at most `graceMs` (milliseconds), then by force;
   * resolves soon after that even where the disk or the system does not answer, and never rejects.
   * Afterwards every operation rejects with `disposed`.
   */
  async shutdown(graceMs: number): Promise<void> {
    this.#held.dispose();
    this.#restorer.dispose();
    this.#idle.dispose();
    // Sessions that have been at rest all the time have nothing to stop.
    const awake = this.#held.all().filter(({ supervisor }) => supervisor.awake);
    await stopAll(awake, graceMs, this.#deps);
    this.#marks.dispose();
    this.#held.silence();
  }

  #info(sessionId: string): ListedSession {
    return this.#view(this.#held.get(sessionId));
  }

  #view(held: HeldSession): ListedSession {
    return sessionInfo(held.supervisor, this.#idle.deadlineAt(held));
  }

  #named(sessionId: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      throw toSessionError(error, sessionId);
    }
  }
}
