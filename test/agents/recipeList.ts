// The agents that others have made and that work without the internet: what is installed, how it is started, what its home holds.

/** An agent there is a recipe for. */
export type RecipeId =
  | 'claude'
  | 'cline'
  | 'codex'
  | 'codex-acp'
  | 'copilot'
  | 'gemini'
  | 'kilo'
  | 'kimi'
  | 'opencode'
  | 'pi'
  | 'qwen';

/** How one agent is run against the model server. */
export interface Recipe {
  /** Its id in the registry, where it is there: what Roost comes to know of it is then held against what it says itself. */
  readonly registryId?: string;
  /** The product, for people. */
  readonly product: string;
  /** What is installed, with its version. */
  readonly packages: string;
  /** The platforms (`linux-x64`) it can be had for. */
  readonly platforms: readonly string[];
  /** Path of the program in the installed folder; a script is run by Node. */
  readonly program: (platform: string) => string;
  readonly args: readonly string[];
  /** Files of the home, by their path in it. */
  readonly files: (modelUrl: string) => Readonly<Record<string, string>>;
  readonly env: (modelUrl: string, installed: string) => Readonly<Record<string, string>>;
  /** Arguments with which the program sets itself up in a new home, where it does not take a file for that. */
  readonly prepare?: (modelUrl: string) => readonly string[];
  /** What it cannot do by its nature, and the matrix therefore does not ask of it. */
  readonly lacks: readonly ('permissions' | 'write')[];
}

const executable = process.platform === 'win32' ? '.exe' : '';
const everywhere = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-x64',
];
/** Where others were tried, and where their lock files have a program for. */
const linux = ['linux-x64'];

const codexConfig = (modelUrl: string): string =>
  [
    'model = "lab-model"',
    'model_provider = "lab"',
    'approval_policy = "on-request"',
    'approvals_reviewer = "user"',
    'sandbox_mode = "read-only"',
    'check_for_update_on_startup = false',
    '[analytics]',
    'enabled = false',
    '[model_providers.lab]',
    'name = "Lab"',
    `base_url = "${modelUrl}/v1"`,
    'wire_api = "responses"',
    'env_key = "LAB_KEY"',
    'requires_openai_auth = false',
    '',
  ].join('\n');

/** The settings of opencode, and of kilo, which descends from it. */
const opencodeConfig = (modelUrl: string): string =>
  JSON.stringify({
    provider: {
      lab: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Lab',
        options: { baseURL: `${modelUrl}/v1`, apiKey: 'lab' },
        models: {
          'lab-model': {
            name: 'Lab model',
            tool_call: true,
            limit: { context: 200_000, output: 8192 },
          },
        },
      },
    },
    model: 'lab/lab-model',
    small_model: 'lab/lab-model',
    autoupdate: false,
    share: 'disabled',
    permission: { bash: 'ask', edit: 'ask' },
  });

const quietOpencode = (prefix: string): Readonly<Record<string, string>> => ({
  [`${prefix}_DISABLE_MODELS_FETCH`]: '1',
  [`${prefix}_DISABLE_AUTOUPDATE`]: '1',
  [`${prefix}_DISABLE_LSP_DOWNLOAD`]: '1',
  [`${prefix}_DISABLE_DEFAULT_PLUGINS`]: '1',
});

