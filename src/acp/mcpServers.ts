// The MCP servers of a session, in the words of the protocol.
import type { McpServer } from '../session/mcpServer.ts';
import type { SecretMask } from './secretMask.ts';

/** MCP servers as the protocol writes them; their secrets are masked in the log of the wire from here on. */
export function mcpServersParam(
  servers: readonly McpServer[] | undefined,
  secrets: SecretMask,
): unknown {
  for (const server of servers ?? []) {
    secrets.add(Object.values(server.transport === 'stdio' ? server.env : server.headers));
    secrets.add(server.secrets ?? []);
  }
  const pairs = (record: Readonly<Record<string, string>>): unknown =>
    Object.entries(record).map(([name, value]) => ({ name, value }));
  return (servers ?? []).map((server) =>
    server.transport === 'stdio'
      ? {
          name: server.name,
          command: server.command,
          args: server.args,
          env: pairs(server.env),
        }
      : {
          type: server.transport,
          name: server.name,
          url: server.url,
          headers: pairs(server.headers),
        },
  );
}
