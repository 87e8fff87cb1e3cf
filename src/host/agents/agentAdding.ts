// Adding a command of the user's own as an agent: asked for, tried, and saved in the user's settings.
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { toSessionError } from '../../session/errors.ts';
import type { AgentInfo } from '../../session/agentPort.ts';
import { signalOf } from './agentInstallation.ts';
import type { CommandDeps } from '../commands/commandTypes.ts';
import { commandWords } from './commandWords.ts';
import { notificationText } from '../plainText.ts';

/** A command to add. */
export interface AddedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly name?: string | undefined;
}

/** How long a command may take to say who it is. */
const trialMs = 30_000;

type Deps = Pick<CommandDeps, 'agentServices' | 'agents'>;

/** Asks for a command until one is an agent, or is saved all the same; the agent's id. */
export async function addAgent(deps: Deps): Promise<string | undefined> {
  let line = '';
  for (;;) {
    const asked = await askCommand(line);
    if (asked === undefined) return undefined;
    line = asked;
    const [command = '', ...args] = commandWords(line) ?? [];
    const added = { command, args };
    try {
      const info = await tryWithProgress(deps, added);
      return info === undefined ? undefined : await save(deps, added, info);
    } catch (thrown) {
      const answer = await afterFailure(toSessionError(thrown));
      if (answer === 'save') return save(deps, added, undefined);
      if (answer === undefined) return undefined;
    }
  }
}

/** Tries a command that a program gives, and saves it. @throws SessionError when it is no agent */
export async function addCommand(deps: Deps, added: AddedCommand): Promise<string> {
  const directory = await deps.agentServices.directory();
  const controller = new AbortController();
  const info = await directory.tryCommand(definitionOf(added), {
    cwd: folderForTrial(),
    signal: controller.signal,
    deadlineMs: trialMs,
  });
  return save(deps, added, info);
}

async function askCommand(value: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Add Your Own Agent'),
    prompt: vscode.l10n.t(
      'The command that starts it, with its arguments. It is tried before it is saved.',
    ),
    placeHolder: 'my-agent --acp',
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const words = commandWords(text);
      if (words === undefined) return vscode.l10n.t('A quote is not closed.');
      return words.length === 0 ? vscode.l10n.t('A command is needed.') : undefined;
    },
  });
}

async function tryWithProgress(deps: Deps, added: AddedCommand): Promise<AgentInfo | undefined> {
  const directory = await deps.agentServices.directory();
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Trying {0}', notificationText(added.command)),
      cancellable: true,
    },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        return await directory.tryCommand(definitionOf(added), {
          cwd: folderForTrial(),
          signal,
          deadlineMs: trialMs,
        });
      } catch (thrown) {
        if (signal.aborted) return undefined;
        throw thrown;
      } finally {
        dispose();
      }
    },
  );
}

async function afterFailure(error: {
  readonly message: string;
  readonly hint?: string;
}): Promise<'edit' | 'save' | undefined> {
  const edit = vscode.l10n.t('Edit');
  const anyway = vscode.l10n.t('Save Anyway');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('This command did not answer as an agent does.'),
    { modal: true, detail: [error.message, error.hint ?? ''].join('\n').trim() },
    edit,
    anyway,
  );
  if (answer === edit) return 'edit';
  return answer === anyway ? 'save' : undefined;
}

function definitionOf({ command, args, env = {} }: AddedCommand): {
  readonly id: string;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return { id: 'own', name: command, command, args, env };
}

function folderForTrial(): string {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  return folder?.uri.fsPath ?? homedir();
}

/** Saves it for the user, under an id that is free. */
async function save(deps: Deps, added: AddedCommand, info: AgentInfo | undefined): Promise<string> {
  const { command, args, env } = added;
  const name = added.name ?? info?.name ?? /[^\\/]+$/.exec(command)?.[0] ?? command;
  const configuration = vscode.workspace.getConfiguration('roost');
  const there = configuration.inspect<Record<string, unknown>>('agents')?.globalValue ?? {};
  const id = freeId(
    name,
    new Set([...Object.keys(there), ...deps.agents.list().map((one) => one.id)]),
  );
  const agent = { name, command, args, ...(env === undefined ? {} : { env }) };
  await configuration.update(
    'agents',
    { ...there, [id]: agent },
    vscode.ConfigurationTarget.Global,
  );
  return id;
}

/** An id made from a name, with a number behind it where it is taken. */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 48) || 'agent';
  for (let i = 1; ; i += 1) {
    const id = i === 1 ? base : `${base}-${i}`;
    if (!taken.has(id)) return id;
  }
}
