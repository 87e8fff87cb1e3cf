// A new session: its row, and the start of its agent.
import { settledAgent } from './agentLookup.ts';
import { stamp } from './clock.ts';
import { checkedConfig } from './config.ts';
import { createEntry } from './entry.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { RestorerDeps } from './restorer.ts';
import type { CreateOptions } from './sessions.ts';

/**
 * Makes the row and starts the agent; before the call returns where everything for that is loaded.
 * @param onListed called when the row is in the list, which is before its agent starts
 * @returns the session's id, once it is ready
 * @throws SessionError `agentUnknown` and what keeps an agent from being chosen, without a row; and as a start
 */
export async function createSession(
  deps: RestorerDeps,
  held: HeldSessions,
  options: CreateOptions,
  onListed?: (sessionId: string) => void,
): Promise<string> {
  const { catalog, clock, ids, registry } = deps;
  held.assertUsable();
  const agentId = options.agent ?? catalog.defaultAgentId;
  const agent = settledAgent(catalog, agentId) ?? (await catalog.find(agentId));
  const add = held.adder ?? (await held.loadAdder());
  held.assertUsable();
  const at = stamp(clock);
  const sessionId = ids.sessionId();
  registry.add(
    createEntry(
      sessionId,
      {
        title: options.title ?? agent.name,
        titleSource: options.title === undefined ? 'default' : 'user',
        agentId: agent.id,
        cwd: options.cwd ?? agent.cwd ?? deps.defaultCwd(),
        // For the instant between being born and being started.
        status: 'dormant',
        createdAt: at,
        lastActivityAt: at,
        messageCount: 0,
        config: checkedConfig(options.config ?? {}),
        keepAwake: false,
        turnRunning: false,
      },
      clock.monotonic(),
    ),
  );
  const started = add(sessionId, undefined, false).start();
  onListed?.(sessionId);
  await started;
  return sessionId;
}
