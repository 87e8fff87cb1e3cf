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
export function buildGuardAsOnWindows(folder: string, command: readonly string[]): Promise<string> {
  const file = new URL('./asOnWindows.ts', import.meta.url).pathname;
  return buildGuardOn(folder, { file, make: 'systemAsOnWindows', argument: command });
}

/** The same, with one more process to end that shows when the guard has looked for the first time. */
export function buildGuardWithLateBirth(folder: string, tag: string): Promise<string> {
  const file = new URL('./lateBirth.ts', import.meta.url).pathname;
  return buildGuardOn(folder, { file, make: 'systemWithLateBirth', argument: tag });
}

/** The guard on another system: what a function of a file makes of an argument. */
async function buildGuardOn(
  folder: string,
  {
    file,
    make,
    argument,
  }: { readonly file: string; readonly make: string; readonly argument: unknown },
): Promise<string> {
  const outfile = join(folder, `guard-${make}.cjs`);
  await build({
    ...options,
    outfile,
    plugins: [
      {
        name: 'another-system',
        setup(bundle) {
          bundle.onLoad({ filter: /[\\/]processSystem\.ts$/ }, () => ({
            contents: `import { ${make} } from ${JSON.stringify(file)};
              export const processSystem = () => ${make}(${JSON.stringify(argument)});`,
            resolveDir: folder,
            loader: 'ts',
          }));
        },
      },
    ],
  });
  return outfile;
}
