// Builds the programs Roost ships into dist/: the extension in parts, the Workspace agent and guard (own processes), and the panel's script.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build, context, transform } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Options every bundle shares. @type {import('esbuild').BuildOptions} */
const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const node = { ...shared, platform: 'node', target: 'node22', format: 'cjs' };

/** How a file of ours gets at the editor's API, as esbuild writes it. */
const editorApi = /^import \* as (\w+) from "vscode";$/gm;

/**
 * Makes CommonJS of each part. What the sources load by `await import()` is a part of its own, read
 * when it is first needed; esbuild cuts ES modules only, and the extension host wants CommonJS.
 * @type {import('esbuild').Plugin}
 */
const commonJsParts = {
  name: 'commonjs-parts',
  setup: (run) => {
    run.onEnd(async ({ errors, outputFiles = [] }) => {
      if (errors.length > 0) return;
      rmSync('dist/parts', { recursive: true, force: true });
      for (const { path, text } of outputFiles) {
        // As it is: a copy of the whole API, made for each file, would be a good part of activation.
        const direct = text.replaceAll(editorApi, 'const $1 = require("vscode");');
        const { code } = await transform(direct, {
          ...{ format: 'cjs', platform: 'node', target: 'node22' },
          supported: { 'dynamic-import': false },
          minify: production,
          sourcemap: production ? false : 'inline',
          logLevel: 'warning',
        });
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, code);
      }
    });
  },
};

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    format: 'esm',
    splitting: true,
    minify: false,
    sourcemap: production ? false : 'inline',
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'parts/[name]-[hash]',
    external: ['vscode'],
    write: false,
    plugins: [commonJsParts],
  },
  {
    ...node,
    entryPoints: {
      workspaceAgent: 'src/agents/workspaceAgent/main.ts',
      guard: 'src/process/guardMain.ts',
    },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...shared,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    // What is not needed for the first paint is in files of its own.
    splitting: true,
    chunkNames: '[name]-[hash]',
    entryPoints: { panel: 'src/webview/main.ts', 'panel-style': 'src/webview/panel.css' },
    outdir: 'dist/webview',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  },
];

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/webview', { recursive: true });
for (const options of bundles) {
  if (watch) {
    const running = await context(options);
    await running.watch();
  } else {
    await build(options);
  }
}
cpSync('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf');
cpSync('node_modules/@vscode/codicons/dist/codicon.css', 'dist/webview/codicon.css');
