// How agents that others have made are installed and started against the model server, each in a home of its own.
import { chmodSync, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installPinned, type Report } from '../launch/pinned.ts';
import type { PeerCommand } from './sdkPeer.ts';

/** An agent there is a recipe for. */
export type RecipeId = 'codex' | 'opencode';

/** What a recipe needs to know. */
export interface RecipeSurroundings {
  /** An empty folder that becomes the agent's home. */
  readonly home: string;
  /** The model server, without a path. */
  readonly modelUrl: string;
  /** Hears of the download, which is large. */
  readonly report: Report;
}

/** A command that starts the agent; where it is started is up to the caller. */
export type AgentCommand = Omit<PeerCommand, 'cwd'>;

interface Recipe {
  readonly title: string;
  /** The platforms (`linux-x64`) it can be had for. */
  readonly platforms: readonly string[];
  /** Path of the program in the installed folder. */
  readonly program: (platform: string) => string;
  readonly args: readonly string[];
  /** Files of the home, by their path in it. */
  readonly files: (modelUrl: string) => Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

const executable = process.platform === 'win32' ? '.exe' : '';

const recipes: Readonly<Record<RecipeId, Recipe>> = {
  codex: {
    title: 'Codex agent 0.16.0',
    platforms: [
      'darwin-arm64',
      'darwin-x64',
      'linux-arm64',
      'linux-x64',
      'win32-arm64',
      'win32-x64',
    ],
    program: (platform) =>
      `node_modules/@zed-industries/codex-acp-${platform}/bin/codex-acp${executable}`,
    args: [],
    files: (modelUrl) => ({
      '.codex/config.toml': [
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
      ].join('\n'),
    }),
    env: { LAB_KEY: 'lab-key' },
  },
  opencode: {
    title: 'opencode 1.18.33',
    platforms: ['linux-x64'],
    program: (platform) => `node_modules/opencode-${platform}/bin/opencode`,
    args: ['acp'],
    files: (modelUrl) => ({
      '.config/opencode/opencode.json': JSON.stringify({
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
      }),
    }),
    env: {
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
  },
};

const platform = `${process.platform}-${process.arch}`;

/** The agents that can be had on this machine. */
export const recipeIds: readonly RecipeId[] = (['codex', 'opencode'] as const).filter((id) =>
  recipes[id].platforms.includes(platform),
);

/**
 * Installs an agent, unless it is there already, and prepares its home.
 * @returns the command that starts it; with it, the agent reaches nothing but loopback
 */
export async function recipe(
  id: RecipeId,
  { home, modelUrl, report }: RecipeSurroundings,
): Promise<AgentCommand> {
  const { title, program, args, files, env } = recipes[id];
  const folder = await installPinned(
    {
      name: `agents/${id}`,
      title,
      manifest: join(import.meta.dirname, 'packages', id),
      layout: 1,
      finish(installed) {
        const file = join(installed, program(platform));
        if (!existsSync(file)) throw new Error(`${title}: its package has no ${program(platform)}`);
        chmodSync(file, 0o755);
      },
    },
    report,
  );
  for (const [path, text] of Object.entries(files(modelUrl))) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  return {
    command: join(folder, program(platform)),
    args,
    env: {
      HOME: home,
      USERPROFILE: home,
      CODEX_HOME: join(home, '.codex'),
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local', 'share'),
      XDG_STATE_HOME: join(home, '.local', 'state'),
      XDG_CACHE_HOME: join(home, '.cache'),
      // Nobody listens there: whatever is not on loopback fails at once instead of reaching out.
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
      ...env,
    },
  };
}
