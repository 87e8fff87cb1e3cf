// Starts agents that speak ACP: the domain's launcher.
import type { AgentEvents, AgentLauncher, AgentLink, LaunchRequest } from '../session/ports.ts';
import { AcpAgentLink, type LinkServices } from './agentLink.ts';

export type { LinkServices };

/** Implements {@link AgentLauncher}. One per extension host: what it remembers of conversations outlives their links. */
export class AcpAgentLauncher implements AgentLauncher {
  readonly #services: LinkServices;
  readonly #createdAt = new Map<string, number>();

  constructor(services: LinkServices) {
    this.#services = services;
  }

  launch(request: LaunchRequest, events: AgentEvents): AgentLink {
    return new AcpAgentLink({
      ...request,
      events,
      services: this.#services,
      createdAt: this.#createdAt,
    });
  }
}
