// One open conversation panel: the editor's webview joined to the channel and the requests of its session.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { type FocusTarget, fromPanelSchema, type ToPanel } from '../../chatProtocol/messages.ts';
import type { Clock } from '../../session/clock.ts';
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { TranscriptChange } from '../../session/transcript.ts';
import { PanelChannel } from './panelChannel.ts';
import type { PanelDrafts } from './panelDrafts.ts';
import { messageFor } from './panelLanguage.ts';
import { panelPage } from './panelPage.ts';
import { PanelRequests } from './panelRequests.ts';
import type { MentionSource } from './panelComposing.ts';
import type { ChangeEditor } from './panelChanges.ts';
import type { PanelEditor } from './panelEdits.ts';
import type { FoundPlace } from './panelOpener.ts';
import { inUserLanguage } from '../failureWords.ts';
import { plainLine } from '../plainText.ts';

/** What a {@link ConversationPanel} works with. */
export interface ConversationPanelDeps {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly extensionUri: vscode.Uri;
  readonly editor: PanelEditor & ChangeEditor;
  readonly mentions: MentionSource;
  readonly drafts: PanelDrafts;
  readonly words: Readonly<Record<string, string>>;
}

/** One open conversation panel; owns its webview panel from the moment it is made. */
export class ConversationPanel implements vscode.Disposable {
  readonly sessionId: string;
  readonly panel: vscode.WebviewPanel;
  readonly #deps: ConversationPanelDeps;
  readonly #channel: PanelChannel;
  readonly #requests: PanelRequests;
  readonly #owned: vscode.Disposable[] = [];
  #known = false;
  #disposed = false;

  constructor(sessionId: string, panel: vscode.WebviewPanel, deps: ConversationPanelDeps) {
    const { sessions, clock, logger, words, editor, mentions, drafts } = deps;
    this.sessionId = sessionId;
    this.panel = panel;
    this.#deps = deps;
    this.#channel = new PanelChannel({
      sessionId,
      sessions,
      clock,
      words,
      logger,
      draft: () => drafts.get(sessionId),
      post: (message) => {
        // Delivery is not awaited: the panel says itself what it has shown. Gone panels reject.
        panel.webview.postMessage(inLanguage(message)).then(undefined, (error: unknown) => {
          logger.debug(`a panel's message was not delivered: ${String(error)}`);
        });
      },
    });
    this.#requests = new PanelRequests({
      sessionId,
      sessions,
      channel: this.#channel,
      editor,
      mentions,
      drafts,
    });
    this.#owned.push(
      panel.webview.onDidReceiveMessage((raw: unknown) => {
        this.#receive(raw);
      }),
    );
    this.#fill();
    this.sessionChanged();
  }

  /** The session's transcript changed. */
  transcriptChanged(change: TranscriptChange): void {
    this.#requests.transcriptChanged(change);
    this.#channel.transcriptChanged(change);
  }

  /** Anything else about the session changed; says when it is known for the first time. */
  sessionChanged(): 'appeared' | undefined {
    const info = this.#deps.sessions.get(this.sessionId);
    const appeared = info !== undefined && !this.#known;
    this.#known = info !== undefined;
    if (info !== undefined) {
      const title = panelTitle(info.title);
      if (this.panel.title !== title) this.panel.title = title;
    }
    this.#channel.sessionChanged();
    return appeared ? 'appeared' : undefined;
  }

  /** The editor has hidden the panel: its page is gone until it says `ready` again. */
  hidden(): void {
    this.#channel.close();
  }

  /** Puts the cursor into the composer, or to the answers of a request. */
  focus(into: FocusTarget): void {
    this.#channel.focus(into);
  }

  /** Brings an entry into view, with what was searched for marked in it. */
  goTo(place: FoundPlace): void {
    this.#channel.reveal(place);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const one of this.#owned) one.dispose();
    this.#channel.dispose();
    this.panel.dispose();
  }

  #receive(raw: unknown): void {
    const parsed = fromPanelSchema.safeParse(raw);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.join('.') ?? '';
      this.#deps.logger.warn(`a message of a conversation panel was refused (at "${where}")`);
      return;
    }
    // handle() shows every failure in the panel and never rejects.
    void this.#requests.handle(parsed.data);
  }

  #fill(): void {
    const { webview } = this.panel;
    const root = panelRoot(this.#deps.extensionUri);
    const address = (name: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
    const media = vscode.Uri.joinPath(this.#deps.extensionUri, 'media');
    this.panel.iconPath = {
      light: vscode.Uri.joinPath(media, 'conversation-light.svg'),
      dark: vscode.Uri.joinPath(media, 'conversation-dark.svg'),
    };
    webview.options = panelOptions(this.#deps.extensionUri, this.sessionId);
    webview.html = panelPage({
      script: address('panel.js'),
      styles: [address('codicon.css'), address('panel-style.css')],
      source: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      sessionId: this.sessionId,
      language: vscode.env.language,
      title: this.panel.title,
    });
  }
}

/** A session's title in the few characters of a tab. */
export function panelTitle(title: string): string {
  return plainLine(title, 60);
}

/**
 * What the page of a panel may do: run Roost's own script, and read Roost's own files for it. Says whose panel it is, too:
 * what a page keeps of itself reaches the editor only once its script has run, and these it notes from the start.
 */
export function panelOptions(extensionUri: vscode.Uri, sessionId: string): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    // Of the address of a folder the fragment counts for nothing.
    localResourceRoots: [panelRoot(extensionUri).with({ fragment: sessionId })],
  };
}

/** The session that a panel with these options was made for, as {@link panelOptions} noted it; not checked. */
export function sessionOfPanel({ localResourceRoots }: vscode.WebviewOptions): string | undefined {
  return localResourceRoots?.[0]?.fragment;
}

function panelRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** In English nothing is looked for. */
function inLanguage(message: ToPanel): ToPanel {
  if (vscode.l10n.bundle === undefined) return message;
  return messageFor(message, (sentence) => inUserLanguage(sentence, vscode.l10n.t));
}
