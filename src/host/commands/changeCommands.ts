// Handlers of the commands about the files that a session has changed: list, diff, revert.
import * as vscode from 'vscode';
import type { Call, CommandDeps, Handlers } from './commandTypes.ts';
import { withoutIcons } from '../plainText.ts';
import { changeRow, type FileChange } from '../list/sessionRows.ts';
import { targetSession } from './sessionTarget.ts';

/** Commands about changes. */
export function changeCommands(
  deps: CommandDeps,
): Handlers<'showChanges' | 'openChange' | 'revertChange'> {
  const { changes } = deps;

  /** The file that a call is about: named, below the mouse, or picked. */
  const target = async (
    call: Call<'showChanges' | 'openChange' | 'revertChange'>,
    path: string | undefined,
  ): Promise<{ readonly sessionId: string; readonly path: string } | undefined> => {
    if (call.row?.kind === 'change') return call.row;
    const question = vscode.l10n.t('Show the changes of which session?');
    const sessionId = await targetSession(deps, call, 'hasChanges', question);
    if (sessionId === undefined) return undefined;
    const picked = path ?? (await pickFile(sessionId));
    return picked === undefined ? undefined : { sessionId, path: picked };
  };

  const pickFile = async (sessionId: string): Promise<string | undefined> => {
    const found = await changes.of(sessionId);
    if (found.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Nothing differs from what it was before this session.'),
      );
      return undefined;
    }
    const items = found.map((change) => {
      const { label, description } = changeRow(sessionId, change, vscode.l10n.t);
      return {
        label: withoutIcons(label),
        description: withoutIcons(description),
        path: change.path,
      };
    });
    const chosen = await vscode.window.showQuickPick(items, {
      placeHolder: vscode.l10n.t('Compare which file with what it was before?'),
      matchOnDescription: true,
    });
    return chosen?.path;
  };

  return {
    showChanges: async (call) => {
      if (call.given !== undefined) {
        const found = await changes.of(call.given.sessionId);
        return found.map(({ path, kind, lines }) => ({
          path,
          kind,
          ...(lines === undefined ? {} : { added: lines.added, removed: lines.removed }),
        }));
      }
      const file = await target(call, undefined);
      if (file !== undefined) await changes.openDiff(file.sessionId, file.path);
      return undefined;
    },

    openChange: async (call) => {
      const file = await target(call, call.given?.path);
      if (file !== undefined) await changes.openDiff(file.sessionId, file.path);
      return undefined;
    },

    revertChange: async (call) => {
      const file = await target(call, call.given?.path);
      if (file === undefined) return undefined;
      if (call.given === undefined) {
        const found = await changes.of(file.sessionId);
        const kind = found.find(({ path }) => path === file.path)?.kind ?? 'changed';
        if (!(await confirmed(file.path, kind))) return undefined;
      }
      await changes.revert(file.sessionId, file.path);
      return undefined;
    },
  };
}

async function confirmed(path: string, kind: FileChange['kind']): Promise<boolean> {
  const revert = vscode.l10n.t('Revert File');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Make this file what it was before the session?'),
    {
      modal: true,
      detail: `${vscode.workspace.asRelativePath(path)}\n\n${whatHappens(kind)}`,
    },
    revert,
  );
  return chosen === revert;
}

/** What the way back means for the file, and for what others have done to it. */
function whatHappens(kind: FileChange['kind']): string {
  switch (kind) {
    case 'created':
      return vscode.l10n.t(
        'It was not there then: it is deleted, with everything that anybody has written to it.',
      );
    case 'deleted':
      return vscode.l10n.t('It was there then: it is written again.');
    case 'changed':
      return vscode.l10n.t('Everything that was changed in it since then is undone, by whomever.');
  }
}
