// Builds everything of this room from the parts it is given; the activation function calls it once.
import * as vscode from 'vscode';
import type { Clock } from '../session/clock.ts';
import type { Disposable, Event } from '../session/event.ts';
import { OnDemand } from '../session/onDemand.ts';
import type { Logger, Machine, WorkspaceFiles } from '../session/ports.ts';
import type { Sessions } from '../session/sessions.ts';
import type { TelemetryEvent } from '../session/telemetry.ts';
import type { AgentChoices, AgentServices } from './agents/agentChoices.ts';
import { commandId, type ContextKey } from './commands/commandIds.ts';
import type { AboutRoost, CommandDeps } from './commands/commandTypes.ts';
import { ErrorBoundary } from './errorBoundary.ts';
import { IdleNotice } from './notices/idleNotice.ts';
import type { FoundFolder } from './storage/otherFolders.ts';
import type { PanelOpener } from './panel/panelOpener.ts';
import { keptListView, ListPreferences } from './list/listPreferences.ts';
import { notificationText } from './plainText.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { RequestNotifications } from './notices/requests.ts';
import { ResourceMeter } from './support/resourceMeter.ts';
import { SessionChanges } from './files/sessionChanges.ts';
import { decorateSessions } from './list/sessionDecorations.ts';
import { openDroppedRows } from './list/sessionDrag.ts';
import { isFiltering } from './list/sessionGrouping.ts';
import { SessionListModel } from './list/sessionListModel.ts';
import { SessionTree } from './list/sessionTree.ts';
import { SessionNode } from './list/sessionTreeModel.ts';
import { settingsHeldBack, type HostSettings } from './settings.ts';
import { StatusBar } from './list/statusBar.ts';
import type { StorageFolders } from './storage/storageFolder.ts';
import { StorageMove } from './storage/storageMove.ts';
import { StorageNotices } from './notices/storageNotices.ts';
import { notifyOfTurns } from './notices/turnNotifications.ts';

/** What the editor's side of Roost is built from. */
export interface HostParts {
  readonly sessions: Sessions;
  readonly agents: AgentChoices;
  readonly agentServices: AgentServices;
  readonly panels: PanelOpener;
  readonly settings: HostSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The workspace's files, loaded with their first use. */
  readonly files: () => Promise<WorkspaceFiles>;
  /** Where the arrangement of the list is kept for this workspace. */
  readonly memento: vscode.Memento;
  readonly folders: StorageFolders;
  readonly otherFolders: () => Promise<readonly FoundFolder[]>;
  readonly showLog: () => void;
  readonly setModelKey: (key: string | undefined) => Promise<undefined>;
  readonly machine: Machine;
  readonly onTelemetry: Event<TelemetryEvent>;
  readonly about: AboutRoost;
}

/** The editor's side of Roost; disposing it takes everything off the screen and ends nothing else. */
export interface Host extends Disposable {
  readonly tree: SessionTree;
  /** Call when what was saved has been looked at: tells what is damaged, and what lies elsewhere. */
  onRestored(): void;
}

/** Builds tree, commands, status bar and notifications. */
export function createHost(parts: HostParts): Host {
  const { sessions, panels, clock, logger, settings } = parts;
  const boundary = new ErrorBoundary({ sessions, logger });
  const meter = new ResourceMeter({ machine: parts.machine, clock });
  const model = new SessionListModel({
    sessions,
    clock,
    view: keptListView(parts.memento),
    onListenerError: (error) => {
      logger.error('A listener for the list of sessions failed', error);
    },
  });
  const changes = new SessionChanges({ sessions, files: parts.files });
  const tree = new SessionTree({
    sessions,
    model,
    panels,
    changes,
    clock,
    logger,
    meter,
    noticeMinutes: () => settings.current['idle.noticeMinutes'],
  });
  const run = (what: string, work: () => Promise<unknown>): void =>
    void boundary.forUser(what, work);
  const held: Disposable[] = [];
  const deps: CommandDeps = {
    ...parts,
    run,
    own: (disposable) => held.push(disposable),
    changes,
    preferences: new ListPreferences({ model, memento: parts.memento, logger }),
    offerUndo: offerUndo(logger),
  };
  const table = new OnDemand(async () => {
    const { commandTable } = await import('./commands/commandTable.ts');
    return commandTable(deps);
  });
  const notices = new StorageNotices({ sessions, boundary, logger });
  const move = new StorageMove({ sessions, settings, boundary, folders: parts.folders });
  held.push(
    model,
    changes,
    tree,
    new StatusBar({ model, meter, clock }),
    new IdleNotice({
      sessions,
      model,
      clock,
      noticeMinutes: () => settings.current['idle.noticeMinutes'],
      t: vscode.l10n.t,
      ask: (message, ...buttons) => vscode.window.showInformationMessage(message, ...buttons),
      run,
    }),
    new RequestNotifications({
      sessions,
      model,
      panels,
      logger,
      when: () => settings.current['notifications.requests'],
    }),
    notifyOfTurns({
      sessions,
      panels,
      logger,
      when: () => settings.current['notifications.turns'],
    }),
    decorateSessions({ sessions, model }),
    openDroppedRows({ panels, run }),
    keepContextKeys(model),
    notices,
    move,
    ...registerCommands(table, boundary, () => tree.selection),
  );
  void boundary.forUser('untrusted workspace', () => sayWhatIsHeldBack(logger));
  return {
    tree,
    onRestored: () => {
      notices.tellDamaged(sessions.damaged());
      void move.offer();
    },
    dispose: () => {
      for (const one of held.splice(0).reverse()) one.dispose();
    },
  };
}

/** Keeps what `when` clauses ask for up to date. */
function keepContextKeys(model: SessionListModel): Disposable {
  const shown = new Map<ContextKey, boolean>();
  const set = (key: ContextKey, value: boolean): void => {
    if (shown.get(key) === value) return;
    shown.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const show = (): void => {
    const { total, needsYou } = model.counts();
    set('roost.hasSessions', total > 0);
    set('roost.needsYou', needsYou > 0);
    set('roost.filtered', isFiltering(model.view.filter));
  };
  show();
  return model.onDidPublish(show);
}

/** Says once per window which settings of an untrusted workspace do not count. */
async function sayWhatIsHeldBack(logger: Logger): Promise<void> {
  const names = await settingsHeldBack();
  if (names.length === 0) return;
  const list = names.join(', ');
  logger.warn(`Ignored because the workspace is not trusted: ${list}`);
  const manage = vscode.l10n.t('Manage Trust');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Roost ignores {0} of this workspace until you trust it.', list),
    manage,
  );
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}

function offerUndo(logger: Logger): CommandDeps['offerUndo'] {
  return (sessionIds, what) => {
    const undo = vscode.l10n.t('Undo');
    const message = notificationText(vscode.l10n.t('Moved to the trash: {0}', what));
    void vscode.window.showInformationMessage(message, undo).then(
      async (chosen) => {
        if (chosen !== undo) return;
        for (const sessionId of sessionIds) {
          await vscode.commands.executeCommand(commandId('undoDelete'), new SessionNode(sessionId));
        }
      },
      (reason: unknown) => {
        logger.warn(`A message could not be shown: ${String(reason)}`);
      },
    );
  };
}
