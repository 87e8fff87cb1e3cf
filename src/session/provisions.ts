// What a session's agent is given besides its definition: the user's keys for it, and the MCP servers it may use.
import type { ElicitationAnswer, ElicitationAsk } from './agentPort.ts';
import type { McpServer } from './mcpServer.ts';

/** What servers are wanted for. */
export interface McpRequest {
  readonly sessionId: string;
  /** The session's folder, absolute. */
  readonly cwd: string;
  /** What the agent can use besides servers that it starts itself. */
  readonly transports: { readonly http: boolean; readonly sse: boolean };
  /** Fires when the session is stopped, or its agent ends, while a person is still being asked for a value. */
  readonly signal: AbortSignal;
  /**
   * Asks the user for something before the session can start: it is an open question of the session, as its agent's are.
   * The signal fires when nobody waits for the answer any more, which is `cancel` then.
   */
  readonly ask: (question: ElicitationAsk, signal: AbortSignal) => Promise<ElicitationAnswer>;
}

/** Hands out what the user has set aside for agents, and what is known of them. Rejections never fail a start: it goes on without. */
export interface AgentProvisions {
  /** Environment variables that hold the user's keys for this agent, and for no other. */
  environment(agentId: string): Promise<Readonly<Record<string, string>>>;
  /** Whether a way to sign in to this agent is known beside those that it offers itself. */
  signInKnown(agentId: string): Promise<boolean>;
  /** The servers for one session; those it cannot use, or that lack a value, are left out. */
  mcpServers(request: McpRequest): Promise<readonly McpServer[]>;
}
