// How agents are started that are neither shipped nor in the settings: those that Roost has installed, and those known by name on the PATH.
import { SessionError } from '../session/errors.ts';
import type { AgentDefinition } from '../session/agentPort.ts';
import type { InstalledAgents } from './installedAgents.ts';
import { pathDefinition } from './knownAgents.ts';
import type { RegistryCopy } from './registryCopy.ts';

/**
 * The definition of such an agent; `undefined` when nobody knows the id. One on the PATH is looked up
 * by the start itself.
 * @throws SessionError `installFailed` when it is only half installed
 */
export async function knownDefinition(
  { installed, registry }: { readonly installed: InstalledAgents; readonly registry: RegistryCopy },
  agentId: string,
): Promise<AgentDefinition | undefined> {
  const there = installed.look(agentId);
  if (there.kind === 'whole') return there.definition;
  if (there.kind === 'broken') {
    throw new SessionError(
      'installFailed',
      `The agent "${agentId}" was not installed to its end.`,
      {
        hint: 'Run "Roost: New Session With…" and choose it to repair it.',
      },
    );
  }
  const agent = (await registry.agents()).find(({ id }) => id === agentId);
  return agent === undefined ? undefined : pathDefinition(agent);
}
