// Other extensions of the tests, beside Roost in a window: made from their sources in `test/fixtures/extensions`.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { root } from './paths.ts';

/** How everything is bundled that an extension host of the tests loads, besides Roost. */
export const hostBundle: BuildOptions = {
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: 'inline',
  logLevel: 'warning',
};

/** Makes the extension of this name in a folder, which a window can then be given as one under development. */
export async function bundleExtension(name: string, folder: string): Promise<void> {
  const source = join(root, 'test', 'fixtures', 'extensions', name);
  await build({
    ...hostBundle,
    entryPoints: [join(source, 'extension.ts')],
    outdir: folder,
    external: ['vscode'],
  });
  cpSync(join(source, 'package.json'), join(folder, 'package.json'));
}

/** Packs the extension of this name into a file in the folder, to be installed as a person installs one. */
export async function packExtension(name: string, folder: string): Promise<string> {
  const home = join(folder, name);
  await bundleExtension(name, home);
  const { createVSIX } = await import('@vscode/vsce');
  const packagePath = join(folder, `${name}.vsix`);
  await createVSIX({
    cwd: home,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: true,
    allowUnusedFilesPattern: true,
  });
  return packagePath;
}
