// The shipped agent's program for tests, built from source the way the extension's build does it.
import { build } from 'esbuild';

/** Builds the Workspace agent into one file. */
export async function buildWorkspaceAgent(outfile: string): Promise<void> {
  await build({
    entryPoints: ['src/agents/workspaceAgent/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  });
}
