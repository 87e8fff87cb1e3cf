// The permission modes in the settings: what the user set, made stricter where the workspace asks for that, never wider.
import * as z from 'zod/mini';
import { stricter } from '../session/permissionPolicy.ts';
import { onFirstUse } from '../session/onDemand.ts';
import { permissionModeSchema, type Settings } from '../session/settings.ts';

/** The values of one setting by who set it, as the editor has them. */
export interface Inspected {
  readonly user: unknown;
  readonly workspace: unknown;
}

type Mode = Settings['permissions.mode'];
type ByAgent = Settings['permissions.byAgent'];

const modeSchema = onFirstUse(() => z.catch(z.optional(permissionModeSchema()), undefined));
const byAgentSchema = onFirstUse(() => z.catch(z.record(z.string(), permissionModeSchema()), {}));

/**
 * The modes that count. A workspace's settings are files that an agent can write: they can take away
 * from what the user allows, and add nothing. Wrong values count as not set.
 */
export function permissionSettings(
  general: Inspected,
  agents: Inspected,
): { readonly mode: Mode; readonly byAgent: ByAgent } {
  const [mode, byAgent] = [modeSchema(), byAgentSchema()];
  const userMode = mode.parse(general.user) ?? 'ask';
  const workspaceMode = mode.parse(general.workspace);
  const userByAgent = byAgent.parse(agents.user ?? {});
  const workspaceByAgent = byAgent.parse(agents.workspace ?? {});
  const limit = (wanted: Mode, agentId?: string): Mode => {
    const own = agentId === undefined ? undefined : workspaceByAgent[agentId];
    return stricter(wanted, own ?? workspaceMode ?? wanted);
  };
  const named = new Set([...Object.keys(userByAgent), ...Object.keys(workspaceByAgent)]);
  return {
    mode: limit(userMode),
    byAgent: Object.fromEntries(
      [...named].map((id) => [id, limit(userByAgent[id] ?? userMode, id)] as const),
    ),
  };
}
