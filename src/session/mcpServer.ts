// An MCP server as an agent is told of it.

/** An MCP server that an agent is told to use; the agent starts or contacts it. */
export type McpServer = {
  /** What a person was asked for and is in its arguments, address or variables: for the agent, and no log. */
  readonly secrets?: readonly string[];
} & (
  | {
      readonly transport: 'stdio';
      readonly name: string;
      /** Absolute where it could be found, else as configured. */
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | {
      readonly transport: 'http' | 'sse';
      readonly name: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    }
);
