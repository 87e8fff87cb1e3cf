// What is known of an agent at once, without looking for it where that takes time.
import { isSessionError } from './errors.ts';
import type { AgentCatalog, AgentDefinition } from './agentPort.ts';

/**
 * An agent that needs no looking up, so that its session's row is there before anything is awaited;
 * `undefined` when it has to be looked for. @throws SessionError `workspaceUntrusted`
 */
export function settledAgent(catalog: AgentCatalog, agentId: string): AgentDefinition | undefined {
  try {
    return catalog.resolve(agentId);
  } catch (error) {
    if (isSessionError(error) && error.code === 'agentUnknown') return undefined;
    throw error;
  }
}

/**
 * What an agent is called: as the user named it, else as it introduced itself, else as it is known here; its id where
 * it is not configured any more.
 */
export function agentName(
  catalog: AgentCatalog,
  agentId: string,
  introduced: string | undefined,
): string {
  try {
    const { name, namedByUser = false } = catalog.resolve(agentId);
    return namedByUser ? name : (introduced ?? name);
  } catch {
    return introduced ?? agentId;
  }
}
