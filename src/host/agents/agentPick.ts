// The pick list of agents: choosing one starts it, after installing it where it is not there yet.
import * as vscode from 'vscode';
import type { AgentOffer } from '../../session/agentOffers.ts';
import { addAgent } from './agentAdding.ts';
import { installAgent, refreshAgents, removeAgent } from './agentInstallation.ts';
import { setKey } from './agentKeyQuestions.ts';
import { agentRows, type AgentAction } from './agentPickItems.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';

interface Item extends vscode.QuickPickItem {
  readonly action?: AgentAction;
  readonly offer?: AgentOffer | undefined;
}

interface Button extends vscode.QuickInputButton {
  readonly action: AgentAction | 'refresh';
}

/** What the user did with the list. */
interface Choice {
  readonly action: AgentAction | 'refresh';
  readonly offer: AgentOffer | undefined;
}

/** An agent that can be started now; `undefined` when the user changed their mind. Failures are thrown. */
export async function chooseAgent(deps: CommandDeps): Promise<string | undefined> {
  // A button leads back to the list, which then shows what it has changed.
  for (;;) {
    const choice = await choose(deps);
    if (choice === undefined) return undefined;
    const { action, offer } = choice;
    switch (action) {
      case 'start':
        return offer?.id;
      case 'add':
        return addAgent(deps);
      case 'install':
        return offer !== undefined && (await installAgent(deps, offer.id)) !== undefined
          ? offer.id
          : undefined;
      case 'website':
        if (offer?.website !== undefined) {
          await vscode.env.openExternal(vscode.Uri.parse(offer.website));
        }
        return undefined;
      case 'update':
        if (offer !== undefined) await installAgent(deps, offer.id);
        break;
      case 'remove':
        if (offer !== undefined) await removeAgent(deps, offer);
        break;
      case 'setKey':
        if (offer !== undefined) await setKey(deps, offer.id);
        break;
      case 'refresh':
        await refreshAgents(deps);
        break;
    }
  }
}

async function choose(deps: CommandDeps): Promise<Choice | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  const { promise, resolve, reject } = Promise.withResolvers<Choice | undefined>();
  const refresh: Button = {
    action: 'refresh',
    iconPath: new vscode.ThemeIcon('refresh'),
    tooltip: vscode.l10n.t('Refresh the List of Agents'),
  };
  pick.title = vscode.l10n.t('New Session With');
  pick.placeholder = vscode.l10n.t('Start a session with which agent?');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.buttons = [refresh];
  pick.busy = true;
  const held = [
    pick,
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item?.action !== undefined) resolve({ action: item.action, offer: item.offer });
    }),
    pick.onDidTriggerButton(() => {
      resolve({ action: 'refresh', offer: undefined });
    }),
    pick.onDidTriggerItemButton(({ item, button }) => {
      // Only buttons made below are on its rows.
      resolve({ action: (button as Button).action, offer: item.offer });
    }),
    pick.onDidHide(() => {
      resolve(undefined);
    }),
  ];
  pick.show();
  try {
    fill(deps, pick).catch(reject);
    return await promise;
  } finally {
    for (const one of held) one.dispose();
  }
}

async function fill(deps: CommandDeps, pick: vscode.QuickPick<Item>): Promise<void> {
  const offers = await (await deps.agentServices.directory()).offers();
  pick.items = agentRows(offers, vscode.l10n.t).map((row): Item => {
    if (row.kind === 'heading') {
      return { label: row.label, kind: vscode.QuickPickItemKind.Separator };
    }
    const { label, description, detail, action, offer } = row;
    const buttons = row.buttons.map((button): Button => ({
      action: button.action,
      iconPath: new vscode.ThemeIcon(button.icon),
      tooltip: button.tooltip,
    }));
    return { label, description, detail, action, offer, buttons };
  });
  pick.busy = false;
}
