// Rows as the editor's tree items: a translation, nothing is decided here.
import * as vscode from 'vscode';
import { escapedMarkdown } from '../plainText.ts';
import { sessionUri } from './sessionDecorations.ts';
import { opens, type RowCommands } from './rowCommands.ts';
import type { Fact } from './sessionFacts.ts';
import type { Row } from './sessionRows.ts';
import type { TreeNode } from './sessionTreeModel.ts';

const { l10n } = vscode;

const collapsible = {
  none: vscode.TreeItemCollapsibleState.None,
  open: vscode.TreeItemCollapsibleState.Expanded,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
} as const;

/** The tree item of a row. A session or request opens its panel when it is chosen, a change its diff. */
export function treeItem(row: Row, node: TreeNode, commands: RowCommands): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsible[row.children]);
  item.id = row.id;
  item.description = row.description;
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.spoken };
  if (row.icon !== undefined) {
    const color = row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color);
    item.iconPath = new vscode.ThemeIcon(row.icon.id, color);
  }
  // Marks and the colour of the label come by this address; icon and text stay the row's own.
  if (node.kind === 'session') item.resourceUri = sessionUri(node.sessionId);
  if (node.kind === 'change') {
    // The icon of its kind, as the explorer has it; the diff where there is one, else the file.
    item.resourceUri = vscode.Uri.file(node.path);
    item.iconPath = vscode.ThemeIcon.File;
  }
  if (opens(node)) {
    const title = node.kind === 'change' ? l10n.t('Open Changes') : l10n.t('Open Session');
    item.command = { command: commands.of(node), title };
  }
  return item;
}

/** A tooltip; every piece of text is escaped, nothing in it is a link, HTML or an image. */
export function tooltip(title: string, facts: readonly Fact[]): vscode.MarkdownString {
  const lines = [
    `**${escapedMarkdown(title)}**`,
    ...facts.map(({ name, value }) => escapedMarkdown(`${name}: ${value}`)),
  ];
  const text = new vscode.MarkdownString(lines.join('  \n'), false);
  text.isTrusted = false;
  text.supportHtml = false;
  return text;
}
