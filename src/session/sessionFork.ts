// A second session that goes on from where another one is: its own row and transcript, and a conversation forked by the agent.
import { stamp } from './clock.ts';
import { createEntry } from './entry.ts';
import { SessionError } from './errors.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { SessionReader } from './sessionReader.ts';
import type { DomainDeps } from './supervisorDeps.ts';

/**
 * Makes the row with everything said so far and starts its agent, which is asked for the fork.
 * @returns the new session's id, once it is ready
 * @throws SessionError `invalidArgument` when the session has no conversation to fork, and as a start
 */
export async function forkSession(
  deps: DomainDeps,
  held: HeldSessions,
  reader: SessionReader,
  { sessionId, title }: { readonly sessionId: string; readonly title: string | undefined },
): Promise<string> {
  const { clock, ids, registry, store } = deps;
  const { agentSessionId, ...from } = held.get(sessionId).supervisor.entry.state;
  if (agentSessionId === undefined) {
    throw new SessionError(
      'invalidArgument',
      'There is no conversation yet that could be forked.',
      {
        sessionId,
        hint: 'Send a prompt first.',
      },
    );
  }
  const entries = await reader.transcript(sessionId);
  const forkId = ids.sessionId();
  const log = await store.open(forkId);
  for (const entry of entries) log.append(entry);
  await log.close();
  const add = held.adder ?? (await held.loadAdder());
  const at = stamp(clock);
  registry.add(
    createEntry(
      forkId,
      {
        title: title ?? from.title,
        // An agent that names the conversation as before would make two of one name.
        titleSource: title === undefined ? from.titleSource : 'user',
        agentId: from.agentId,
        cwd: from.cwd,
        status: 'dormant',
        createdAt: at,
        lastActivityAt: at,
        messageCount: from.messageCount,
        config: from.config,
        keepAwake: false,
        turnRunning: false,
        forkOf: agentSessionId,
        ...(from.facts === undefined ? {} : { facts: from.facts }),
        ...(from.changedFiles === undefined ? {} : { changedFiles: from.changedFiles }),
      },
      clock.monotonic(),
    ),
  );
  await add(forkId, undefined, false).start();
  return forkId;
}
