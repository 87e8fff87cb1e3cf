// Starts agents that speak ACP: the domain's launcher.
import type { AgentEvents, AgentLauncher, AgentLink, LaunchRequest } from '../session/ports.ts';
import { AcpAgentLink } from './agentLink.ts';
import type { LinkServices } from './linkOptions.ts';

export type { LinkServices };

/** Implements {@link AgentLauncher}. */
export class AcpAgentLauncher implements AgentLauncher {
  readonly #services: LinkServices;

  constructor(services: LinkServices) {
    this.#services = services;
  }

  launch(request: LaunchRequest, events: AgentEvents): AgentLink {
    return new AcpAgentLink({
      ...request,
      events,
      services: this.#services,
    });
  }
}
