// All conversation panels: at most one per session, in the editor area, brought back in place when a window opens.
import * as vscode from 'vscode';
import { panelStateSchema } from '../../chatProtocol/messages.ts';
import { panelWords } from '../../chatProtocol/words.ts';
import type { Clock } from '../../session/clock.ts';
import { SessionError } from '../../session/errors.ts';
import { Emitter } from '../../session/event.ts';
import type { Disposable } from '../../session/event.ts';
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import { sessionIdSchema } from '../../session/config.ts';
import { asleepTab } from './asleepTabs.ts';
import {
  ConversationPanel,
  panelOptions,
  panelTitle,
  sessionOfPanel,
} from './conversationPanel.ts';
import type { ConversationPanelDeps } from './conversationPanel.ts';
import { PanelDiffs } from './panelDiffs.ts';
import { PanelDrafts } from './panelDrafts.ts';
import type { DraftMemory } from './panelDrafts.ts';
import { EditorForPanels } from './panelEditor.ts';
import { PanelMentions } from './panelMentions.ts';
import { conversationViewType, type OpenOptions, type PanelOpener } from './panelOpener.ts';

/** The context key that holds the session id of the active panel. */
export const activeConversationKey = 'roost.activeConversation';

/** What {@link ConversationPanels} works with. */
export interface ConversationPanelsDeps {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly extensionUri: vscode.Uri;
  readonly showLog: () => void;
  /** Where drafts are kept: the workspace's memory. */
  readonly memory: DraftMemory;
}

/** All conversation panels. */
export class ConversationPanels implements PanelOpener, vscode.Disposable {
  readonly #deps: ConversationPanelDeps;
  readonly #open = new Map<string, ConversationPanel>();
  readonly #owned: readonly Disposable[];
  readonly #onDidChangeActive: Emitter<string | undefined>;
  #active: string | undefined;

  /** Fires with {@link activeSessionId} when it changes. */
  readonly onDidChangeActive: PanelOpener['onDidChangeActive'];

