// Builds the guard's program as it is built for the extension.
import { buildSync } from 'esbuild';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

/** Builds the guard's bundle into a folder. */
export function buildGuard(folder: string): string {
  const outfile = join(folder, 'guard.cjs');
  buildSync({
    entryPoints: [join(root, 'src/process/guardMain.ts')],
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}
