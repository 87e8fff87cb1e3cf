// The tree of sessions in the side bar: refreshes the smallest part that changed, and never starts anything.
import * as vscode from 'vscode';
import type { Clock } from '../../session/clock.ts';
import type { Disposable } from '../../session/event.ts';
import type { PendingRequest } from '../../session/info.ts';
import type { Logger } from '../../session/ports.ts';
import type { SessionDetails, Sessions } from '../../session/sessions.ts';
import { sessionsViewId } from '../commands/commandIds.ts';
import type { PanelOpener } from '../panel/panelOpener.ts';
import { costFacts, type ResourceMeter } from '../support/resourceMeter.ts';
import type { Publication, SessionListModel } from './sessionListModel.ts';
import type { GroupId } from './sessionGrouping.ts';
import { FrontRow } from './frontRow.ts';
import { groupRow, olderRow } from './groupRows.ts';
import { RowCommands } from './rowCommands.ts';
import { SessionDrag } from './sessionDrag.ts';
import type { SessionChanges } from '../files/sessionChanges.ts';
import { sessionFacts } from './sessionFacts.ts';
import {
  changeRow,
  requestRow,
  sessionRow,
  titleOf,
  type Row,
  type RowContext,
  goneRow,
} from './sessionRows.ts';
import { tooltip, treeItem } from './sessionTreeItems.ts';
import { SessionNodes } from './sessionNodes.ts';
import type { RequestNode, TreeNode } from './sessionTreeModel.ts';
import { folderName } from '../files/workspaceRoots.ts';
import { userLanguage } from '../userLanguage.ts';

/** Ages on rows are this coarse; while nobody looks they are not kept up to date. */
const ageEveryMs = 60_000;

/** What the tree is built from. */
export interface SessionTreeDeps {
  readonly sessions: Pick<Sessions, 'get' | 'list' | 'details' | 'saved' | 'setPinned'>;
  readonly meter: ResourceMeter;
  readonly model: SessionListModel;
  readonly panels: PanelOpener;
  readonly changes: Pick<SessionChanges, 'of'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly noticeMinutes: () => number;
}

