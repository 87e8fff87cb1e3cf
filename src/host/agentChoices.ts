// What the rest of this room asks of the agents: which there are to choose from.

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
}
