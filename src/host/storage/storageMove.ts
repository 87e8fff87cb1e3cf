// What happens when sessions are to be kept in another folder: those kept so far are offered to be moved, never left behind in silence.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import { SessionError, toSessionError } from '../../session/errors.ts';
import type { SavedSessionInfo } from '../../session/info.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { ErrorBoundary } from '../errorBoundary.ts';
import { notificationText } from '../plainText.ts';
import type { HostSettings } from '../settings.ts';
import type { StorageFolders } from './storageFolder.ts';

/** What moving works with. */
export interface StorageMoveDeps {
  readonly sessions: Pick<Sessions, 'listSavedIn' | 'bringOver'>;
  readonly folders: Pick<StorageFolders, 'current' | 'wanted' | 'earlier' | 'remember' | 'leave'>;
  readonly settings: Pick<HostSettings, 'current' | 'onDidChange'>;
  readonly boundary: Pick<ErrorBoundary, 'forUser'>;
}

/** Looks once for sessions in the folders used before, and watches the setting. */
export class StorageMove implements Disposable {
  readonly #deps: StorageMoveDeps;
  readonly #subscription: Disposable;
  #announced: string;

  constructor(deps: StorageMoveDeps) {
    this.#deps = deps;
    this.#announced = deps.folders.current;
    this.#subscription = deps.settings.onDidChange((settings) => {
      void deps.boundary.forUser('persistence.directory', () =>
        this.#announce(deps.folders.wanted(settings['persistence.directory'])),
      );
    });
  }

  /** Offers to move what was kept elsewhere so far. Resolves when the offers have been answered. */
  async offer(): Promise<void> {
    const { boundary, folders } = this.#deps;
    // Before anybody answers: an offer may stay open until the folder has changed again.
    await boundary.forUser('storage folder', () => folders.remember());
    for (const directory of folders.earlier()) {
      await boundary.forUser('earlier storage folder', () => this.#offerFrom(directory));
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #offerFrom(directory: string): Promise<void> {
    const { folders, sessions } = this.#deps;
    const saved = await sessions.listSavedIn(directory);
    if (saved.length === 0) return;
    const move = vscode.l10n.t('Move Here');
    const leave = vscode.l10n.t('Leave There');
    const text =
      saved.length === 1
        ? vscode.l10n.t('A session of this workspace is kept in another folder: {0}', directory)
        : vscode.l10n.t(
            '{0} sessions of this workspace are kept in another folder: {1}',
            saved.length,
            directory,
          );
    const chosen = await vscode.window.showInformationMessage(notificationText(text), move, leave);
    if (chosen === leave) await folders.leave(directory);
    if (chosen === move) await this.#move(directory, saved);
  }

  async #move(directory: string, saved: readonly SavedSessionInfo[]): Promise<void> {
    const { sessions } = this.#deps;
    const failures: SessionError[] = [];
    const title = vscode.l10n.t('Roost moves sessions');
    const location = vscode.ProgressLocation.Notification;
    await vscode.window.withProgress({ location, title }, async (progress) => {
      for (const [index, { sessionId }] of saved.entries()) {
        progress.report({
          message: `${index + 1} / ${saved.length}`,
          increment: 100 / saved.length,
        });
        try {
          await sessions.bringOver(directory, sessionId);
        } catch (error) {
          failures.push(toSessionError(error, sessionId));
        }
      }
    });
    const [first] = failures;
    if (first === undefined) return;
    throw new SessionError(
      first.code,
      `${failures.length} of ${saved.length} sessions stay in ${directory}. ${first.message}`,
      { hint: first.hint, details: first.details, cause: first },
    );
  }

  /** The open transcripts stay where they are until the window is reloaded. */
  async #announce(wanted: string): Promise<void> {
    if (wanted === this.#announced) return;
    this.#announced = wanted;
    if (wanted === this.#deps.folders.current) return;
    const reload = vscode.l10n.t('Reload Window');
    const text = vscode.l10n.t(
      'Roost keeps sessions in {0} once this window is reloaded, and then offers to move those there are.',
      wanted,
    );
    const chosen = await vscode.window.showInformationMessage(notificationText(text), reload);
    if (chosen === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }
}
