// Tabs of an earlier window that nobody has looked at since: the editor makes a panel of one only then, and until then knows its name alone.
import * as vscode from 'vscode';
import { conversationViewType } from './panelOpener.ts';

/**
 * The tab that would become the panel of the session with this title.
 * @param awake how many panels there are with this title
 * @returns `undefined` also where there are several: nobody could say which is which
 */
export function asleepTab(title: string, awake: number): vscode.Tab | undefined {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input, label }) => isConversation(input) && label === title);
  return awake === 0 && tabs.length === 1 ? tabs[0] : undefined;
}

/** The editor puts words of its own in front of the type. */
function isConversation(input: unknown): boolean {
  return (
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(`-${conversationViewType}`)
  );
}
