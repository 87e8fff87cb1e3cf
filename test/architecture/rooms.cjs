// The rooms of src/ and which room may import which: dependency-cruiser reads this; everything not listed is an error.

/** room → the rooms it may import (besides itself). `api` and `metricsView` are single files. */
const rooms = {
  session: [],
  process: ['session'],
  acp: ['session', 'process'],
  storage: ['session'],
  agents: ['session'],
  host: ['session', 'chatProtocol', 'metricsView', 'api'],
  webview: ['chatProtocol', 'metricsView'],
};

/** Which rooms may reach a package or a core module that others may not. */
const only = [
  { name: 'vscode', path: '^vscode$|@types/vscode/', rooms: 'host/|(extension|roost|api)\\.ts' },
  { name: 'sdk', path: '@agentclientprotocol/sdk', rooms: 'acp/|agents/workspaceAgent/' },
  { name: 'child-process', path: '^(node:)?child_process$', rooms: 'process/' },
];

const forbidden = [
  { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'not-to-unresolvable',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^vscode$' },
  },
  {
    name: 'not-from-src-to-test',
    severity: 'error',
    from: { path: '^src' },
    to: { path: '^test' },
  },
  {
    name: 'session-is-pure',
    comment: 'The domain knows no editor, no Node and no protocol library.',
    severity: 'error',
    from: { path: '^src/session/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'webview-has-no-node',
    severity: 'error',
    from: { path: '^src/webview/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'chat-protocol-imports-only-zod',
    severity: 'error',
    from: { path: '^src/chatProtocol/' },
    to: { pathNot: 'node_modules/zod|^zod|^src/chatProtocol/' },
  },
  {
    name: 'api-imports-types-only',
    severity: 'error',
    from: { path: '^src/api\\.ts$' },
    to: { path: '^src', pathNot: '^src/session/' },
  },
  {
    name: 'workspace-agent-is-its-own-program',
    comment:
      'The shipped agent runs in its own process and shares no code with the extension, only types of the domain.',
    severity: 'error',
    from: { path: '^src/agents/workspaceAgent/' },
    to: {
      path: '^src',
      pathNot: '^src/agents/workspaceAgent/',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'workspace-agent-is-not-imported',
    severity: 'error',
    from: { path: '^src', pathNot: '^src/agents/workspaceAgent/' },
    to: { path: '^src/agents/workspaceAgent/' },
  },
  ...Object.entries(rooms).map(([room, may]) => ({
    name: `${room}-imports`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { path: '^src/', pathNot: `^src/(${[room, ...may].join('|')})(/|\\.ts$)` },
  })),
  ...only.map((rule) => ({
    name: `only-some-rooms-reach-${rule.name}`,
    severity: 'error',
    from: { path: '^src/', pathNot: `^src/(${rule.rooms})` },
    to: { path: rule.path },
  })),
];

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^esbuild\\.mjs$|test/fixtures/(violations|workspace)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
