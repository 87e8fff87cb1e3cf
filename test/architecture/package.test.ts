// What users download: exactly the files that Roost needs to run, and none of its workshop.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { beforeAll, expect, it } from 'vitest';
import { runNode } from '../launch/commands.ts';
import { root } from '../launch/paths.ts';
import { stagePackage } from '../launch/vsix.ts';

/** Everything that may be in the package; those marked must be. */
const allowed: readonly (readonly [pattern: RegExp, needed: boolean])[] = [
  [/^package\.json$/, true],
  [/^package\.nls(\.de)?\.json$/, true],
  [/^package\.nls\.de\.json$/, true],
  [/^l10n\/bundle\.l10n\.de\.json$/, true],
  [/^l10n\/[\w.-]+\.json$/, false],
  [/^(README|CHANGELOG)\.md$/, false],
  [/^LICENSE$/, true],
  [/^media\/[\w-]+\.(svg|png)$/, true],
  [/^dist\/(extension|roost|workspaceAgent|guard)\.cjs$/, true],
  [/^dist\/parts\/[\w-]+\.cjs$/, true],
  [/^dist\/agentParts\/[\w-]+\.cjs$/, true],
  [/^dist\/webview\/((panel|metrics)(\.js|-style\.css)|codicon\.(css|ttf))$/, true],
  [/^dist\/webview\/[\w]+-[A-Z0-9]+\.js$/, true],
];

let files: string[] = [];

beforeAll(async () => {
  if (!existsSync(join(root, 'dist', 'extension.cjs'))) {
    expect(await runNode(['esbuild.mjs'])).toBe(0);
  }
  files = (await listFiles({ cwd: stagePackage(), packageManager: PackageManager.None })).filter(
    // Source maps of a development build, which a production build does not leave.
    (file) => !file.endsWith('.map'),
  );
}, 60_000);

it('holds nothing but what is listed here', () => {
  expect(files.filter((file) => !allowed.some(([pattern]) => pattern.test(file)))).toEqual([]);
});

it('holds all that it needs', () => {
  const missing = allowed.filter(
    ([pattern, needed]) => needed && !files.some((file) => pattern.test(file)),
  );
  expect(missing.map(([pattern]) => pattern.source)).toEqual([]);
});
