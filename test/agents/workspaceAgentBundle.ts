// The shipped agent's program for tests, built from source the way the extension's build does it.
import { build } from 'esbuild';
import { inParts } from '../launch/programParts.ts';

/** Builds the Workspace agent into a folder, as `workspaceAgent.cjs` and its parts. */
export async function buildWorkspaceAgent(outdir: string): Promise<void> {
  await build({
    ...inParts(outdir, 'agentParts', false),
    entryPoints: { workspaceAgent: 'src/agents/workspaceAgent/main.ts' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    logLevel: 'warning',
  });
}