  constructor(deps: ConversationPanelsDeps) {
    const { sessions, clock, logger, extensionUri, showLog, memory } = deps;
    const diffs = new PanelDiffs(sessions);
    const editor = new EditorForPanels({ showLog, diffs });
    const drafts = new PanelDrafts(memory);
    this.#deps = {
      sessions,
      clock,
      logger,
      extensionUri,
      editor,
      drafts,
      mentions: new PanelMentions(clock, () => editor.lastEditor),
      words: translatedWords(),
    };
    this.#onDidChangeActive = new Emitter((error) => {
      logger.error('a listener of the active conversation failed', error);
    });
    this.onDidChangeActive = this.#onDidChangeActive.event;
    this.#owned = [
      this.#onDidChangeActive,
      diffs,
      editor,
      sessions.onDidChange(({ sessionId, status }) => {
        const conversation = this.#open.get(sessionId);
        if (status === 'deleted') {
          conversation?.panel.dispose();
          void drafts.forget(sessionId);
        } else if (conversation?.sessionChanged() === 'appeared') {
          this.#reportVisible(sessionId, conversation.panel.visible);
        }
      }),
      sessions.onDidChangeTranscript(({ sessionId, change }) => {
        this.#open.get(sessionId)?.transcriptChanged(change);
      }),
    ];
  }

  /** The session whose panel is the active editor. */
  get activeSessionId(): string | undefined {
    return this.#active;
  }

  /** Whether the session's panel can be seen now. */
  isVisible(sessionId: string): boolean {
    return this.#open.get(sessionId)?.panel.visible ?? false;
  }

  /**
   * Opens the session's panel, or brings it to the front; the cursor goes into its composer, or to the
   * place asked for, unless `preserveFocus` is set. Starts no process.
   * @throws SessionError `sessionUnknown`
   */
  open(sessionId: string, options: OpenOptions = {}): void {
    const { preserveFocus = false, column, at, into = 'composer' } = options;
    const info = this.#deps.sessions.get(sessionId);
    if (info === undefined) {
      throw new SessionError('sessionUnknown', `There is no session "${sessionId}".`, {
        sessionId,
        hint: 'It may have been deleted. "Roost: Restore Session" lists the saved ones.',
      });
    }
    let conversation = this.#open.get(sessionId);
    if (conversation === undefined) {
      const asleep = this.#asleep(info.title);
      const panel = vscode.window.createWebviewPanel(
        conversationViewType,
        panelTitle(info.title),
        {
          viewColumn: column ?? asleep?.group.viewColumn ?? vscode.ViewColumn.Active,
          preserveFocus,
        },
        panelOptions(this.#deps.extensionUri, sessionId),
      );
      conversation = this.#adopt(sessionId, panel);
      if (asleep !== undefined) this.#close(asleep);
    } else {
      conversation.panel.reveal(column, preserveFocus);
    }
    if (at !== undefined) conversation.goTo(at);
    else if (!preserveFocus) conversation.focus(into);
    this.#deps.sessions.touch(sessionId);
  }

  /**
   * A panel of an earlier window: it shows what is on disk, and the session as soon as it is known. One that was left
   * before its page had told the editor anything has no state.
   */
  revive(panel: vscode.WebviewPanel, state: unknown): void {
    const parsed = panelStateSchema.safeParse(state);
    const sessionId = parsed.success
      ? parsed.data.sessionId
      : sessionOfPanel(panel.webview.options);
    const known = sessionIdSchema().safeParse(sessionId);
    if (!known.success || this.#open.has(known.data)) {
      panel.dispose();
      return;
    }
    this.#adopt(known.data, panel);
  }

  /** The tab that waits to become the panel of the one session with this title. */
  #asleep(title: string): vscode.Tab | undefined {
    const label = panelTitle(title);
    const awake = [...this.#open.values()].filter(({ panel }) => panel.title === label);
    const tab = asleepTab(label, awake.length);
    if (tab === undefined) return undefined;
    const named = this.#deps.sessions.list().filter((one) => panelTitle(one.title) === label);
    return named.length === 1 ? tab : undefined;
  }

  /** Otherwise it would be a second one of the same session. */
  #close(tab: vscode.Tab): void {
    vscode.window.tabGroups.close(tab, true).then(undefined, (error: unknown) => {
      this.#deps.logger.debug(`a tab could not be closed: ${String(error)}`);
    });
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
    // The panels themselves stay where they are: the editor brings them back with the next window.
    for (const conversation of this.#open.values()) conversation.hidden();
    this.#open.clear();
  }

  #adopt(sessionId: string, panel: vscode.WebviewPanel): ConversationPanel {
    const conversation = new ConversationPanel(sessionId, panel, this.#deps);
    this.#open.set(sessionId, conversation);
    const viewState = panel.onDidChangeViewState(() => {
      if (!panel.visible) conversation.hidden();
      this.#reportVisible(sessionId, panel.visible);
      this.#updateActive();
    });
    const disposed = panel.onDidDispose(() => {
      viewState.dispose();
      disposed.dispose();
      conversation.dispose();
      if (this.#open.get(sessionId) === conversation) this.#open.delete(sessionId);
      this.#reportVisible(sessionId, false);
      this.#updateActive();
    });
    this.#reportVisible(sessionId, panel.visible);
    this.#updateActive();
    return conversation;
  }

  /** A panel may be open for a session that is not known yet, or no more. */
  #reportVisible(sessionId: string, visible: boolean): void {
    const { sessions } = this.#deps;
    if (sessions.get(sessionId) !== undefined) sessions.setVisible(sessionId, visible);
  }

  #updateActive(): void {
    const active = [...this.#open.values()].find(({ panel }) => panel.active)?.sessionId;
    if (active === this.#active) return;
    this.#active = active;
    void vscode.commands.executeCommand('setContext', activeConversationKey, active);
    this.#onDidChangeActive.fire(active);
  }
}

/** The panel's words in the language of the editor. */
function translatedWords(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(panelWords).map(([key, english]) => [key, vscode.l10n.t(english)]),
  );
}
