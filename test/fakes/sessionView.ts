// A session as its panel is told of it, with nothing that waits.
import type { SessionView } from '../../src/chatProtocol/session.ts';

/** A ready session of an agent. */
export function sessionView(agentName = 'Agent'): SessionView {
  return {
    sessionId: 's',
    title: 'A session',
    agentName,
    cwd: '/work',
    status: 'ready',
    processAlive: true,
    permissionMode: 'ask',
    pending: [],
    queue: [],
    changedFiles: 0,
    commands: [],
    pickers: [],
    storageFailing: false,
    interrupted: false,
  };
}
