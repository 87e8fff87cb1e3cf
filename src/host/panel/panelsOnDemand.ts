// The conversation panels as the rest of Roost has them from the start: their code is loaded when the first one opens.
import * as vscode from 'vscode';
import { Emitter, type Disposable, type Event } from '../../session/event.ts';
import { OnDemand } from '../../session/onDemand.ts';
import type { Logger } from '../../session/ports.ts';
import type { ConversationPanels } from './conversationPanels.ts';
import { conversationViewType, type OpenOptions, type PanelOpener } from './panelOpener.ts';

/** Knows no panel before one is opened or brought back by the editor. */
export class PanelsOnDemand implements PanelOpener, Disposable {
  readonly #panels: OnDemand<ConversationPanels>;
  readonly #active: Emitter<string | undefined>;
  readonly #owned: Disposable[];
  #disposed = false;

  readonly onDidChangeActive: Event<string | undefined> = (listener) =>
    this.#active.event(listener);

  constructor(deps: { readonly logger: Logger; readonly load: () => Promise<ConversationPanels> }) {
    this.#active = new Emitter((error) => {
      deps.logger.error('a listener of the active conversation failed', error);
    });
    this.#panels = new OnDemand(async () => {
      const panels = await deps.load();
      if (this.#disposed) panels.dispose();
      else this.#adopt(panels);
      return panels;
    });
    this.#owned = [
      this.#active,
      vscode.window.registerWebviewPanelSerializer(conversationViewType, {
        deserializeWebviewPanel: (panel, state: unknown) =>
          this.#panels.use((panels) => {
            panels.revive(panel, state);
          }),
      }),
    ];
  }

  get activeSessionId(): string | undefined {
    return this.#panels.built?.activeSessionId;
  }

  isVisible(sessionId: string): boolean {
    return this.#panels.built?.isVisible(sessionId) ?? false;
  }

  async open(sessionId: string, options: OpenOptions = {}): Promise<void> {
    await this.#panels.use((panels) => {
      panels.open(sessionId, options);
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const one of this.#owned.splice(0).reverse()) one.dispose();
  }

  #adopt(panels: ConversationPanels): void {
    this.#owned.push(
      panels,
      panels.onDidChangeActive((sessionId) => {
        this.#active.fire(sessionId);
      }),
    );
  }
}
