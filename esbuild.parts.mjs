// How a program for Node is built in parts: what its sources load by `await import()` is read when it is first needed.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';

/** How a file of ours gets at the editor's API, as esbuild writes it. */
const editorApi = /^import \* as (\w+) from "vscode";$/gm;

/**
 * Options for one program in parts. esbuild cuts ES modules only, and the extension host wants CommonJS:
 * each part is made into that when it has been cut.
 * @param {string} outdir where the program goes
 * @param {string} folder the folder in it that its other parts have to themselves
 * @param {boolean} production whether it is made small
 * @returns {import('esbuild').BuildOptions}
 */
export function inParts(outdir, folder, production) {
  return {
    format: 'esm',
    splitting: true,
    minify: false,
    sourcemap: production ? false : 'inline',
    outdir,
    outExtension: { '.js': '.cjs' },
    chunkNames: `${folder}/[name]-[hash]`,
    write: false,
    plugins: [
      {
        name: 'commonjs-parts',
        setup: (run) => {
          run.onEnd(async ({ errors, outputFiles = [] }) => {
            if (errors.length > 0) return;
            rmSync(join(outdir, folder), { recursive: true, force: true });
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
      },
    ],
  };
}
