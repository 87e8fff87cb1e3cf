// The agents that may be started: the one Roost ships and those in the user's settings.
import { SessionError } from '../session/errors.ts';
import type { AgentCatalog, AgentDefinition } from '../session/agentPort.ts';
import { printableArgs } from '../session/secrets.ts';
import type { Settings } from '../session/settings.ts';

/** The id of the agent that Roost ships. */
const workspaceAgentId = 'workspace';

/** An agent as a picker shows it. */
interface AgentSummary {
  readonly id: string;
  readonly name: string;
  /** The command line as configured, for people; environment values and tokens are never in it. */
  readonly commandLine: string;
  /** Whether this is the agent that Roost ships, not replaced by a setting. */
  readonly shipped: boolean;
  readonly isDefault: boolean;
}

/** An {@link AgentCatalog} that can also be shown. */
export interface ListableAgentCatalog extends AgentCatalog {
  /** Every agent, the shipped one first, then in the order of the settings; also when untrusted. */
  list(): readonly AgentSummary[];
  /** @throws SessionError `workspaceUntrusted` while nothing may be started */
  assertTrusted(): void;
}

/** What the catalog is made from. */
export interface AgentCatalogSources {
  /** The settings as they are now; read at every call, so a change needs no event. */
  readonly settings: () => Pick<Settings, 'agents' | 'defaultAgent'>;
  /** Whether the user trusts the workspace; while not, nothing resolves. */
  readonly isTrusted: () => boolean;
  /** How the shipped agent is run. */
  readonly workspaceAgent: {
    /** The editor's own program, which is Node when told so by its environment. */
    readonly execPath: string;
    /** Absolute path of the agent's bundle. */
    readonly script: string;
    /** Folder of the agent's own history; its platform default when absent. */
    readonly home?: string;
    /** Variables that tell it of a language model; read at every start. */
    readonly modelEnv?: () => Readonly<Record<string, string>>;
  };
  /** Agents that are neither shipped nor in the settings: installed by Roost, or known by name. */
  readonly others?: (agentId: string) => Promise<AgentDefinition | undefined>;
}

/** The catalog over the given sources; holds nothing and needs no disposal. */
export function createAgentCatalog(sources: AgentCatalogSources): ListableAgentCatalog {
  /** Those that had to be looked up, as they were found last. */
  const found = new Map<string, AgentDefinition>();

  /** All definitions by id, the shipped one first; an entry of the settings replaces it. */
  function definitions(): ReadonlyMap<string, AgentDefinition> {
    const all = new Map([[workspaceAgentId, shippedAgent(sources.workspaceAgent)]]);
    for (const [id, setting] of Object.entries(sources.settings().agents)) {
      all.set(id, {
        id,
        name: setting.name ?? (id === workspaceAgentId ? 'Workspace' : id),
        ...(setting.name === undefined ? {} : { namedByUser: true }),
        command: setting.command,
        args: setting.args,
        env: setting.env,
        ...(setting.cwd === undefined ? {} : { cwd: setting.cwd }),
      });
    }
    return all;
  }

  function assertTrusted(): void {
    if (sources.isTrusted()) return;
    throw new SessionError(
      'workspaceUntrusted',
      'No agent is started in a workspace that is not trusted.',
      { hint: 'Run "Workspaces: Manage Workspace Trust" and trust this workspace first.' },
    );
  }

  function known(agentId: string): AgentDefinition | undefined {
    assertTrusted();
    return definitions().get(agentId);
  }

  function unknown(agentId: string): SessionError {
    const setting = agentId === sources.settings().defaultAgent ? 'roost.defaultAgent' : undefined;
    return new SessionError('agentUnknown', `There is no agent "${agentId}".`, {
      hint:
        `Known agents: ${[...definitions().keys()].join(', ')}. ` +
        (setting === undefined
          ? `Choose one of them, or add "${agentId}" to the setting roost.agents.`
          : `Change the setting ${setting}, or add "${agentId}" to roost.agents.`),
    });
  }

  return {
    assertTrusted,

    get defaultAgentId() {
      return sources.settings().defaultAgent;
    },

    resolve(agentId) {
      const agent = known(agentId) ?? found.get(agentId);
      if (agent === undefined) throw unknown(agentId);
      return agent;
    },

    async find(agentId) {
      const agent = known(agentId);
      if (agent !== undefined) return agent;
      // Looked up each time: it may have been updated, or removed.
      const other = await sources.others?.(agentId);
      if (other === undefined) throw unknown(agentId);
      found.set(agentId, other);
      return other;
    },

    list() {
      const { agents, defaultAgent } = sources.settings();
      return [...definitions().values()].map((agent) => ({
        id: agent.id,
        name: agent.name,
        commandLine: [agent.command, ...printableArgs(agent)].join(' '),
        shipped: agent.id === workspaceAgentId && !(workspaceAgentId in agents),
        isDefault: agent.id === defaultAgent,
      }));
    },
  };
}

function shippedAgent(from: AgentCatalogSources['workspaceAgent']): AgentDefinition {
  return {
    id: workspaceAgentId,
    name: 'Workspace',
    command: from.execPath,
    args: [from.script],
    usesEditorModels: true,
    env: {
      ELECTRON_RUN_AS_NODE: '1',
      ...from.modelEnv?.(),
      ...(from.home === undefined ? {} : { ROOST_WORKSPACE_AGENT_HOME: from.home }),
    },
  };
}
