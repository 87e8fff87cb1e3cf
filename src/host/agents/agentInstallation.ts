// Installing, updating, removing and refreshing agents, as a user sees it: asked where it matters, with progress and a cancel.
import * as vscode from 'vscode';
import type { AgentOffer } from '../../session/agentOffers.ts';
import { commandId } from '../commands/commandIds.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { notificationText } from '../plainText.ts';

type Deps = Pick<CommandDeps, 'agentServices'>;

/** Installs an agent, or updates it; its version, `undefined` when the user changed their mind. @throws SessionError */
export async function installAgent(
  { agentServices }: Deps,
  agentId: string,
): Promise<string | undefined> {
  const directory = await agentServices.directory();
  const name = (await directory.offers()).find(({ id }) => id === agentId)?.name ?? agentId;
  const problem = await directory.nodeProblem(agentId);
  if (problem !== undefined && !(await installsAnyway(problem))) return undefined;
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t(
        'Installing {0} ([Show Log]({1}))',
        notificationText(name),
        `command:${commandId('showLog')}`,
      ),
      cancellable: true,
    },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        return await directory.install(agentId, {
          signal,
          onFetched: (count) => {
            progress.report({ message: vscode.l10n.t('packages fetched: {0}', count) });
          },
        });
      } finally {
        dispose();
      }
    },
  );
}

/** Takes an agent away that Roost has installed, if the user means it. @throws SessionError */
export async function removeAgent({ agentServices }: Deps, offer: AgentOffer): Promise<boolean> {
  const remove = vscode.l10n.t('Remove');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove {0}?', offer.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        'What Roost has installed of it is deleted. Its sessions stay, and can be read.',
      ),
    },
    remove,
  );
  if (answer !== remove) return false;
  await (await agentServices.directory()).remove(offer.id);
  return true;
}

/** Asks the registry for newer agents, and says what came of it. @throws SessionError */
export async function refreshAgents({
  agentServices,
}: Deps): Promise<{ readonly added: number; readonly updated: number } | undefined> {
  const directory = await agentServices.directory();
  const found = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Asking the registry for agents'),
      cancellable: true,
    },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        return await directory.refresh(signal);
      } finally {
        dispose();
      }
    },
  );
  if (found !== undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The list of agents is up to date: {0} new, {1} newer.',
        found.added,
        found.updated,
      ),
    );
  }
  return found;
}

/** A signal that fires with the editor's token. */
export function signalOf(token: vscode.CancellationToken): {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
} {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => {
    controller.abort();
  });
  return {
    signal: controller.signal,
    dispose: () => {
      subscription.dispose();
    },
  };
}

async function installsAnyway(problem: string): Promise<boolean> {
  const anyway = vscode.l10n.t('Install Anyway');
  const answer = await vscode.window.showWarningMessage(
    problem,
    { modal: true, detail: vscode.l10n.t('It may not start.') },
    anyway,
  );
  return answer === anyway;
}
