// Makes roost.vsix: the production build, packed as the marketplace would want it.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runNode } from './commands.ts';
import { cacheFolder, root } from './paths.ts';
import type { Report } from './pinned.ts';

/** Where the package lies once it is made. */
const vsixFile = join(root, 'roost.vsix');

const stampFile = join(cacheFolder, 'vsix.stamp');

/** What is looked at for the package, besides the build; `.vscodeignore` says what of it goes in. */
const staged = [
  'dist',
  'media',
  'l10n',
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

/** Folders and files whose contents decide what the package is made of. */
const inputs = [
  ...['src', 'esbuild.mjs', 'test/launch/programParts.ts', 'package-lock.json', 'tsconfig.json'],
  ...staged.slice(1),
];

/** Copies what may go into the package beside the hosts' folders and returns the place: the packer reads every file under its folder. */
export function stagePackage(): string {
  const stage = join(cacheFolder, 'package');
  rmSync(stage, { recursive: true, force: true });
  for (const name of staged.filter((one) => existsSync(join(root, one)))) {
    cpSync(join(root, name), join(stage, name), { recursive: true });
  }
  return stage;
}

/**
 * Builds for production and packs. Throws when either fails.
 * @param repository where the sources are published: pictures and links of the README then lead there, as a marketplace's page needs it
 */
export async function makeVsix(repository?: string): Promise<void> {
  const ending = await runNode(['esbuild.mjs', '--production']);
  if (ending !== 0) {
    throw new Error(`The build ended with ${ending}.`);
  }
  // Loaded only here: it takes longer than a start that packs nothing.
  const { createVSIX } = await import('@vscode/vsce');
  const stage = stagePackage();
  if (repository !== undefined) nameRepository(join(stage, 'package.json'), repository);
  await createVSIX({
    cwd: stage,
    packagePath: vsixFile,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: repository !== undefined,
  });
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(stampFile, stampNow());
}

/** The manifest itself names none: these sources do not know where they will be published. */
function nameRepository(manifestFile: string, url: string): void {
  const manifest: unknown = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const repository = { type: 'git', url };
  writeFileSync(manifestFile, JSON.stringify({ ...Object(manifest), repository }, undefined, 2));
}

/** Returns the package, made anew only where what goes into it has changed since. */
export async function freshVsix(report: Report): Promise<string> {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stampNow()) {
    report('Building and packing roost.vsix');
    await makeVsix();
  }
  return vsixFile;
}

/** Tells one package from another. */
export function vsixHash(): string {
  return hashOf([vsixFile]);
}

/** What the package was made from, and the package. */
function stampNow(): string {
  return `${hashOf(inputs.map((name) => join(root, name)))} ${vsixHash()}`;
}

function hashOf(places: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of places.flatMap(filesUnder)) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(place: string): string[] {
  if (!existsSync(place)) {
    return [];
  }
  return statSync(place).isDirectory()
    ? readdirSync(place)
        .sort()
        .flatMap((name) => filesUnder(join(place, name)))
    : [place];
}
