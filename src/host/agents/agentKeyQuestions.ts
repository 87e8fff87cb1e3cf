// Asking for, and forgetting, the keys of agents.
import * as vscode from 'vscode';
import { withoutIcons } from '../plainText.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';

type Deps = Pick<CommandDeps, 'agentServices'>;

const variableName = /^[A-Za-z_]\w*$/;

/** Asks for a key of an agent and keeps it; the variable's name, `undefined` when the user changed their mind. */
export async function setKey(
  { agentServices }: Deps,
  agentId: string,
  names?: readonly string[],
): Promise<string | undefined> {
  const { definition, note } = await (await agentServices.directory()).describe(agentId);
  const name = await askName(definition.name, names ?? note?.signIn.keys ?? []);
  if (name === undefined) return undefined;
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('Key for {0}', withoutIcons(definition.name)),
    prompt: vscode.l10n.t(
      'The value of {0}. It is kept in the secret storage of the editor and given to this agent alone.',
      name,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? vscode.l10n.t('A key needs at least one character.') : undefined,
  });
  if (value === undefined) return undefined;
  await agentServices.keys.set(agentId, name, value.trim());
  return name;
}

async function askName(agent: string, names: readonly string[]): Promise<string | undefined> {
  if (names.length === 1) return names[0];
  const title = vscode.l10n.t('Key for {0}', withoutIcons(agent));
  if (names.length > 1) {
    return vscode.window.showQuickPick(names, {
      title,
      placeHolder: vscode.l10n.t('Which variable does it go into?'),
      ignoreFocusOut: true,
    });
  }
  return vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The name of the environment variable that the agent reads.'),
    placeHolder: 'MY_AGENT_API_KEY',
    ignoreFocusOut: true,
    validateInput: (text) =>
      variableName.test(text) ? undefined : vscode.l10n.t('Letters, digits and underscores only.'),
  });
}

/** An agent out of those that can be started, for a command about its keys. */
export async function pickAgentForKey(
  deps: Deps,
  placeHolder: string,
  has: (agentId: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string | undefined> {
  const offers = await (await deps.agentServices.directory()).offers();
  const ready = offers.filter(({ kind, source }) => kind === 'ready' && source !== 'shipped');
  const fitting: vscode.QuickPickItem[] = [];
  const ids = new Map<vscode.QuickPickItem, string>();
  for (const { id, name } of ready) {
    if (!(await has(id))) continue;
    const item = { label: withoutIcons(name), description: id };
    fitting.push(item);
    ids.set(item, id);
  }
  if (fitting.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no agent that this can be done with.'),
    );
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(fitting, { placeHolder });
  return chosen === undefined ? undefined : ids.get(chosen);
}
