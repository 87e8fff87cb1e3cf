// Reading the editor's files for MCP servers: their format, variables, env files, and what is wrong with them.
import { describe, expect, it } from 'vitest';
import {
  parseEnvFile,
  parseMcpFile,
  resolveServer,
  variablesOf,
  type McpConfig,
} from '../../../src/host/agents/mcpConfig.ts';

const values: Readonly<Record<string, string>> = {
  'input:token': 'the "token"',
  'env:HOME': '/home/me',
  'workspaceFolder:': '/work',
};

function resolved(config: McpConfig): unknown {
  return config.servers.map((one) =>
    resolveServer(one, (name, argument) => values[`${name}:${argument}`]),
  );
}

describe('mcp.json', () => {
  it('is read as the editor reads it, comments and trailing commas included', () => {
    const config = parseMcpFile(`{
      // What we use here
      "inputs": [{ "type": "promptString", "id": "token", "description": "A token", "password": true }],
      "servers": {
        "files": { "command": "\${workspaceFolder}/bin/files", "args": ["--home", "\${env:HOME}"], "env": { "N": 1 }, },
        "remote": { "type": "http", "url": "http://127.0.0.1:1/mcp", "headers": { "Authorization": "Bearer \${input:token}" } },
        "old": { "url": "http://127.0.0.1:1/sse" },
      },
    }`);
    expect(config.problems).toEqual([]);
    expect(config.inputs).toMatchObject([{ id: 'token', password: true }]);
    expect(resolved(config)).toEqual([
      {
        transport: 'stdio',
        name: 'files',
        command: '/work/bin/files',
        args: ['--home', '/home/me'],
        env: { N: '1' },
      },
      {
        transport: 'http',
        name: 'remote',
        url: 'http://127.0.0.1:1/mcp',
        headers: { Authorization: 'Bearer the "token"' },
      },
      { transport: 'sse', name: 'old', url: 'http://127.0.0.1:1/sse', headers: {} },
    ]);
    const [, remote] = config.servers;
    expect(remote && variablesOf(remote)).toEqual([['input', 'token']]);
  });

  it('says what is wrong with it, and keeps what is right', () => {
    expect(parseMcpFile('{ "servers": ').problems[0]).toMatch(/^it is not valid JSON/);
    expect(parseMcpFile('').problems).toHaveLength(1);
    expect(parseMcpFile('{ "servers": [] }').problems).toEqual(['it has no "servers"']);
    const half = parseMcpFile('{ "servers": { "a": {}, "b": { "command": "b" } } }');
    expect(half.servers.map(({ name }) => name)).toEqual(['b']);
    expect(half.problems).toEqual(['the server "a" has neither a command nor an address']);
  });

  it('leaves a variable that nobody knows as it stands', () => {
    const config = parseMcpFile('{ "servers": { "a": { "command": "${command:pick}" } } }');
    expect(resolved(config)).toMatchObject([{ command: '${command:pick}' }]);
  });
});

it('an env file is lines of NAME=value', () => {
  expect(parseEnvFile('# no\nA=1\nexport B="two words"\r\nC=\nnot a line\n9=x')).toEqual({
    A: '1',
    B: 'two words',
    C: '',
  });
});
