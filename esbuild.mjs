// Builds the programs Roost ships into dist/: the extension in parts, the Workspace agent and guard (own processes), and the panel's script.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { build, context } from 'esbuild';
import { inParts } from './test/launch/programParts.ts';

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

/** What activation loads is not in the file that the editor loads. @type {import('esbuild').Plugin} */
const apartFromStart = {
  name: 'apart-from-start',
  setup: (run) => {
    run.onResolve({ filter: /^\.\/roost\.ts$/ }, () => ({ path: './roost.cjs', external: true }));
  },
};

/** @type {import('esbuild').BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    supported: { 'dynamic-import': false },
    plugins: [apartFromStart],
  },
  {
    ...node,
    ...inParts('dist', 'parts', production),
    entryPoints: { roost: 'src/roost.ts' },
    // Its main file is UMD, which asks for its own parts in a way that no bundler follows.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    external: ['vscode'],
  },
  {
    ...node,
    ...inParts('dist', 'agentParts', production),
    entryPoints: { workspaceAgent: 'src/agents/workspaceAgent/main.ts' },
  },
  {
    ...node,
    entryPoints: { guard: 'src/process/guardMain.ts' },
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
    entryPoints: {
      panel: 'src/webview/main.ts',
      'panel-style': 'src/webview/panel.css',
      metrics: 'src/webview/metrics.ts',
      'metrics-style': 'src/webview/metrics.css',
    },
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