/** All recipes. What is left to an agent's own defaults is left so on purpose: Roost has to cope with them. */
export const recipes: Readonly<Record<RecipeId, Recipe>> = {
  claude: {
    registryId: 'claude-acp',
    product: 'Claude Code',
    packages: '@agentclientprotocol/claude-agent-acp 0.101.0',
    platforms: linux,
    program: () => 'node_modules/@agentclientprotocol/claude-agent-acp/dist/index.js',
    args: [],
    files: () => ({}),
    env: (modelUrl) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: 'lab-key',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // Else it does not start for the user root at all, which tests in containers are.
      IS_SANDBOX: '1',
      DISABLE_AUTOUPDATER: '1',
    }),
    lacks: [],
  },
  cline: {
    registryId: 'cline',
    product: 'Cline',
    packages: 'cline 3.0.65',
    platforms: linux,
    program: (platform) => `node_modules/@cline/cli-${platform}/bin/cline`,
    args: ['--acp', '--auto-approve', 'false'],
    files: () => ({}),
    env: () => ({
      CLINE_NO_AUTO_UPDATE: '1',
      CLINE_API_KEY: 'lab',
      CLINE_PROVIDER: 'openai-compatible',
      CLINE_MODEL: 'lab-model',
    }),
    prepare: (modelUrl) => [
      'auth',
      ...['-p', 'openai', '-k', 'lab', '-m', 'lab-model', '-b', `${modelUrl}/v1`],
    ],
    lacks: [],
  },
  codex: {
    product: 'Codex (the earlier adapter, in Rust)',
    packages: '@zed-industries/codex-acp 0.16.0',
    platforms: everywhere,
    program: (platform) =>
      `node_modules/@zed-industries/codex-acp-${platform}/bin/codex-acp${executable}`,
    args: [],
    files: (modelUrl) => ({ '.codex/config.toml': codexConfig(modelUrl) }),
    env: () => ({ LAB_KEY: 'lab-key' }),
    lacks: ['write'],
  },
  'codex-acp': {
    registryId: 'codex-acp',
    product: 'Codex',
    packages: '@agentclientprotocol/codex-acp 2.6.0',
    platforms: linux,
    program: () => 'node_modules/@agentclientprotocol/codex-acp/dist/index.js',
    args: [],
    files: (modelUrl) => ({ '.codex/config.toml': codexConfig(modelUrl) }),
    env: () => ({ LAB_KEY: 'lab-key' }),
    lacks: ['write'],
  },
  copilot: {
    registryId: 'github-copilot-cli',
    product: 'GitHub Copilot CLI',
    packages: '@github/copilot 1.0.102',
    platforms: linux,
    program: (platform) => `node_modules/@github/copilot-${platform}/copilot`,
    args: ['--acp'],
    files: () => ({}),
    env: (modelUrl) => ({
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: 'lab-key',
      COPILOT_MODEL: 'lab-model',
    }),
    lacks: [],
  },
  gemini: {
    registryId: 'gemini',
    product: 'Gemini CLI',
    packages: '@google/gemini-cli 0.61.0',
    platforms: linux,
    program: () => 'node_modules/@google/gemini-cli/bundle/gemini.js',
    args: ['--acp'],
    files: () => ({
      '.gemini/settings.json': JSON.stringify({
        security: {
          auth: { selectedType: 'gemini-api-key' },
          folderTrust: { enabled: false },
        },
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true },
      }),
    }),
    env: (modelUrl) => ({
      GEMINI_API_KEY: 'lab-key',
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_TELEMETRY_ENABLED: 'false',
      // Named, because without it another model is asked first which one to take.
      GEMINI_MODEL: 'gemini-2.5-flash',
    }),
    lacks: [],
  },
  kilo: {
    registryId: 'kilo',
    product: 'Kilo',
    packages: '@kilocode/cli 7.7.7',
    platforms: linux,
    program: (platform) => `node_modules/@kilocode/cli-${platform}/bin/kilo`,
    args: ['acp'],
    files: (modelUrl) => ({ '.config/kilo/kilo.json': opencodeConfig(modelUrl) }),
    env: () => quietOpencode('KILO'),
    lacks: [],
  },
  kimi: {
    registryId: 'kimi',
    product: 'Kimi Code',
    packages: '@moonshot-ai/kimi-code 2.1.0',
    platforms: linux,
    program: () => 'node_modules/@moonshot-ai/kimi-code/dist/main.mjs',
    args: ['acp'],
    files: () => ({}),
    env: (modelUrl) => ({
      KIMI_CODE_NO_AUTO_UPDATE: '1',
      KIMI_MODEL_NAME: 'lab-model',
      KIMI_MODEL_API_KEY: 'lab-key',
      KIMI_MODEL_PROVIDER_TYPE: 'openai',
      KIMI_MODEL_BASE_URL: `${modelUrl}/v1`,
      KIMI_MODEL_MAX_CONTEXT_SIZE: '200000',
    }),
    lacks: [],
  },
  opencode: {
    registryId: 'opencode',
    product: 'opencode',
    packages: 'opencode-ai 1.18.33',
    platforms: linux,
    program: (platform) => `node_modules/opencode-${platform}/bin/opencode`,
    args: ['acp'],
    files: (modelUrl) => ({ '.config/opencode/opencode.json': opencodeConfig(modelUrl) }),
    env: () => quietOpencode('OPENCODE'),
    lacks: [],
  },
  pi: {
    registryId: 'pi-acp',
    product: 'pi',
    packages: 'pi-acp 0.0.34 with @earendil-works/pi-coding-agent 0.87.1',
    platforms: linux,
    program: () => 'node_modules/pi-acp/dist/index.js',
    args: [],
    files: (modelUrl) => ({
      '.pi/agent/models.json': JSON.stringify({
        providers: {
          lab: {
            baseUrl: `${modelUrl}/v1`,
            api: 'openai-completions',
            apiKey: 'lab-key',
            models: [{ id: 'lab-model' }],
          },
        },
      }),
      '.pi/agent/settings.json': JSON.stringify({
        defaultProvider: 'lab',
        defaultModel: 'lab-model',
      }),
    }),
    env: (_modelUrl, installed) => ({
      PI_OFFLINE: '1',
      PI_ACP_PI_COMMAND: `${installed}/node_modules/.bin/pi`,
    }),
    lacks: ['permissions'],
  },
  qwen: {
    registryId: 'qwen-code',
    product: 'Qwen Code',
    packages: '@qwen-code/qwen-code 0.24.4',
    platforms: linux,
    program: () => 'node_modules/@qwen-code/qwen-code/cli.js',
    args: ['--acp'],
    files: () => ({
      '.qwen/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'openai' } },
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true },
        telemetry: { enabled: false },
      }),
    }),
    env: (modelUrl) => ({
      OPENAI_API_KEY: 'lab-key',
      OPENAI_BASE_URL: `${modelUrl}/v1`,
      OPENAI_MODEL: 'lab-model',
    }),
    lacks: [],
  },
};

/** Agents that are known but have no recipe, and why. */
export const notHere: readonly { readonly product: string; readonly reason: string }[] = [
  {
    product: 'Auggie (`@augmentcode/auggie`)',
    reason:
      'opens no session without an account; Roost offers its sign-in (`auggie login` in a terminal, or a key) and goes on afterwards',
  },
  {
    product: 'Qoder (`@qoder-ai/qodercli`)',
    reason:
      'opens no session without an account; Roost offers its sign-in (its own method, or `qodercli` in a terminal) and goes on afterwards',
  },
  {
    product: 'Factory Droid (`@factory/cli`)',
    reason: 'its package only downloads the program from elsewhere',
  },
  {
    product: 'Goose, Mistral Vibe, Junie, Amp, Cursor, Devin, Grok Build',
    reason: 'their programs are in no package of npm, or need an account to answer at all',
  },
];
