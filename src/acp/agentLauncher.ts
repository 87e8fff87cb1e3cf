// Starts agents that speak ACP: the domain's launcher.
import type { AgentEvents, AgentLauncher, AgentLink, LaunchRequest } from '../session/agentPort.ts';
import { AcpAgentLink } from './agentLink.ts';
import { FairShare } from './fairShare.ts';
import type { LinkServices } from './linkOptions.ts';
import { LongMessages } from './longMessages.ts';

export type { LinkServices };

/** Implements {@link AgentLauncher}. */
export class AcpAgentLauncher implements AgentLauncher {
  readonly #services: LinkServices;
  readonly #fairShare: FairShare;
  readonly #longMessages: LongMessages;

  constructor(services: LinkServices) {
    this.#services = services;
    this.#fairShare = new FairShare(services.clock);
    this.#longMessages = new LongMessages(services.clock);
  }

  launch(request: LaunchRequest, events: AgentEvents): AgentLink {
    return new AcpAgentLink({
      ...request,
      events,
      services: this.#services,
      fairShare: this.#fairShare,
      longMessages: this.#longMessages,
    });
  }
}