/** Gives the editor nodes and rows. */
export class SessionTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #deps: SessionTreeDeps;
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #nodes: SessionNodes;
  /** What the editor was last given for a session, so that a change nobody can see refreshes nothing. */
  readonly #given = new Map<string, string>();
  /** Sessions whose row is open: one that moves to another group is a new row to the editor. */
  readonly #open = new Set<string>();
  readonly #commands = new RowCommands();
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #store: Disposable[] = [];
  #ageTimer: Disposable | undefined;

  constructor(deps: SessionTreeDeps) {
    this.#deps = deps;
    this.#nodes = new SessionNodes(deps);
    this.#view = vscode.window.createTreeView(sessionsViewId, {
      treeDataProvider: this,
      showCollapseAll: false,
      canSelectMany: true,
      dragAndDropController: new SessionDrag(deps),
    });
    const frontRow = new FrontRow<TreeNode>(this.#view, (sessionId) =>
      deps.model.groupOf(sessionId) === undefined ? undefined : this.#nodes.session(sessionId),
    );
    this.#store.push(
      this.#view,
      this.#changed,
      this.#commands,
      deps.model.onDidPublish((publication) => {
        this.#refresh(publication);
        frontRow.published();
      }),
      this.#view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.#refreshAges();
        this.#keepAges(visible);
      }),
      this.#view.onDidExpandElement(({ element }) => {
        if (element.kind === 'session') this.#open.add(element.sessionId);
      }),
      this.#view.onDidCollapseElement(({ element }) => {
        if (element.kind === 'session') this.#open.delete(element.sessionId);
      }),
      deps.panels.onDidChangeActive((sessionId) => {
        frontRow.follow(sessionId);
      }),
    );
    this.#keepAges(this.#view.visible);
    this.#showBadge();
    this.#showFilter();
  }

  /** The rows that are selected. */
  get selection(): readonly TreeNode[] {
    return this.#view.selection;
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    return this.#nodes.below(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#nodes.above(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const row = this.#row(node);
    if (node.kind === 'session') {
      this.#given.set(node.sessionId, this.#look(node.sessionId));
      const [shown] = this.#deps.sessions.get(node.sessionId)?.pendingRequests ?? [];
      node.shownRequestId = shown?.requestId;
      if (row.children === 'closed' && this.#open.has(node.sessionId)) {
        return treeItem({ ...row, children: 'open' }, node, this.#commands);
      }
    }
    return treeItem(row, node, this.#commands);
  }

  /** Tooltips are made when somebody points at the row. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    const details = node.kind === 'session' ? this.#details(node.sessionId) : undefined;
    if (details !== undefined) {
      const facts = [
        ...sessionFacts(details, vscode.l10n.t, await userLanguage()),
        ...(await costFacts(this.#deps, details.info, vscode.l10n.t)),
      ];
      item.tooltip = tooltip(titleOf(details.info), facts);
    } else if (node.kind === 'request') {
      const request = this.#request(node);
      if (request !== undefined) item.tooltip = tooltip(request.title, []);
    }
    return item;
  }

  dispose(): void {
    this.#ageTimer?.dispose();
    this.#ageTimer = undefined;
    for (const held of this.#store.splice(0)) held.dispose();
  }

  #row(node: TreeNode): Row {
    const { model } = this.#deps;
    switch (node.kind) {
      case 'group': {
        const size = model.sizeOf(node.group);
        return groupRow(node.group, size, vscode.l10n.t, this.#nameOf(node.group));
      }
      case 'older':
        return olderRow(node, model.sizeOf(node.group), vscode.l10n.t);
      case 'session': {
        const details = this.#details(node.sessionId);
        if (details !== undefined) return sessionRow(details, this.#context());
        return goneRow(`session:${node.sessionId}`);
      }
      case 'request': {
        const request = this.#request(node);
        if (request !== undefined) return requestRow(node.sessionId, request, vscode.l10n.t);
        return goneRow(`request:${node.sessionId}:${node.requestId}`);
      }
      case 'change': {
        const change = this.#nodes.change(node);
        if (change !== undefined) return changeRow(node.sessionId, change, vscode.l10n.t);
        return goneRow(`change:${node.sessionId}:${node.path}`);
      }
    }
  }

  #refresh({ groups, groupsShown, sessions }: Publication): void {
    for (const sessionId of sessions) {
      if (this.#deps.model.groupOf(sessionId) === undefined) this.#forget(sessionId);
    }
    this.#showBadge();
    this.#showFilter();
    if (groupsShown) {
      this.#changed.fire(undefined);
      return;
    }
    // All at once: a session that moves must leave its old group in the same refresh in which it comes into the new one.
    const nodes: TreeNode[] = [...groups].map((group) => this.#nodes.group(group));
    for (const sessionId of sessions) {
      const group = this.#deps.model.groupOf(sessionId);
      if (group !== undefined && !groups.has(group) && this.#looksDifferent(sessionId)) {
        nodes.push(this.#nodes.session(sessionId));
      }
    }
    if (nodes.length > 0) this.#changed.fire(nodes);
  }

  #refreshAges(): void {
    const nodes = [...this.#given.keys()]
      .filter((sessionId) => this.#looksDifferent(sessionId))
      .map((sessionId) => this.#nodes.session(sessionId));
    if (nodes.length > 0) this.#changed.fire(nodes);
  }

  #keepAges(visible: boolean): void {
    this.#ageTimer?.dispose();
    this.#ageTimer = undefined;
    if (!visible) return;
    this.#ageTimer = this.#deps.clock.after(ageEveryMs, () => {
      this.#refreshAges();
      this.#keepAges(true);
    });
  }

  /** Whether the editor shows this session, and something else than it should. */
  #looksDifferent(sessionId: string): boolean {
    const given = this.#given.get(sessionId);
    return given !== undefined && given !== this.#look(sessionId);
  }

  /** Everything that can be seen of a session's row and of those below it, to compare. */
  #look(sessionId: string): string {
    const details = this.#details(sessionId);
    if (details === undefined) return '';
    const { pendingRequests, changedFiles, status } = details.info;
    // At a turn's end files may differ that were known to be changed before.
    const files = [changedFiles, changedFiles > 0 ? status : ''];
    return JSON.stringify([sessionRow(details, this.#context()), pendingRequests, files]);
  }

  #showBadge(): void {
    const { needsYou } = this.#deps.model.counts();
    this.#view.badge =
      needsYou === 0
        ? undefined
        : { value: needsYou, tooltip: vscode.l10n.t('{0} sessions need you', needsYou) };
  }

  /** Says above the rows that some are hidden, and how many. */
  #showFilter(): void {
    const { hidden, total } = this.#deps.model.counts();
    const said =
      hidden === 0
        ? ''
        : vscode.l10n.t('Filtered: {0} of {1} sessions shown', total - hidden, total);
    if (this.#view.message !== said) this.#view.message = said;
  }

  /** What the agent or the folder of a group is called. */
  #nameOf(group: GroupId): string | undefined {
    if (group.startsWith('folder:')) return folderName(group.slice('folder:'.length));
    const [member] = group.startsWith('agent:') ? this.#deps.model.members(group) : [];
    return member === undefined ? undefined : this.#details(member)?.agentName;
  }

  #context(): RowContext {
    return {
      now: this.#deps.clock.now(),
      noticeMinutes: this.#deps.noticeMinutes(),
      t: vscode.l10n.t,
    };
  }

  #details(sessionId: string): SessionDetails | undefined {
    return this.#deps.sessions.get(sessionId) === undefined
      ? undefined
      : this.#deps.sessions.details(sessionId);
  }

  #request(node: RequestNode): PendingRequest | undefined {
    return this.#deps.sessions
      .get(node.sessionId)
      ?.pendingRequests.find(({ requestId }) => requestId === node.requestId);
  }

  #forget(sessionId: string): void {
    this.#nodes.forget(sessionId);
    this.#given.delete(sessionId);
    this.#open.delete(sessionId);
    this.#commands.forget(sessionId);
  }
}
