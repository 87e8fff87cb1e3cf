// The check of import directions bites: each planted violation is found, by its rule, and nothing else is.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { root } from '../launch/paths.ts';

const report = z.object({
  summary: z.object({
    violations: z.array(
      z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }),
    ),
  }),
});

it('finds every planted violation and lets what is allowed pass', async () => {
  const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, 'test/architecture/rooms.cjs');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, '--config', config, '--output-type', 'json', 'src'],
    // From the fixture's folder its rooms have the same paths as the real ones.
    { cwd: join(root, 'test/fixtures/violations'), maxBuffer: 64 * 1024 * 1024 },
  ).catch((ended: unknown) => z.object({ stdout: z.string() }).parse(ended));
  const { violations } = report.parse(JSON.parse(stdout)).summary;
  const found = violations.map(({ from, rule }) => `${from.replace('src/', '')}: ${rule.name}`);
  expect(found.toSorted()).toEqual(
    [
      'acp/here.ts: no-circular',
      'agents/workspaceAgent/reachesCatalog.ts: workspace-agent-is-its-own-program',
      'process/reachesSdk.ts: only-some-rooms-reach-sdk',
      'session/reachesHost.ts: session-imports',
      'session/reachesNode.ts: session-is-pure',
      'storage/reachesEditor.ts: only-some-rooms-reach-vscode',
      'storage/spawns.ts: only-some-rooms-reach-child-process',
      'webview/reachesSession.ts: webview-imports',
    ].toSorted(),
  );
});
