// Marks behind the rows of the tree: what nobody has looked at yet, and who may do everything without asking.
import * as vscode from 'vscode';
import type { Disposable } from '../../session/event.ts';
import type { Sessions } from '../../session/sessions.ts';
import { sessionScheme } from '../commands/commandIds.ts';
import type { SessionListModel } from './sessionListModel.ts';
import { rowMark } from './sessionRows.ts';

/** The address that the mark of a session's row goes by. */
export function sessionUri(sessionId: string): vscode.Uri {
  return vscode.Uri.from({ scheme: sessionScheme, path: `/${sessionId}` });
}

/** The session whose row has this address. */
export function sessionIdOf(uri: vscode.Uri): string {
  return uri.path.slice(1);
}

/** Gives rows their marks for as long as it is not disposed. */
export function decorateSessions(deps: {
  readonly sessions: Pick<Sessions, 'get' | 'details'>;
  readonly model: Pick<SessionListModel, 'onDidPublish'>;
}): Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri[]>();
  const registration = vscode.window.registerFileDecorationProvider({
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri) => {
      const sessionId = sessionIdOf(uri);
      if (uri.scheme !== sessionScheme || deps.sessions.get(sessionId) === undefined)
        return undefined;
      const mark = rowMark(deps.sessions.details(sessionId), vscode.l10n.t);
      if (mark === undefined) return undefined;
      const color = mark.color === undefined ? undefined : new vscode.ThemeColor(mark.color);
      return new vscode.FileDecoration(mark.badge, mark.said, color);
    },
  });
  const subscription = deps.model.onDidPublish(({ sessions }) => {
    changed.fire([...sessions].map(sessionUri));
  });
  return {
    dispose: () => {
      subscription.dispose();
      registration.dispose();
      changed.dispose();
    },
  };
}
