// Builds this room's parts that wait for their first use: what is installed, the registry, and the directory over both.
import { join } from 'node:path';
import type { AgentDirectory } from '../session/agentOffers.ts';
import type { AgentDefinition } from '../session/agentPort.ts';
import type { Logger } from '../session/ports.ts';
import type { ProcessOwners, RunProgram } from '../session/programs.ts';
import { KnownAgentDirectory, type DirectoryDeps } from './agentDirectory.ts';
import { AgentInstaller } from './agentInstaller.ts';
import { InstalledAgents } from './installedAgents.ts';
import { knownDefinition } from './knownDefinitions.ts';
import { RegistryCopy } from './registryCopy.ts';

/** What the parts are built from. */
export interface AgentPartsDeps extends Pick<
  DirectoryDeps,
  'catalog' | 'launcher' | 'clock' | 'locate'
> {
  /** Folder that agents are installed in, absolute; made when the first one is. */
  readonly root: string;
  readonly run: RunProgram;
  readonly owners: ProcessOwners;
  readonly logger: Logger;
  /** Where the list of agents is asked for; empty for the public registry. */
  readonly registryUrl: () => string;
}

/** The parts. They hold nothing and need no disposal. */
export interface AgentParts {
  readonly directory: AgentDirectory;
  /** An agent that is neither shipped nor in the settings. @throws SessionError `installFailed` */
  readonly definitionOf: (agentId: string) => Promise<AgentDefinition | undefined>;
}

/** Builds them. */
export function createAgentParts(deps: AgentPartsDeps): AgentParts {
  const { root, run, owners, logger, clock, registryUrl } = deps;
  const installed = new InstalledAgents(root);
  const registry = new RegistryCopy({
    file: join(root, 'registry.json'),
    logger,
    url: registryUrl,
  });
  const installer = new AgentInstaller({ installed, run, owners, logger, now: () => clock.now() });
  return {
    directory: new KnownAgentDirectory({ ...deps, installed, registry, installer }),
    definitionOf: (agentId) => knownDefinition({ installed, registry }, agentId),
  };
}
