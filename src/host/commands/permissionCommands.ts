// Handlers of the commands about what a session may do without asking: its mode, and the answers it remembers.
import * as vscode from 'vscode';
import type { SessionDetails } from '../../session/sessions.ts';
import type { SessionConfig } from '../../session/config.ts';
import type { CommandDeps, Handlers } from './commandTypes.ts';
import { withoutIcons } from '../plainText.ts';
import { titleOf } from '../list/sessionRows.ts';
import { targetSession } from './sessionTarget.ts';

type Mode = SessionConfig['permissionMode'];

/** Commands about permissions. */
export function permissionCommands(
  deps: CommandDeps,
): Handlers<'setPermissionMode' | 'rememberedAnswers'> {
  const { sessions } = deps;
  return {
    setPermissionMode: async (call) => {
      const question = vscode.l10n.t('Set the permissions of which session?');
      const sessionId = await targetSession(deps, call, 'canRename', question);
      if (sessionId === undefined) return undefined;
      let mode = call.given?.mode;
      if (mode === undefined) {
        const details = sessions.details(sessionId);
        mode = await pickMode(details);
        if (mode === undefined || !(await confirmed(details, mode))) return undefined;
      }
      const permissionMode = mode === 'inherit' ? undefined : mode;
      await sessions.configure(sessionId, { permissionMode });
      return undefined;
    },

    rememberedAnswers: async (call) => {
      const question = vscode.l10n.t('Show the remembered answers of which session?');
      const sessionId = await targetSession(deps, call, undefined, question);
      if (sessionId === undefined) return undefined;
      const forget = call.given?.forget;
      if (forget !== undefined) await sessions.forgetAnswer(sessionId, forget);
      if (call.given === undefined) await chooseAnswers(deps, sessionId);
      return sessions.details(sessionId).remembered;
    },
  };
}

async function pickMode({ config, info }: SessionDetails): Promise<Mode | 'inherit' | undefined> {
  const now = (mode: Mode): string =>
    mode === config.permissionMode ? vscode.l10n.t('current') : '';
  const items: (vscode.QuickPickItem & { readonly mode: Mode | 'inherit' })[] = [
    {
      mode: 'ask',
      label: `$(shield) ${vscode.l10n.t('Ask')}`,
      description: now('ask'),
      detail: vscode.l10n.t('You are asked whenever the agent asks.'),
    },
    {
      mode: 'allowReads',
      label: `$(eye) ${vscode.l10n.t('Allow reads')}`,
      description: now('allowReads'),
      detail: vscode.l10n.t('Reading and searching is allowed; for the rest you are asked.'),
    },
    {
      mode: 'allowAll',
      label: `$(warning) ${vscode.l10n.t('Allow everything')}`,
      description: now('allowAll'),
      detail: vscode.l10n.t('The agent can do whatever you can, without asking.'),
    },
    {
      mode: 'inherit',
      label: `$(settings-gear) ${vscode.l10n.t('Follow the settings')}`,
      detail: vscode.l10n.t('As set for its agent, or for all agents.'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Permissions of {0}', titleOf(info)),
    placeHolder: vscode.l10n.t('What may this session do without asking?'),
  });
  return chosen?.mode;
}

/** Nobody comes to allow everything by a slip. */
async function confirmed(
  { config, info }: SessionDetails,
  mode: Mode | 'inherit',
): Promise<boolean> {
  if (mode !== 'allowAll' || config.permissionMode === 'allowAll') return true;
  const allow = vscode.l10n.t('Allow Everything');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Let "{0}" do everything without asking?', titleOf(info)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It can then change and delete files, run any command and use the network as you can. Requests that wait are allowed too.',
      ),
    },
    allow,
  );
  return chosen === allow;
}

/** Lists what the user answered for ever; what is left unchecked is forgotten. */
async function chooseAnswers({ sessions }: CommandDeps, sessionId: string): Promise<void> {
  const { remembered, info } = sessions.details(sessionId);
  if (remembered.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing is remembered in this session: you are asked each time.'),
    );
    return;
  }
  const items = remembered.map(({ answerId, answer, title, at }) => ({
    label: withoutIcons(title),
    description:
      answer === 'allow' ? vscode.l10n.t('always allowed') : vscode.l10n.t('always rejected'),
    detail: vscode.l10n.t('since {0}', new Date(at).toLocaleString()),
    picked: true,
    answerId,
  }));
  const kept = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Remembered answers of {0}', titleOf(info)),
    placeHolder: vscode.l10n.t('Uncheck what you want to be asked about again'),
  });
  if (kept === undefined) return;
  const keep = new Set(kept.map(({ answerId }) => answerId));
  const gone = remembered.filter(({ answerId }) => !keep.has(answerId));
  for (const { answerId } of gone) await sessions.forgetAnswer(sessionId, answerId);
  if (gone.length === 0 || !info.processAlive) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Forgotten. The agent may still remember what it was told until the session is restarted.',
    ),
  );
}
