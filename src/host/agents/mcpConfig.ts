// The editor's own files for MCP servers, read: `mcp.json` and what the setting `mcp` holds. No editor, no disk.
import { parse, type ParseError } from 'jsonc-parser';
import * as z from 'zod/mini';
import type { McpServer } from '../../session/mcpServer.ts';

const strings = z.record(
  z.string(),
  z.pipe(z.union([z.string(), z.number(), z.null()]), z.transform(String)),
);

const serverSchema = z.union([
  z.object({
    type: z.optional(z.literal('stdio')),
    command: z.string().check(z.minLength(1)),
    args: z._default(z.array(z.string()), []),
    env: z._default(strings, {}),
    envFile: z.optional(z.string()),
  }),
  z.object({
    type: z.optional(z.enum(['http', 'sse'])),
    url: z.string().check(z.minLength(1)),
    headers: z._default(strings, {}),
  }),
]);

const inputSchema = z.looseObject({
  id: z.string().check(z.minLength(1)),
  type: z.string(),
  description: z.optional(z.string()),
  default: z.optional(z.string()),
  password: z._default(z.boolean(), false),
  options: z._default(
    z.array(
      z.union([
        z.string(),
        z.pipe(
          z.looseObject({ value: z.string() }),
          z.transform((one) => one.value),
        ),
      ]),
    ),
    [],
  ),
});

/** A value that a person has to give: `${input:…}`. */
export type McpInput = z.output<typeof inputSchema>;

/** A server as configured, its variables not yet replaced. */
export interface ConfiguredServer {
  readonly name: string;
  readonly server: z.output<typeof serverSchema>;
}

/** What one file, or one setting, says. */
export interface McpConfig {
  readonly servers: readonly ConfiguredServer[];
  readonly inputs: readonly McpInput[];
  /** What could not be read, in words. */
  readonly problems: readonly string[];
}

/** Reads the text of an `mcp.json`; comments and trailing commas are allowed there. */
export function parseMcpFile(text: string): McpConfig {
  const errors: ParseError[] = [];
  const raw: unknown = parse(text, errors, { allowTrailingComma: true });
  if (raw === undefined || errors.length > 0) {
    const at = errors[0] === undefined ? '' : ` (at character ${errors[0].offset})`;
    return { servers: [], inputs: [], problems: [`it is not valid JSON${at}`] };
  }
  return readMcpConfig(raw);
}

/** Reads `{ servers, inputs }`; what does not fit is left out and named. */
export function readMcpConfig(raw: unknown): McpConfig {
  const whole = z
    .looseObject({
      servers: z._default(z.record(z.string(), z.unknown()), {}),
      inputs: z._default(z.array(z.unknown()), []),
    })
    .safeParse(raw ?? {});
  if (!whole.success) return { servers: [], inputs: [], problems: ['it has no "servers"'] };
  const problems: string[] = [];
  const servers = Object.entries(whole.data.servers).flatMap(([name, entry]) => {
    const server = serverSchema.safeParse(entry);
    if (server.success) return [{ name, server: server.data }];
    problems.push(`the server "${name}" has neither a command nor an address`);
    return [];
  });
  const inputs = whole.data.inputs.flatMap((entry) => {
    const input = inputSchema.safeParse(entry);
    return input.success ? [input.data] : [];
  });
  return { servers, inputs, problems };
}

/** What stands for a variable, `undefined` where there is nothing. */
export type VariableValue = (name: string, argument: string) => string | undefined;

/** The variables a server uses, by kind and argument (`input` `key`, `env` `HOME`, `workspaceFolder` ``). */
export function variablesOf({ server }: ConfiguredServer): readonly (readonly [string, string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const [whole, name = '', argument = ''] of JSON.stringify(server).matchAll(variable)) {
    found.set(whole, [name, argument]);
  }
  return [...found.values()];
}

const variable = /\$\{(\w+)(?::([^}"]*))?\}/g;

/** A text with its variables replaced; one without a value stays as it stands. */
export function withVariables(text: string, value: VariableValue): string {
  return text.replaceAll(
    variable,
    (whole, name: string, argument: string | undefined) => value(name, argument ?? '') ?? whole,
  );
}

/**
 * The server with its variables replaced.
 * @param fileEnv what its `envFile` sets; its own `env` comes on top
 */
export function resolveServer(
  { name, server }: ConfiguredServer,
  value: VariableValue,
  fileEnv: Readonly<Record<string, string>> = {},
): McpServer {
  const filled = (record: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(record).map(([key, text]) => [key, withVariables(text, value)]),
    );
  if ('command' in server) {
    return {
      transport: 'stdio',
      name,
      command: withVariables(server.command, value),
      args: server.args.map((arg) => withVariables(arg, value)),
      env: { ...fileEnv, ...filled(server.env) },
    };
  }
  const url = withVariables(server.url, value);
  const transport = server.type ?? (/\/sse\/?$/.test(url) ? 'sse' : 'http');
  return { transport, name, url, headers: filled(server.headers) };
}

/** The variables of an env file: `NAME=value` lines, quotes around the value taken off. */
export function parseEnvFile(text: string): Readonly<Record<string, string>> {
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) return [];
    return [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const];
  });
  return Object.fromEntries(entries);
}
