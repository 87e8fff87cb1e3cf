// Everything there is to choose from: agents that can be started, installed, repaired or fetched elsewhere, and what is done with them.
import type {
  AgentDirectory,
  AgentNote,
  AgentOffer,
  InstallOptions,
  TrialOptions,
} from '../session/agentOffers.ts';
import { SessionError } from '../session/errors.ts';
import type { AgentDefinition, AgentInfo } from '../session/agentPort.ts';
import type { AgentInstaller } from './agentInstaller.ts';
import type { ListableAgentCatalog } from './catalog.ts';
import { tryCommand, type TrialDeps } from './commandTrial.ts';
import type { InstalledAgents } from './installedAgents.ts';
import { versionOfProgram } from './installedProgram.ts';
import { noteOn, pathDefinition } from './knownAgents.ts';
import { compareVersions, npmPackageOf, type RegistryAgent } from './registry.ts';
import type { RegistryCopy } from './registryCopy.ts';

/** What a directory works with. */
export interface DirectoryDeps extends TrialDeps {
  readonly catalog: ListableAgentCatalog;
  readonly registry: RegistryCopy;
  readonly installed: InstalledAgents;
  readonly installer: AgentInstaller;
  /** The absolute path of a program on the PATH of the user's login shell. */
  readonly locate: (command: string) => Promise<string | undefined>;
}

/** Implements {@link AgentDirectory}. */
export class KnownAgentDirectory implements AgentDirectory {
  readonly #deps: DirectoryDeps;

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  async offers(): Promise<readonly AgentOffer[]> {
    const { catalog, registry } = this.#deps;
    const configured = catalog.list();
    const taken = new Set(configured.map(({ id }) => id));
    const listed = await registry.agents();
    const others = listed.filter(({ id }) => !taken.has(id));
    for (const { id } of listed) taken.add(id);
    const known = await Promise.all(others.map((agent) => this.#offer(agent)));
    known.push(...(await this.#unlisted(taken)));
    const order = ['ready', 'installing', 'broken', 'installable', 'elsewhere'];
    return [
      ...configured.map(({ shipped, ...agent }): AgentOffer => ({
        ...agent,
        kind: 'ready',
        source: shipped ? 'shipped' : 'settings',
      })),
      ...known.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    ];
  }

  async install(agentId: string, options: InstallOptions): Promise<string | undefined> {
    const agent = await this.#known(agentId);
    return (await this.#deps.installer.install(agent, options))?.version;
  }

  async nodeProblem(agentId: string): Promise<string | undefined> {
    return this.#deps.installer.nodeProblem(await this.#known(agentId));
  }

  async remove(agentId: string): Promise<void> {
    await this.#deps.installer.remove(agentId);
  }

  async refresh(
    signal: AbortSignal,
  ): Promise<{ readonly added: number; readonly updated: number } | undefined> {
    return this.#deps.registry.refresh(signal);
  }

  async tryCommand(agent: AgentDefinition, options: TrialOptions): Promise<AgentInfo> {
    this.#deps.catalog.assertTrusted();
    return tryCommand(this.#deps, agent, options);
  }

  async describe(
    agentId: string,
  ): Promise<{ readonly definition: AgentDefinition; readonly note: AgentNote | undefined }> {
    return { definition: await this.#deps.catalog.find(agentId), note: noteOn(agentId) };
  }

  async #known(agentId: string): Promise<RegistryAgent> {
    const agent = (await this.#deps.registry.agents()).find(({ id }) => id === agentId);
    if (agent !== undefined) return agent;
    throw new SessionError('agentUnknown', `No agent "${agentId}" is in the list.`, {
      hint: 'Refresh the list of agents, or add the agent’s command yourself.',
    });
  }

  /** Those that were installed from an earlier list and are in none any more: they can still be started, and removed. */
  async #unlisted(listed: ReadonlySet<string>): Promise<readonly AgentOffer[]> {
    const { catalog, installed } = this.#deps;
    const ids = (await installed.ids()).filter((id) => !listed.has(id));
    return ids.flatMap((id): readonly AgentOffer[] => {
      const there = installed.look(id);
      if (there.kind !== 'whole') return [];
      const { name, version } = there.receipt;
      const isDefault = id === catalog.defaultAgentId;
      const ready = { kind: 'ready', source: 'installed' } as const;
      return [
        { id, name, isDefault, ...ready, version, commandLine: commandLine(there.definition) },
      ];
    });
  }

  async #offer(agent: RegistryAgent): Promise<AgentOffer> {
    const { catalog, installer, locate } = this.#deps;
    const note = noteOn(agent.id);
    const website = agent.website ?? agent.repository;
    const offer = {
      id: agent.id,
      name: agent.name,
      isDefault: agent.id === catalog.defaultAgentId,
      description: agent.description,
      ...(website === undefined ? {} : { website }),
      ...(note === undefined ? {} : { note }),
    };
    const there = await installer.look(agent.id);
    if (there.kind === 'installing') return { ...offer, kind: 'installing' };
    if (there.kind === 'whole') {
      const { version } = there.receipt;
      const newer = compareVersions(agent.version, version) > 0;
      return {
        ...offer,
        kind: 'ready',
        source: 'installed',
        version,
        commandLine: commandLine(there.definition),
        ...(newer && npmPackageOf(agent) !== undefined ? { update: agent.version } : {}),
      };
    }
    const definition = pathDefinition(agent);
    const program = definition === undefined ? undefined : await locate(definition.command);
    if (definition !== undefined && program !== undefined) {
      const name = npmPackageOf(agent)?.name;
      const version = name === undefined ? undefined : await versionOfProgram(program, name);
      return {
        ...offer,
        kind: 'ready',
        source: 'path',
        commandLine: commandLine({ ...definition, command: program }),
        ...(version === undefined ? {} : { version }),
      };
    }
    if (npmPackageOf(agent) === undefined) return { ...offer, kind: 'elsewhere' };
    return {
      ...offer,
      kind: there.kind === 'broken' ? 'broken' : 'installable',
      version: agent.version,
    };
  }
}

function commandLine({ command, args }: AgentDefinition): string {
  return [command, ...args].join(' ');
}
