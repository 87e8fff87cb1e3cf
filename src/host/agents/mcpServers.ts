// The MCP servers that the user has set up in the editor, for the sessions of agents: found, filled in, and those that cannot be used named.
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Logger } from '../../session/ports.ts';
import type { McpServer } from '../../session/mcpServer.ts';
import type { McpRequest } from '../../session/provisions.ts';
import {
  parseEnvFile,
  parseMcpFile,
  readMcpConfig,
  resolveServer,
  variablesOf,
  withVariables,
  type ConfiguredServer,
  type McpConfig,
  type VariableValue,
} from './mcpConfig.ts';
import { McpInputs } from './mcpInputs.ts';
import { notificationText } from '../plainText.ts';

/** What the servers are found with. */
export interface McpServersDeps {
  readonly logger: Logger;
  /** `roost.mcp.enabled`. */
  readonly enabled: () => boolean;
  /** Where the editor keeps this extension's storage: the user's own `mcp.json` is near it. */
  readonly globalStorage: vscode.Uri;
  /** The absolute path of a program on the user's PATH. */
  readonly locate: (command: string) => Promise<string | undefined>;
}

/** A server, and where it was found. */
interface Found {
  readonly from: string;
  readonly config: McpConfig;
  readonly configured: ConfiguredServer;
}

/** Hands out servers. */
export class McpServers {
  readonly #deps: McpServersDeps;
  readonly #inputs = new McpInputs(vscode.l10n.t);
  readonly #told = new Set<string>();

  constructor(deps: McpServersDeps) {
    this.#deps = deps;
  }

  /** The servers for one session: the workspace's before the user's where both have one of a name. */
  async forSession(request: McpRequest): Promise<readonly McpServer[]> {
    if (!vscode.workspace.isTrusted || !this.#deps.enabled()) return [];
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(request.cwd));
    const found = new Map<string, Found>();
    for (const source of await this.#sources(folder)) {
      for (const configured of source.config.servers) {
        if (!found.has(configured.name)) found.set(configured.name, { ...source, configured });
      }
    }
    const servers: McpServer[] = [];
    // One after the other, because each may ask for something.
    for (const one of found.values()) {
      if (request.signal.aborted) return [];
      const server = await this.#resolve(one, folder, request);
      if (server !== undefined) servers.push(server);
    }
    return servers;
  }

  async #resolve(
    found: Found,
    folder: vscode.WorkspaceFolder | undefined,
    request: McpRequest,
  ): Promise<McpServer | undefined> {
    const { configured } = found;
    const inputs = new Map<string, string>();
    for (const [name, argument] of variablesOf(configured)) {
      if (name === 'input') {
        const { config, from } = found;
        const input = config.inputs.find(({ id }) => id === argument);
        const wanted = { from, server: configured.name, id: argument, input };
        const answer = await this.#inputs.value(wanted, request);
        if (request.signal.aborted) return undefined;
        if (answer === undefined) {
          this.#skip(found, argument);
          return undefined;
        }
        inputs.set(argument, answer);
      }
    }
    const value = variables(folder, inputs);
    const { server } = configured;
    const envFile = 'command' in server ? server.envFile : undefined;
    const fileEnv =
      envFile === undefined ? undefined : await this.#readEnv(withVariables(envFile, value));
    const resolved = {
      ...resolveServer(configured, value, fileEnv),
      secrets: [...inputs.values()],
    };
    if (resolved.transport === 'stdio') {
      return {
        ...resolved,
        command: (await this.#deps.locate(resolved.command)) ?? resolved.command,
      };
    }
    if (request.transports[resolved.transport]) return resolved;
    this.#deps.logger.info(
      `${request.sessionId}: the MCP server ${resolved.name} is not passed on; the agent does not reach servers by ${resolved.transport}.`,
    );
    return undefined;
  }

  /** Said once in a window for each server. */
  #skip({ configured, from }: Found, input: string): void {
    const { name } = configured;
    this.#deps.logger.warn(
      `The MCP server ${name} (${from}) was left out: "${input}" was not given.`,
    );
    if (this.#told.has(name)) return;
    this.#told.add(name);
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The agent goes without the MCP server {0}, because "{1}" was not given.',
        notificationText(name),
        notificationText(input),
      ),
    );
  }

  async #sources(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<readonly { readonly from: string; readonly config: McpConfig }[]> {
    const { globalStorage } = this.#deps;
    // <user data>/User/globalStorage/<extension>, or a profile's; on a remote machine its own user data.
    const user = vscode.Uri.joinPath(globalStorage, '..', '..');
    const files = [
      ...(folder === undefined ? [] : [vscode.Uri.joinPath(folder.uri, '.vscode', 'mcp.json')]),
      vscode.Uri.joinPath(user, 'mcp.json'),
      vscode.Uri.joinPath(user, '..', 'Machine', 'mcp.json'),
    ];
    const read = await Promise.all(files.map((file) => this.#file(file)));
    const setting = vscode.workspace.getConfiguration('mcp', folder?.uri);
    const inSettings = readMcpConfig({
      servers: setting.get<unknown>('servers') ?? {},
      inputs: setting.get<unknown>('inputs') ?? [],
    });
    return [...read.flat(), { from: 'settings', config: inSettings }];
  }

  async #file(
    file: vscode.Uri,
  ): Promise<readonly { readonly from: string; readonly config: McpConfig }[]> {
    let text: string;
    try {
      text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    } catch {
      // There is none.
      return [];
    }
    const config = parseMcpFile(text);
    for (const problem of config.problems) this.#deps.logger.warn(`${file.fsPath}: ${problem}`);
    return [{ from: file.fsPath, config }];
  }

  async #readEnv(path: string): Promise<Readonly<Record<string, string>>> {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.file(path));
      return parseEnvFile(new TextDecoder().decode(bytes));
    } catch {
      this.#deps.logger.warn(`The env file of an MCP server could not be read: ${path}`);
      return {};
    }
  }
}

function variables(
  folder: vscode.WorkspaceFolder | undefined,
  inputs: ReadonlyMap<string, string>,
): VariableValue {
  return (name, argument) => {
    switch (name) {
      case 'input':
        return inputs.get(argument);
      case 'env':
        return process.env[argument] ?? '';
      case 'userHome':
        return homedir();
      case 'workspaceFolder':
      case 'workspaceRoot':
        return folder?.uri.fsPath;
      case 'workspaceFolderBasename':
        return folder === undefined ? undefined : basename(folder.uri.fsPath);
      case 'pathSeparator':
        return process.platform === 'win32' ? '\\' : '/';
      default:
        return undefined;
    }
  };
}
