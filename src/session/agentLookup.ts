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

/** The name of an agent; its id where it is not configured here any more. */
export function agentName(catalog: AgentCatalog, agentId: string): string {
  try {
    return catalog.resolve(agentId).name;
  } catch {
    return agentId;
  }
}
