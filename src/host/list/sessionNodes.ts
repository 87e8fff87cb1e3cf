// The nodes of the tree of sessions and who stands below whom: each is the same object for as long as what it stands for exists. No editor.
import type { Logger } from '../../session/ports.ts';
import type { Sessions } from '../../session/sessions.ts';
import type { SessionChanges } from '../files/sessionChanges.ts';
import type { GroupId } from './sessionGrouping.ts';
import type { SessionListModel } from './sessionListModel.ts';
import type { FileChange } from './sessionRows.ts';
import {
  ChangeNode,
  GroupNode,
  OlderNode,
  pageSize,
  RequestNode,
  SessionNode,
  type TreeNode,
} from './sessionTreeModel.ts';

/** What the nodes are made from. */
export interface SessionNodesDeps {
  readonly sessions: Pick<Sessions, 'get'>;
  readonly model: Pick<SessionListModel, 'groups' | 'groupOf' | 'members'>;
  readonly changes: Pick<SessionChanges, 'of'>;
  readonly logger: Logger;
}

/** All nodes that the editor has been given. */
export class SessionNodes {
  readonly #deps: SessionNodesDeps;
  readonly #groups = new Map<GroupId, GroupNode>();
  readonly #older = new Map<string, OlderNode>();
  readonly #sessions = new Map<string, SessionNode>();
  readonly #requests = new Map<string, Map<string, RequestNode>>();
  /** What each node of a changed file stands for; gone with the node. */
  readonly #changes = new WeakMap<ChangeNode, FileChange>();

  constructor(deps: SessionNodesDeps) {
    this.#deps = deps;
  }

  /** What stands below a node; below none the groups. */
  below(node: TreeNode | undefined): TreeNode[] | Promise<TreeNode[]> {
    if (node === undefined) return this.#deps.model.groups().map((group) => this.group(group));
    switch (node.kind) {
      case 'group':
        return this.#page(node.group, 0);
      case 'older':
        return this.#page(node.group, node.offset);
      case 'session':
        return this.#belowSession(node.sessionId);
      case 'request':
      case 'change':
        return [];
    }
  }

  /** What a node stands below. */
  above(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'group':
        return undefined;
      case 'older':
        return this.#container(node.group, node.offset - 1);
      case 'session': {
        const group = this.#deps.model.groupOf(node.sessionId);
        if (group === undefined) return undefined;
        return this.#container(group, this.#deps.model.members(group).indexOf(node.sessionId));
      }
      case 'request':
      case 'change':
        return this.session(node.sessionId);
    }
  }

  /** The node of a group. */
  group(group: GroupId): GroupNode {
    return kept(this.#groups, group, () => new GroupNode(group));
  }

  /** The node of a session. */
  session(sessionId: string): SessionNode {
    return kept(this.#sessions, sessionId, () => new SessionNode(sessionId));
  }

  /** What was found to be changed when the node was made. */
  change(node: ChangeNode): FileChange | undefined {
    return this.#changes.get(node);
  }

  /** A session is not in the list any more. */
  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    this.#requests.delete(sessionId);
  }

  /** One page of a group's rows, and the row behind which the rest is. */
  #page(group: GroupId, offset: number): TreeNode[] {
    const members = this.#deps.model.members(group);
    const end = offset + pageSize;
    const nodes: TreeNode[] = members
      .slice(offset, end)
      .map((sessionId) => this.session(sessionId));
    if (members.length > end) nodes.push(this.#olderNode(group, end));
    return nodes;
  }

  /** The node that the row at `index` of a group stands below. */
  #container(group: GroupId, index: number): TreeNode {
    return index < pageSize
      ? this.group(group)
      : this.#olderNode(group, index - (index % pageSize));
  }

  #olderNode(group: GroupId, offset: number): OlderNode {
    return kept(this.#older, `${group}:${offset}`, () => new OlderNode(group, offset));
  }

  #requestNodes(sessionId: string): RequestNode[] {
    const pending = this.#deps.sessions.get(sessionId)?.pendingRequests ?? [];
    const before = this.#requests.get(sessionId) ?? new Map<string, RequestNode>();
    const now = new Map<string, RequestNode>();
    for (const { requestId } of pending) {
      now.set(requestId, before.get(requestId) ?? new RequestNode(sessionId, requestId));
    }
    if (now.size > 0) this.#requests.set(sessionId, now);
    else this.#requests.delete(sessionId);
    return [...now.values()];
  }

  /** Requests at once; with files that were changed, as soon as they have been compared. */
  #belowSession(sessionId: string): TreeNode[] | Promise<TreeNode[]> {
    const requests = this.#requestNodes(sessionId);
    if ((this.#deps.sessions.get(sessionId)?.changedFiles ?? 0) === 0) return requests;
    return this.#deps.changes.of(sessionId).then(
      (changes) => [
        ...requests,
        ...changes.map((change) => {
          const node = new ChangeNode(sessionId, change.path);
          this.#changes.set(node, change);
          return node;
        }),
      ],
      (error: unknown) => {
        this.#deps.logger.warn(`${sessionId}: its changes are not known: ${String(error)}`);
        return requests;
      },
    );
  }
}

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
