// Which agent, for the commands that install and remove: pick lists of those that it can be done with.
import * as vscode from 'vscode';
import type { AgentOffer } from '../../session/agentOffers.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { withoutIcons } from '../plainText.ts';

type Deps = Pick<CommandDeps, 'agentServices'>;

/** An agent that can be installed, repaired or updated. Says so when there is none. */
export async function pickInstallable(deps: Deps): Promise<string | undefined> {
  const offer = await pick(
    deps,
    ({ kind, update }) => kind === 'installable' || kind === 'broken' || update !== undefined,
    vscode.l10n.t('Install or update which agent?'),
  );
  return offer?.id;
}

/** An agent that Roost has installed. Says so when there is none. */
export async function pickInstalled(deps: Deps): Promise<AgentOffer | undefined> {
  return pick(
    deps,
    ({ kind, source }) => source === 'installed' || kind === 'broken',
    vscode.l10n.t('Remove which agent?'),
  );
}

async function pick(
  { agentServices }: Deps,
  fits: (offer: AgentOffer) => boolean,
  placeHolder: string,
): Promise<AgentOffer | undefined> {
  const offers = (await (await agentServices.directory()).offers()).filter(fits);
  if (offers.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no agent that this can be done with.'),
    );
    return undefined;
  }
  const items = offers.map((offer) => ({
    label: withoutIcons(offer.name),
    description: [offer.version, offer.update === undefined ? '' : `→ ${offer.update}`]
      .filter((part) => part !== undefined && part !== '')
      .join(' '),
    offer,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  return chosen?.offer;
}
