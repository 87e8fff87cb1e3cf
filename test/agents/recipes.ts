// Installs agents that others have made and prepares a home for each, in which it reaches nothing but loopback.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { installPinned, MissingError, type Report } from '../launch/pinned.ts';
import { recipes, type RecipeId } from './recipeList.ts';
import type { PeerCommand } from './sdkPeer.ts';

/** What a recipe needs to know. */
export interface RecipeSurroundings {
  /** A folder that becomes the agent's home; what an earlier run left there is kept. */
  readonly home: string;
  /** The model server, without a path. */
  readonly modelUrl: string;
  /** Hears of the download, which is large. */
  readonly report: Report;
}

/** A command that starts the agent; where it is started is up to the caller. */
export type AgentCommand = Omit<PeerCommand, 'cwd'>;

const platform = `${process.platform}-${process.arch}`;

// The keys of a record of this type are its ids.
const all = Object.keys(recipes) as RecipeId[];

/** The agents that can be had on this machine. */
export const recipeIds: readonly RecipeId[] = all.filter((id) =>
  recipes[id].platforms.includes(platform),
);

/**
 * Those of them for every run of all tests: quick, and in need of nothing but Node or the C library. One runs its commands and
 * files by itself, the other in Roost's terminals and through the editor.
 */
export const lightRecipeIds: readonly RecipeId[] = recipeIds.filter(
  (id) => id === 'kimi' || id === 'opencode',
);

/**
 * Installs an agent, unless it is there already, and prepares its home.
 * @returns the command that starts it; with it, the agent reaches nothing but loopback
 * @throws MissingError when this machine lacks a library that the program is linked with
 */
export async function recipe(
  id: RecipeId,
  { home, modelUrl, report }: RecipeSurroundings,
): Promise<AgentCommand> {
  const { packages: title, program, args, files, env, prepare } = recipes[id];
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
  const file = join(folder, program(platform));
  const isScript = /\.m?js$/u.test(file);
  const missing = isScript ? [] : missingLibraries(file);
  if (missing.length > 0) {
    throw new MissingError(`${title} needs ${missing.join(', ')}, which this machine lacks`);
  }
  const whole = {
    HOME: home,
    // Programs that start Node themselves get the one that runs us: some need a newer one than is installed.
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
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
    ...env(modelUrl, folder),
  };
  if (prepare !== undefined) {
    execFileSync(file, prepare(modelUrl), { env: { ...process.env, ...whole }, timeout: 60_000 });
  }
  return isScript
    ? { command: process.execPath, args: [file, ...args], env: whole }
    : { command: file, args, env: whole };
}

/** The shared libraries a program is linked with that the system does not find; none are looked for outside Linux. */
function missingLibraries(file: string): string[] {
  if (process.platform !== 'linux') return [];
  const { stdout, error } = spawnSync('ldd', [file], { encoding: 'utf8', timeout: 10_000 });
  if (error !== undefined) return [];
  return [...stdout.matchAll(/^\s*(\S+) => not found/gmu)].map(([, name]) => name ?? '');
}
