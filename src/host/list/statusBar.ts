// One status bar entry: how many sessions live, work and need the user, and what that costs. A click shows them.
import * as vscode from 'vscode';
import type { Clock } from '../../session/clock.ts';
import type { Disposable } from '../../session/event.ts';
import type { ResourceUse } from '../../session/ports.ts';
import { commandId, sessionsViewId } from '../commands/commandIds.ts';
import { memoryText, type ResourceMeter } from '../support/resourceMeter.ts';
import type { SessionListModel } from './sessionListModel.ts';

/** The cost is looked up at most this often, and only while the window is looked at and something lives. */
const lookEveryMs = 60_000;

/** What the entry works with. */
export interface StatusBarDeps {
  readonly model: Pick<SessionListModel, 'counts' | 'onDidPublish'>;
  readonly meter: Pick<ResourceMeter, 'use'>;
  readonly clock: Clock;
}

/** Shows the counts for as long as it is not disposed; nothing while there are no sessions. */
export class StatusBar implements Disposable {
  readonly #deps: StatusBarDeps;
  readonly #item: vscode.StatusBarItem;
  readonly #owned: Disposable[];
  #cost: ResourceUse | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #timer: Disposable | undefined;

  constructor(deps: StatusBarDeps) {
    this.#deps = deps;
    this.#item = vscode.window.createStatusBarItem(
      'roost.status',
      vscode.StatusBarAlignment.Left,
      0,
    );
    this.#item.name = vscode.l10n.t('Roost Sessions');
    this.#owned = [
      this.#item,
      deps.model.onDidPublish(() => {
        this.#show();
        this.#schedule();
      }),
      vscode.window.onDidChangeWindowState(() => {
        this.#schedule();
      }),
    ];
    this.#show();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    for (const one of this.#owned.splice(0)) one.dispose();
  }

  #show(): void {
    const { total, alive, working, needsYou } = this.#deps.model.counts();
    const item = this.#item;
    if (total === 0) {
      item.hide();
      return;
    }
    const parts = [`$(${alive > 0 ? 'circle-filled' : 'circle-outline'}) ${alive}`];
    if (working > 0) parts.push(`$(sync) ${working}`);
    if (needsYou > 0) parts.push(`$(bell-dot) ${needsYou}`);
    item.text = parts.join('  ');
    const said = vscode.l10n.t(
      'Roost: {0} running, {1} working, {2} need you',
      alive,
      working,
      needsYou,
    );
    item.tooltip = [said, this.#costText(alive)].filter(Boolean).join('\n');
    item.accessibilityInformation = { label: said };
    // Who waits is one click away; else the list is.
    item.command = needsYou > 0 ? commandId('openNeedsYou') : `${sessionsViewId}.focus`;
    item.backgroundColor =
      needsYou > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }

  #costText(alive: number): string {
    if (alive === 0) return vscode.l10n.t('No agent runs: Roost costs nothing now.');
    if (this.#cost === undefined) return '';
    return vscode.l10n.t('Agents now: {0}', memoryText(this.#cost, vscode.l10n.t));
  }

  /** One timer while something lives and the window is in front, else none. */
  #schedule(): void {
    const wanted = this.#deps.model.counts().alive > 0 && vscode.window.state.focused;
    if (!wanted) {
      this.#timer?.dispose();
      this.#timer = undefined;
      return;
    }
    if (this.#timer !== undefined) return;
    const wait = this.#lookedAt + lookEveryMs - this.#deps.clock.monotonic();
    this.#timer = this.#deps.clock.after(Math.max(1000, wait), () => {
      this.#timer = undefined;
      this.#lookedAt = this.#deps.clock.monotonic();
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    try {
      this.#cost = await this.#deps.meter.use();
    } catch {
      // What cannot be measured is not shown; the counts are.
      this.#cost = undefined;
    }
    if (this.#owned.length === 0) return;
    this.#show();
    this.#schedule();
  }
}
