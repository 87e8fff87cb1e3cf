// Builds the guard's program as it is built for the extension.
import { build, buildSync, type BuildOptions } from 'esbuild';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

const options: BuildOptions = {
  entryPoints: [join(root, 'src/process/guardMain.ts')],
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  logLevel: 'error',
};

/** Builds the guard's bundle into a folder. */
export function buildGuard(folder: string): string {
  const outfile = join(folder, 'guard.cjs');
  buildSync({ ...options, outfile });
  return outfile;
}

/** The same, with the stand-in for Windows inside; `command` is its taskkill. */
export async function buildGuardAsOnWindows(
  folder: string,
  command: readonly string[],
): Promise<string> {
  const outfile = join(folder, 'guard-as-on-windows.cjs');
  const system = join(root, 'test/process/support/asOnWindows.ts');
  await build({
    ...options,
    outfile,
    plugins: [
      {
        name: 'as-on-windows',
        setup(bundle) {
          bundle.onLoad({ filter: /[\\/]processSystem\.ts$/ }, () => ({
            contents: `import { systemAsOnWindows } from ${JSON.stringify(system)};
              export const processSystem = () => systemAsOnWindows(${JSON.stringify(command)});`,
            resolveDir: folder,
            loader: 'ts',
          }));
        },
      },
    ],
  });
  return outfile;
}
