// Activation stays small: the files that are loaded before it, as the bundler sees them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { root } from '../launch/paths.ts';

/** What may be loaded before activation. Anything else belongs behind an `await import()`; see src/README.md. */
const allowed = [
  /^src\/(roost\.ts|agents\/catalog\.ts)/,
  // The list of sessions and what is asked of all of them; what supervises one comes with the first.
  /^src\/session\/(?!supervisor\.|sessionParts|sessionRow|agentStarter|context|conversation|replay|run|toolCallBook|turnRunner)/,
  // The tree and the names of commands; what these do, panels and files only as what stands for them until they are needed.
  /^src\/host\/(?!commands\/|panel\/|support\/(?!resourceMeter)|files\/(?!sessionChanges|workspaceRoots))/,
  /^src\/host\/commands\/(commandIds|registerCommands)\.ts$/,
  /^src\/host\/panel\/(askedEdit|panelOpener|panelsOnDemand)\.ts$/,
  /^src\/process\/systemClock\.ts$/,
  /^src\/storage\/storeOnDemand\.ts$/,
  // The small half of zod, with the words for its problems.
  /^node_modules\/zod\/v4\/(core|mini|locales\/en\.js)/,
];

let loaded: string[] = [];
let first: string[] = [];

beforeAll(async () => {
  first = await loadedBy('src/extension.ts');
  loaded = await loadedBy('src/roost.ts');
});

/** The files that a program loads before it has done anything. */
async function loadedBy(entryPoint: string): Promise<string[]> {
  const { outputs } = (
    await build({
      absWorkingDir: root,
      entryPoints: [entryPoint],
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', outdir: 'dist' },
      ...{ external: ['vscode'], write: false, metafile: true },
    })
  ).metafile;
  const parts = new Set(
    Object.keys(outputs).filter((part) => outputs[part]?.entryPoint === entryPoint),
  );
  // A set hands out what is added while it is walked.
  for (const part of parts) {
    for (const { kind, path, external } of outputs[part]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) parts.add(path);
    }
  }
  return [...parts].flatMap((part) => Object.keys(outputs[part]?.inputs ?? {}));
}

it('lets other extensions have their turn before it loads anything', () => {
  expect(first).toEqual(['src/extension.ts']);
});

it('loads nothing that waits for its first use', () => {
  expect(loaded).toContain('src/roost.ts');
  expect(loaded.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
});

it('builds no schema before its first use', () => {
  const own = loaded.filter((file) => file.startsWith('src/'));
  const building = own.filter((file) =>
    /^(?:export )?const \w+ = z\./m.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(building).toEqual([]);
});
