// What the rest of this room asks of the agents: which there are to choose from, and what else can be done with them.
import type { AgentDirectory } from '../../session/agentOffers.ts';
import type { AgentKeys } from './agentKeys.ts';

/** An agent that a session can be started with. */
export interface AgentChoice {
  readonly id: string;
  readonly name: string;
  /** The command line as configured, without the environment. */
  readonly commandLine: string;
}

/** The agents that can be chosen now. */
export interface AgentChoices {
  /** In the order they are offered. */
  list(): readonly AgentChoice[];
  readonly defaultAgentId: string;
  /** Looks up an agent that is not in the list, so that a session can be created with it at once. */
  find(agentId: string): Promise<{ readonly id: string }>;
}

/** What the editor's side asks about agents beyond starting them; its code is loaded when it is first asked. */
export interface AgentServices {
  directory(): Promise<AgentDirectory>;
  readonly keys: AgentKeys;
  /** The file of a program on the user's own PATH; `undefined` where there is none. */
  locate(command: string): Promise<string | undefined>;
}
