// What callers see of a session: snapshots made from its row and its supervisor.
import { isActive } from './entry.ts';
import type { ListedSession, SessionInfo } from './info.ts';
import { promptText } from './promptQueue.ts';
import type { SessionDetails } from './sessions.ts';
import type { SessionSupervisor } from './supervisor.ts';

/** Why a session can only be read. */
export type ReadOnlyReason = SessionDetails['readOnly'];

/** The public snapshot of a session. */
export function sessionInfo(supervisor: SessionSupervisor, idleDeadlineAt?: string): ListedSession {
  const { entry } = supervisor;
  const { state } = entry;
  const pid = isActive(entry) ? entry.process.pid : undefined;
  return {
    sessionId: entry.sessionId,
    title: state.title,
    agentId: state.agentId,
    cwd: state.cwd,
    status: state.status,
    processAlive: pid !== undefined,
    ...(pid === undefined ? {} : { pid }),
    createdAt: state.createdAt,
    lastActivityAt: state.lastActivityAt,
    messageCount: state.messageCount,
    ...(idleDeadlineAt === undefined ? {} : { idleDeadlineAt }),
    keepAwake: state.keepAwake,
    ...(state.unread === undefined ? {} : { unread: state.unread }),
    ...(state.pinned === undefined ? {} : { pinned: state.pinned }),
    ...(state.archived === true ? { archived: true } : {}),
    changedFiles: state.changedFiles?.length ?? 0,
    pendingRequests: supervisor.pendingRequests.map(({ requestId, kind, title, options }) => ({
      requestId,
      kind,
      title,
      // A copy: what was handed out belongs to the caller, who may be another extension.
      options: options.map((option) => ({ ...option })),
    })),
    ...(state.error === undefined ? {} : { error: publicError(state.error) }),
  };
}

function publicError(error: {
  code: string;
  message: string;
  hint?: string | undefined;
}): NonNullable<SessionInfo['error']> {
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Everything a panel shows. */
export function sessionDetails(
  supervisor: SessionSupervisor,
  more: {
    readonly info: ListedSession;
    readonly agentName: string;
    readonly readOnly: ReadOnlyReason;
    readonly changedElsewhere: number;
    readonly interrupted: boolean;
  },
): SessionDetails {
  const { state } = supervisor.entry;
  return {
    info: more.info,
    config: supervisor.config,
    agentName: more.agentName,
    facts: state.facts ?? { commands: [], modes: [], configOptions: [] },
    can: supervisor.can,
    authMethods: supervisor.authMethods,
    pending: supervisor.pendingRequests,
    queue: supervisor.queuedPrompts.map(({ promptId, blocks }) => ({
      promptId,
      text: promptText(blocks),
    })),
    restartAt: supervisor.restartAt,
    stalledSince: supervisor.stalledSince,
    readOnly: more.readOnly,
    changedElsewhere: more.changedElsewhere,
    stoppedAfterIdleMinutes: state.stoppedAfterIdleMinutes,
    storageFailing: supervisor.storageError !== undefined,
    storageError: supervisor.storageError,
    interrupted: more.interrupted,
    remembered: state.remembered ?? [],
  };
}
